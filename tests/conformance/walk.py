"""walk.py URL: GETs every list and every single object that the hub serves, with filters, as a client would.

TOCSIN_API_KEY is the key. What the answers look like is judged by the validating proxy in between; here only what a
schema cannot say: status codes, that pages follow each other without repeats, that filters keep what they promise.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = sys.argv[1].rstrip("/")
KEY = os.environ["TOCSIN_API_KEY"]
PAGES_MAX = 4  # of each walk: the shape of a list does not change after that
SINGLES_MAX = 3

problems = []
requests = 0


def get(path, params=(), expect=200, key=KEY):
    """The answer's JSON, whatever its status; a status that was not expected is a problem."""
    global requests
    requests += 1
    query = urllib.parse.urlencode(list(params))
    url = BASE + path + ("?" + query if query else "")
    request = urllib.request.Request(url, headers={"Authorization": "Bearer " + key})
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
            if status == 429:  # the sync beside us uses the same key
                time.sleep(int(error.headers["Retry-After"]))
                continue
        break
    if status != expect:
        problems.append(f"GET {path}?{query}: {status} instead of {expect}: {body[:200]!r}")
    try:
        return json.loads(body) if body else {}
    except ValueError:
        problems.append(f"GET {path}?{query}: not JSON: {body[:80]!r}")
        return {}


def walk(path, many, params=(), pages=PAGES_MAX):
    """Items of the first pages, and whether that was all."""
    items, seen, after = [], set(), None
    for _ in range(pages):
        page = get(path, list(params) + ([("after", after)] if after else []))
        for item in page.get(many, []):
            if item["id"] in seen:
                problems.append(f"{path} {params}: {item['id']} comes twice")
            seen.add(item["id"])
            items.append(item)
        after = page.get("pagination_meta", {}).get("after")
        if not after:
            return items
    return items


def keeps(path, many, params, test):
    """The filter's answer holds nothing that fails the test."""
    for item in walk(path, many, params, pages=2):
        if not test(item):
            problems.append(f"{path} {params}: {item['id']} should not be in it")
            break


def singles(path, one, items):
    for item in items[:SINGLES_MAX]:
        answer = get(f"{path}/{item['id']}")
        if answer.get(one, {}).get("id") != item["id"]:
            problems.append(f"{path}/{item['id']}: answers with another object")
    get(f"{path}/01H0000000000000000000NONE", expect=404)


def first(items, default="none"):
    return items[0]["id"] if items else default


