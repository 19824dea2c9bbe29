#!/usr/bin/env python3
"""Holds `tocsin alert dbt --dry-run` against what is computed here, another way, from real artifacts.

Usage: dbt_samples.py TOCSIN DIRECTORY, whose folders hold run_results.json, manifest.json or sources.json.
"""
import json
import pathlib
import re
import subprocess
import sys

LEVELS = {"error": "error", "runtime error": "error", "partial success": "error", "fail": "fail", "warn": "warn"}
EXECUTING = {"build", "run", "test", "seed", "snapshot", "run-operation", "clone", "retry"}


def load(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


class Project:
    def __init__(self, manifest):
        self.manifest = manifest
        self.nodes = {}
        for section in ("nodes", "sources", "exposures", "unit_tests", "metrics", "semantic_models", "saved_queries"):
            self.nodes.update(manifest.get(section) or {})
        self.children = {}
        for unique_id, node in self.nodes.items():
            parents = set((node.get("depends_on") or {}).get("nodes") or [])
            parents.update(x for x in (node.get("attached_node"),) if x)
            for parent in parents:
                self.children.setdefault(parent, set()).add(unique_id)

    def parents(self, unique_id):
        return set((self.nodes[unique_id].get("depends_on") or {}).get("nodes") or [])

    def attached(self, unique_id):
        node = self.nodes[unique_id]
        parents = self.parents(unique_id)
        if not unique_id.startswith(("test.", "unit_test.")):
            return {unique_id}
        if node.get("attached_node") or node.get("tested_node_unique_id"):
            return {node.get("attached_node") or node["tested_node_unique_id"]}
        if unique_id.startswith("unit_test."):
            return {p for p in parents if p.split(".")[2] == node["model"]} or parents
        argument = ((node.get("test_metadata") or {}).get("kwargs") or {}).get("model") or ""
        for kind, words in re.findall(r"(ref|source)\(([^)]*)\)", argument):
            names = re.findall(r"'([^']*)'", words.split("version")[0])
            if kind == "source":
                found = {p for p in parents if p.startswith("source.") and p.endswith("." + ".".join(names))}
            else:
                found = {p for p in parents if p.split(".")[2] == names[-1]}
            if len(found) == 1:
                return found
        return parents

    def owners_of(self, unique_id):
        node = self.nodes[unique_id]
        meta = node.get("meta") or {}
        config = node.get("config") or {}
        group = node.get("group") or config.get("group")
        group_owner = (self.manifest.get("groups") or {}).get("group.%s.%s" % (node.get("package_name"), group), {})
        for owner in (
            meta.get("owner"),
            (config.get("meta") or {}).get("owner"),
            (group_owner.get("owner") or {}).get("email") or (group_owner.get("owner") or {}).get("name"),
            (node.get("source_meta") or {}).get("owner"),
        ):
            if isinstance(owner, dict):
                owner = owner.get("email") or owner.get("name")
            if isinstance(owner, str):
                owner = [part.strip() for part in owner.split(",")]
            if owner:
                return set(owner)
        return set()

    def owners(self, unique_id):
        owners = set()
        for node in self.attached(unique_id):
            owners |= self.owners_of(node) if node in self.nodes else set()
        return owners or self.owners_of(unique_id)

    def below(self, start):
        seen = set(start)
        todo = list(start)
        while todo:
            for child in self.children.get(todo.pop(), ()):
                if child not in seen:
                    seen.add(child)
                    todo.append(child)
        return seen - set(start)


def expect(case, what, got, wanted):
    if got == wanted:
        return 0
    print("%s: %s: got %s, expected %s" % (case, what, got, wanted))
    return 1


def check_node(case, project, event):
    metadata = event["metadata"]
    unique_id = metadata["unique_id"]
    if unique_id not in project.nodes:
        return 0
    attached = project.attached(unique_id)
    below = project.below(attached)
    bad = expect(case, unique_id + " attached", set(metadata["attached_nodes"]), attached)
    bad += expect(case, unique_id + " owners", set(metadata["owners"]), project.owners(unique_id))
    if event["status"] == "resolved":
        return bad
    bad += expect(
        case,
        unique_id + " exposures",
        {exposure["unique_id"] for exposure in metadata["exposures"]},
        {node for node in below if node.startswith("exposure.")},
    )
    bad += expect(
        case, unique_id + " models below", metadata["downstream"]["models"], sum(n.startswith("model.") for n in below)
    )
    return bad


def check(tocsin, folder):
    files = {"--run-results": "run_results.json", "--manifest": "manifest.json", "--sources": "sources.json"}
    arguments = [word for option, name in files.items() if (folder / name).exists() for word in (option, str(folder / name))]
    run, manifest = load(folder / "run_results.json"), load(folder / "manifest.json")
    sources = load(folder / "sources.json")
    if not run and not sources:
        return 0
    out = subprocess.run([tocsin, "alert", "dbt", "--dry-run", "--json", "-q", *arguments], stdout=subprocess.PIPE, check=True)
    events = json.loads(out.stdout)
    results = [(r, (run or {}).get("args", {}).get("which")) for r in (run or {}).get("results", [])]
    results += [(r, "run") for r in (sources or {}).get("results", [])]
    bad = 0
    for level in ("error", "fail", "warn"):
        wanted = sorted(r["unique_id"] for r, _ in results if LEVELS.get(r["status"]) == level)
        got = sorted(e["metadata"]["unique_id"] for e in events if e["metadata"].get("level") == level)
        bad += expect(folder.name, level, got, wanted)
    good = sorted(r["unique_id"] for r, which in results if r["status"] in ("pass", "success") and which in EXECUTING)
    bad += expect(
        folder.name, "resolved", sorted(e["metadata"]["unique_id"] for e in events if e["status"] == "resolved"), good
    )
    keys = [e["deduplication_key"] for e in events]
    bad += expect(folder.name, "keys", len(set(keys)), len(keys))
    explained = {node for e in events for node in e["metadata"].get("skipped", [])}
    skipped = {r["unique_id"] for r, _ in results if r["status"] == "skipped" and r.get("message") != "Skipped"}
    if manifest:
        bad += expect(folder.name, "skipped", explained, skipped)
        project = Project(manifest)
        bad += sum(check_node(folder.name, project, event) for event in events)
    return bad


def main():
    tocsin, directory = sys.argv[1:]
    return 1 if sum(check(tocsin, folder) for folder in sorted(pathlib.Path(directory).iterdir()) if folder.is_dir()) else 0


sys.exit(main())
