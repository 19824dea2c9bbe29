"""compare.py URL TOCSIN: after a full sync, `list KIND --json` is what paging through the API gives, object for object.

For a hub whose data does not move. TOCSIN_API_KEY is the key.
"""

import datetime
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE, TOCSIN = sys.argv[1].rstrip("/"), sys.argv[2]
HEADERS = {"Authorization": "Bearer " + os.environ["TOCSIN_API_KEY"]}
CATEGORIES = ("triage", "live", "learning", "paused", "closed", "declined", "canceled", "merged")


def get(path, params):
    url = f"{BASE}{path}?{urllib.parse.urlencode(params)}"
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=HEADERS), timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise
            time.sleep(int(error.headers["Retry-After"]))  # the sync before used the same key


def walk(path, many, params=()):
    items, after = [], None
    while True:
        page = get(path, list(params) + ([("after", after)] if after else []))
        items += page[many]
        after = page.get("pagination_meta", {}).get("after")
        if not after:
            return items


def listed(kind, *options):
    command = [TOCSIN, "list", kind, "--json", "--limit", "0", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def per_parent(path, many, name, parents, params=()):
    return [item for parent in parents for item in walk(path, many, [(name, parent["id"]), *params])]


def shifts(schedules, start, end):
    """The final entries of a window: the page's `after` is where the next one begins, so an entry may come twice."""
    for schedule in schedules:
        params = {"schedule_id": schedule["id"], "entry_window_start": start, "entry_window_end": end}
        while params["entry_window_start"]:
            page = get("/v2/schedule_entries", params)
            yield from page["schedule_entries"]["final"]
            params["entry_window_start"] = page.get("pagination_meta", {}).get("after")


def expected():
    """(kind, objects of the API, options of `list`)"""
    for kind, objects in expected_whole():
        if kind == "schedules":
            now = datetime.datetime.now(datetime.timezone.utc)
            start, end = ((now + datetime.timedelta(days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (-7, 28))
            yield "shifts", list(shifts(objects, start, end)), ["--from", start, "--to", end]
        yield kind, objects, []


def expected_whole():
    """(kind, objects of the API)"""
    fifty, many = [("page_size", "50")], [("page_size", "250")]
    incidents = walk("/v2/incidents", "incidents",
                     many + [("status_category[one_of]", c) for c in CATEGORIES])
    alerts = walk("/v2/alerts", "alerts", fifty)
    schedules = walk("/v2/schedules", "schedules", [("page_size", "25")])
    yield "alerts", alerts
    yield "incidents", incidents
    yield "schedules", schedules
    yield "alert-sources", [{k: v for k, v in s.items() if k != "secret_token"}
                            for s in walk("/v2/alert_sources", "alert_sources")]
    yield "alert-attributes", walk("/v2/alert_attributes", "alert_attributes")
    yield "alert-routes", [get(f"/v3/alert_routes/{route['id']}", [])["alert_route"]
                           for route in walk("/v3/alert_routes", "alert_routes", fifty)]
    yield "incident-alerts", walk("/v2/incident_alerts", "incident_alerts", fifty)
    yield "incident-updates", walk("/v2/incident_updates", "incident_updates", many)
    yield "incident-timeline-items", per_parent(
        "/v2/incident_timeline_items", "incident_timeline_items", "incident_id", incidents)
    yield "incident-statuses", walk("/v1/incident_statuses", "incident_statuses")
    yield "severities", walk("/v1/severities", "severities")
    yield "incident-roles", walk("/v2/incident_roles", "incident_roles")
    yield "incident-types", walk("/v1/incident_types", "incident_types")
    yield "incident-timestamps", walk("/v2/incident_timestamps", "incident_timestamps")
    yield "incident-attachments", per_parent(
        "/v1/incident_attachments", "incident_attachments", "incident_id", incidents)
    yield "incident-relationships", per_parent(
        "/v1/incident_relationships", "incident_relationships", "incident_id", incidents)
    yield "follow-ups", walk("/v2/follow_ups", "follow_ups")
    yield "actions", walk("/v2/actions", "actions")
    yield "schedule-overrides", per_parent("/v2/schedule_overrides", "overrides", "schedule_id", schedules)
    yield "schedule-sync-targets", walk("/v2/schedule_sync_targets", "schedule_sync_targets", many)
    yield "schedule-sync-rules", [
        rule for s in schedules for rule in walk(f"/v2/schedules/{s['id']}/sync_rules", "schedule_sync_rules")]
    yield "escalations", walk("/v2/escalations", "escalations", fifty)
    yield "escalation-paths", walk("/v2/escalation_paths", "escalation_paths", [("page_size", "25")])
    yield "users", walk("/v2/users", "users", [("page_size", "1000"), ("include_inactive", "true")])
    yield "teams", walk("/v3/teams", "teams", many)
    yield "postmortem-documents", walk("/v1/postmortem_documents", "postmortem_documents", many)
    yield "maintenance-windows", walk("/v1/maintenance_windows", "maintenance_windows", fifty)
    yield "alert-notes", per_parent(
        "/v1/alert_notes", "alert_notes", "alert_id",
        walk("/v2/alerts", "alerts", fifty + [("has_notes[is]", "true")]))


def texts(objects):
    return [json.dumps(item, sort_keys=True) for item in objects]


def main():
    wrong = 0
    for kind, objects, options in expected():
        ours = listed(kind, *options)
        listed_texts, api_texts = texts(ours), set(texts(objects))
        same = sorted(listed_texts) == sorted(api_texts)
        if ours and "created_at" in ours[0]:
            times = [datetime.datetime.fromisoformat(item["created_at"].replace("Z", "+00:00")) for item in ours]
            if times != sorted(times, reverse=True):
                print(f"compare: {kind}: not newest first")
                wrong += 1
        print(f"{len(objects):7}  {kind}" + ("" if same else f": differs, {len(ours)} listed"))
        if not same:
            wrong += 1
            for name, only in (("listed", set(listed_texts) - api_texts), ("of API", api_texts - set(listed_texts))):
                for text in sorted(only)[:2]:
                    print(f"   only {name}: {text[:600]}")
    print(f"compare: {wrong} kinds differ")
    return 1 if wrong else 0


sys.exit(main())