def alerts():
    path, size = "/v2/alerts", ("page_size", "50")
    items = walk(path, "alerts", [size])
    singles(path, "alert", items)
    for status in ("firing", "resolved"):
        keeps(path, "alerts", [size, ("status[one_of]", status)], lambda a, s=status: a["status"] == s)
        keeps(path, "alerts", [size, ("status[not_in]", status)], lambda a, s=status: a["status"] != s)
    if items:
        some = items[len(items) // 2]
        day = some["created_at"][:10]
        for name, value, test in (
            ("deduplication_key[is]", some["deduplication_key"],
             lambda a: a["deduplication_key"] == some["deduplication_key"]),
            ("alert_source[one_of]", some["alert_source_id"],
             lambda a: a["alert_source_id"] == some["alert_source_id"]),
            ("alert_source[not_in]", some["alert_source_id"],
             lambda a: a["alert_source_id"] != some["alert_source_id"]),
            ("created_at[gte]", day, lambda a: a["created_at"][:10] >= day),
            ("created_at[lte]", day, lambda a: a["created_at"][:10] <= day),
            ("created_at[date_range]", f"{day}~{day}", lambda a: a["created_at"][:10] == day),
            ("has_notes[is]", "true", lambda a: True),
            ("has_notes[is]", "false", lambda a: True),
            ("include_maintenance_window[is]", "false", lambda a: True),
        ):
            keeps(path, "alerts", [size, (name, value)], test)
        for entry in some["attributes"][:2]:
            value = entry.get("value", {})
            literal = value.get("catalog_entry", {}).get("id") or value.get("literal")
            if literal:
                name = f"attributes[{entry['attribute']['id']}][one_of]"
                keeps(path, "alerts", [size, (name, literal)], lambda a: True)
    get(path, [size, ("status[bogus]", "x")], expect=422)
    get(path, [size, ("created_at[gte]", "yesterday")], expect=422)

    links = walk("/v2/incident_alerts", "incident_alerts", [size])
    if links:
        link = links[-1]
        keeps("/v2/incident_alerts", "incident_alerts", [size, ("alert_id", link["alert"]["id"])],
              lambda row: row["alert"]["id"] == link["alert"]["id"])
        keeps("/v2/incident_alerts", "incident_alerts", [size, ("incident_id", link["incident"]["id"])],
              lambda row: row["incident"]["id"] == link["incident"]["id"])
    noted = walk(path, "alerts", [size, ("has_notes[is]", "true")], pages=1) or items
    for alert in noted[:SINGLES_MAX]:
        notes = walk("/v1/alert_notes", "alert_notes", [("alert_id", alert["id"]), ("page_size", "250")])
        for note in notes[:1]:
            get(f"/v1/alert_notes/{note['id']}")
    get("/v1/alert_notes", expect=422)
    get("/v1/alert_notes/01H0000000000000000000NONE", expect=404)
    for group in [g for a in items for g in a.get("alert_group_ids", [])][:1]:
        walk("/v1/alert_notes", "alert_notes", [("alert_group_id", group)])
    return items


def configuration():
    for path, many, one, params in (
        ("/v2/alert_sources", "alert_sources", "alert_source", ()),
        ("/v2/alert_attributes", "alert_attributes", "alert_attribute", ()),
        ("/v3/alert_routes", "alert_routes", "alert_route", [("page_size", "50")]),
        ("/v2/alert_routes", "alert_routes", "alert_route", [("page_size", "50")]),
        ("/v1/incident_statuses", "incident_statuses", "incident_status", ()),
        ("/v1/severities", "severities", "severity", ()),
        ("/v2/incident_roles", "incident_roles", "incident_role", ()),
        ("/v1/incident_types", "incident_types", "incident_type", ()),
        ("/v2/incident_timestamps", "incident_timestamps", "incident_timestamp", ()),
        ("/v2/escalation_paths", "escalation_paths", "escalation_path", [("page_size", "25")]),
        ("/v2/users", "users", "user", [("page_size", "1000")]),
        ("/v3/teams", "teams", "team", [("page_size", "250")]),
    ):
        singles(path, one, walk(path, many, params))
    everybody = walk("/v2/users", "users", [("page_size", "2"), ("include_inactive", "true")], pages=20)
    if everybody:
        ana = everybody[0]
        keeps("/v2/users", "users", [("email", ana.get("email", "x"))], lambda u: u["id"] == ana["id"])
        keeps("/v2/users", "users", [("slack_user_id", ana.get("slack_user_id", "x"))],
              lambda u: u["id"] == ana["id"])
    for row in get("/v3/catalog_types").get("catalog_types", [])[:2]:
        get("/v3/catalog_entries", [("catalog_type_id", row["id"]), ("page_size", "250")])
    identity = get("/v1/identity")["identity"]
    if not identity["name"]:
        problems.append("/v1/identity: the key has no name")
    get("/v1/identity", key="wrong", expect=401)


CATEGORIES = ("triage", "live", "learning", "paused", "closed", "declined", "canceled", "merged")


def incidents():
    path, size = "/v2/incidents", ("page_size", "250")
    every = [("status_category[one_of]", category) for category in CATEGORIES]
    items = walk(path, "incidents", [size] + every)
    singles(path, "incident", items)
    walk(path, "incidents", [("page_size", "25"), ("sort_by", "created_at_oldest_first")])
    walk(path, "incidents", [size])
    for category in CATEGORIES:
        keeps(path, "incidents", [size, ("status_category[one_of]", category)],
              lambda i, c=category: i["incident_status"]["category"] == c)
    if items:
        some = items[len(items) // 2]
        day = some["updated_at"][:10]
        get(f"{path}/{some['reference'].rpartition('-')[2]}")
        severity = next((i["severity"]["id"] for i in items if "severity" in i), "none")
        kind = next((i["incident_type"]["id"] for i in items if "incident_type" in i), "none")
        role = next((a["role"]["id"] for i in items for a in i["incident_role_assignments"]), "none")
        user = next((a["assignee"]["id"] for i in items for a in i["incident_role_assignments"]
                     if "assignee" in a), "none")
        for name, value, test in (
            ("updated_at[gte]", day, lambda i: i["updated_at"][:10] >= day),
            ("updated_at[lte]", day, lambda i: i["updated_at"][:10] <= day),
            ("created_at[date_range]", f"2020-01-01~{day}", lambda i: i["created_at"][:10] <= day),
            ("status[one_of]", some["incident_status"]["id"],
             lambda i: i["incident_status"]["id"] == some["incident_status"]["id"]),
            ("severity[one_of]", severity, lambda i: i.get("severity", {}).get("id") == severity),
            ("severity[gte]", severity, lambda i: "severity" in i),
            ("incident_type[one_of]", kind, lambda i: i.get("incident_type", {}).get("id") == kind),
            (f"incident_role[{role}][one_of]", user, lambda i: True),
            ("mode[one_of]", "standard", lambda i: i["mode"] == "standard"),
        ):
            keeps(path, "incidents", [size, (name, value)] + every, test)
        keeps(path, "incidents", [size, ("filter_mode", "any"), ("mode[one_of]", "standard"),
                                  ("severity[one_of]", severity)] , lambda i: True)
    get(path, [("updated_at[gte]", "soon")], expect=422)
    get(path, [("status_category[one_of]", "bogus")], expect=422)

    walk("/v2/incident_updates", "incident_updates", [size])
    busy = [i for i in items if i["incident_status"]["category"] in ("live", "learning", "triage")]
    for incident in busy[:SINGLES_MAX] + items[:SINGLES_MAX]:
        own = [("incident_id", incident["id"])]
        keeps("/v2/incident_updates", "incident_updates", own + [size],
              lambda u, i=incident: u["incident_id"] == i["id"])
        keeps("/v1/incident_attachments", "incident_attachments", own,
              lambda a, i=incident: a["incident_id"] == i["id"])
        walk("/v1/incident_relationships", "incident_relationships", own + [size])
        keeps("/v2/follow_ups", "follow_ups", own, lambda f, i=incident: f["incident_id"] == i["id"])
        keeps("/v2/actions", "actions", own, lambda a, i=incident: a["incident_id"] == i["id"])
        keeps("/v1/postmortem_documents", "postmortem_documents", own + [size],
              lambda d, i=incident: d["incident_id"] == i["id"])
        walk("/v2/incident_timeline_items", "incident_timeline_items", own + [size])
    attached = [a for i in items[:40]
                for a in get("/v1/incident_attachments", [("incident_id", i["id"])]).get(
                    "incident_attachments", [])]
    if attached:
        resource = attached[0]["resource"]
        keeps("/v1/incident_attachments", "incident_attachments",
              [("resource_type", resource["resource_type"]), ("external_id", resource["external_id"])],
              lambda a: a["resource"]["external_id"] == resource["external_id"])
    return items


def work():
    follow_ups = walk("/v2/follow_ups", "follow_ups")
    singles("/v2/follow_ups", "follow_up", follow_ups)
    walk("/v2/follow_ups", "follow_ups", [("incident_mode", "standard")])
    team = next((f["assignee_team"]["id"] for f in follow_ups if "assignee_team" in f), "none")
    keeps("/v2/follow_ups", "follow_ups", [("assignee_team_id", team)],
          lambda f: f.get("assignee_team", {}).get("id") == team)
    singles("/v2/actions", "action", walk("/v2/actions", "actions"))
    walk("/v2/actions", "actions", [("incident_mode", "retrospective")])
    documents = walk("/v1/postmortem_documents", "postmortem_documents", [("page_size", "250")])
    singles("/v1/postmortem_documents", "postmortem_document", documents)
    walk("/v1/postmortem_documents", "postmortem_documents", [("sort_by", "created_at_oldest_first")])
    for document in [d for d in documents if d["type"] == "in_app"][:SINGLES_MAX]:
        get(f"/v1/postmortem_documents/{document['id']}/content")
    windows = walk("/v1/maintenance_windows", "maintenance_windows", [("page_size", "50")])
    singles("/v1/maintenance_windows", "maintenance_window", windows)
    for status in ("active", "upcoming", "past"):
        walk("/v1/maintenance_windows", "maintenance_windows", [("status", status)])


def schedules():
    items = walk("/v2/schedules", "schedules", [("page_size", "25")])
    singles("/v2/schedules", "schedule", items)
    walk("/v2/schedules", "schedules", [("page_size", "1000")])
    targets = walk("/v2/schedule_sync_targets", "schedule_sync_targets", [("page_size", "250")])
    singles("/v2/schedule_sync_targets", "schedule_sync_target", targets)
    for schedule in items[:SINGLES_MAX]:
        own = ("schedule_id", schedule["id"])
        walk("/v2/schedule_overrides", "overrides", [own, ("page_size", "250")])
        rules = f"/v2/schedules/{schedule['id']}/sync_rules"
        singles(rules, "schedule_sync_rule", walk(rules, "schedule_sync_rules", [("page_size", "250")]))
        day = schedule["updated_at"][:10]
        start, end = f"{day}T00:00:00Z", "2027-12-31T00:00:00Z"
        seen = 0
        for _ in range(PAGES_MAX):
            page = get("/v2/schedule_entries",
                       [own, ("entry_window_start", start), ("entry_window_end", end)])
            seen += len(page.get("schedule_entries", {}).get("final", []))
            start = page.get("pagination_meta", {}).get("after")
            if not start:
                break
        if not seen:
            problems.append(f"/v2/schedule_entries of {schedule['id']}: no final entry")
        get("/v2/schedule_entries", [own])
    get("/v2/schedule_entries", [("schedule_id", "01H0000000000000000000NONE")], expect=404)


def escalations(some_alerts, some_incidents):
    path, size = "/v2/escalations", ("page_size", "50")
    items = walk(path, "escalations", [size])
    singles(path, "escalation", items)
    for status in ("triggered", "acked", "resolved", "expired"):
        keeps(path, "escalations", [size, ("status[one_of]", status)],
              lambda e, s=status: e["status"] == s)
    if items:
        some = items[len(items) // 2]
        day = some["updated_at"][:10]
        alert = next((a["id"] for e in items for a in e["related_alerts"]), first(some_alerts))
        incident = next((i["id"] for e in items for i in e["related_incidents"]), first(some_incidents))
        for name, value, test in (
            ("updated_at[gte]", day, lambda e: e["updated_at"][:10] >= day),
            ("created_at[date_range]", f"2020-01-01~{day}", lambda e: e["created_at"][:10] <= day),
            ("alert[one_of]", alert, lambda e: alert in [a["id"] for a in e["related_alerts"]]),
            ("incident[one_of]", incident, lambda e: True),
            ("escalation_path[one_of]", some.get("escalation_path_id", "none"),
             lambda e: e.get("escalation_path_id") == some.get("escalation_path_id")),
        ):
            keeps(path, "escalations", [size, (name, value)], test)
    get(path, [("status[bogus]", "x")], expect=422)


def main():
    configuration()
    some_alerts = alerts()
    some_incidents = incidents()
    work()
    schedules()
    escalations(some_alerts, some_incidents)
    for problem in problems:
        print("problem:", problem)
    print(f"walk: {requests} requests, {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
