"""write.py URL SPEC: every write that the hub offers, as a client would, and a GET after each.

TOCSIN_API_KEY is a key that may do everything and belongs to a person. What requests and answers look like is judged by
the validating proxy in between; here status codes, and that what was written is there. Requests that the description
itself forbids are the unit tests' business: the proxy would report them.
"""

import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = sys.argv[1].rstrip("/")
KEY = os.environ["TOCSIN_API_KEY"]

problems = []
called = set()


def ask(method, path, body=None, expect=200, params=()):
    """The answer's JSON, {} without a body; a status that was not expected is a problem."""
    query = "?" + urllib.parse.urlencode(list(params)) if params else ""
    headers = {"Authorization": "Bearer " + KEY}
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode()
    request = urllib.request.Request(BASE + path + query, data=data, headers=headers, method=method)
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
            if status == 429:
                time.sleep(int(error.headers["Retry-After"]))
                continue
        break
    called.add((method.lower(), path))
    if status != expect:
        problems.append(f"{method} {path}: {status} instead of {expect}: {text[:300]!r}")
    return json.loads(text) if text else {}


def same(what, is_there, wanted):
    if is_there != wanted:
        problems.append(f"{what}: {is_there!r} instead of {wanted!r}")


def first(path, many, params=()):
    return ask("GET", path, params=params)[many][0]


def incidents():
    severities = ask("GET", "/v1/severities")["severities"]
    statuses = {s["category"]: s for s in ask("GET", "/v1/incident_statuses")["incident_statuses"]}
    roles = {r["role_type"]: r for r in ask("GET", "/v2/incident_roles")["incident_roles"]}
    timestamp = first("/v2/incident_timestamps", "incident_timestamps")
    kind = first("/v1/incident_types", "incident_types")
    user = first("/v2/users", "users")
    body = {
        "idempotency_key": "conformance 1", "visibility": "public", "mode": "standard",
        "name": "Orders are late", "summary": "The nightly run failed.",
        "severity_id": severities[0]["id"], "incident_status_id": statuses["triage"]["id"],
        "incident_type_id": kind["id"],
        "incident_role_assignments": [
            {"incident_role_id": roles["lead"]["id"], "assignee": {"id": user["id"]}}],
        "incident_timestamp_values": [
            {"incident_timestamp_id": timestamp["id"], "value": "2026-08-01T10:00:00Z"}],
    }
    made = ask("POST", "/v2/incidents", body)["incident"]
    same("a repeated create", ask("POST", "/v2/incidents", body)["incident"]["id"], made["id"])
    ask("POST", "/v2/incidents", body | {"name": "Another"}, expect=409)
    ask("POST", "/v2/incidents", {"idempotency_key": "conformance 2", "visibility": "private",
                                  "mode": "retrospective",
                                  "retrospective_incident_options": {
                                      "postmortem_document_url": "https://example.com/pm"}})
    ask("POST", "/v2/incidents", {"idempotency_key": "conformance 3", "visibility": "public",
                                  "severity_id": "01H0000000000000000000NONE"}, expect=422)

    edit = f"/v2/incidents/{made['id']}/actions/edit"
    ask("POST", edit, {"notify_incident_channel": False, "incident": {
        "name": "Orders were late", "incident_status_id": statuses["live"]["id"],
        "severity_id": severities[-1]["id"], "call_url": "https://meet.example.com/1",
        "incident_role_assignments": [{"incident_role_id": roles["lead"]["id"]}]}})
    now = ask("GET", f"/v2/incidents/{made['id']}")["incident"]
    same("the edited name", now["name"], "Orders were late")
    same("the edited status", now["incident_status"]["category"], "live")
    updates = ask("GET", "/v2/incident_updates", params=[("incident_id", made["id"])])
    same("updates of the incident", len(updates["incident_updates"]), 2)
    ask("POST", edit, {"notify_incident_channel": True, "incident": {
        "incident_status_id": statuses["closed"]["id"]}})
    ask("POST", edit, {"notify_incident_channel": True, "incident": {
        "incident_status_id": statuses["live"]["id"]}}, expect=422)
    return made


def belongings(incident, user):
    follow_up = ask("POST", "/v2/follow_ups", {
        "incident_id": incident["id"], "title": "Add a test", "description": "d",
        "assignee_id": user["id"], "labels": ["dbt"]}, expect=201)["follow_up"]
    path = f"/v2/follow_ups/{follow_up['id']}"
    ask("PUT", path, {"title": "Add tests", "status": "completed", "assignee_id": None})
    now = ask("GET", path)["follow_up"]
    same("the follow-up's assignee", now.get("assignee"), None)
    same("the follow-up's status", now["status"], "completed")
    link = {"provider": "github", "url": "https://github.com/example/dbt/issues/7"}
    ask("POST", path + "/actions/connect_external_issue", link)
    ask("POST", path + "/actions/connect_external_issue", link, expect=422)
    ask("DELETE", path, expect=204)
    ask("GET", path, expect=404)

    action = ask("POST", "/v2/actions", {"incident_id": incident["id"], "description": "Roll back"},
                 expect=201)["action"]
    path = f"/v2/actions/{action['id']}"
    ask("PUT", path, {"description": "Roll back", "status": "completed", "assignee_id": user["id"]})
    same("the action's assignee", ask("GET", path)["action"]["assignee"]["id"], user["id"])
    ask("DELETE", path, expect=204)
    ask("DELETE", path, expect=404)

    item = {"idempotency_key": "conformance", "incident_id": incident["id"], "title": "Told",
            "timestamp": "2026-08-01T12:00:00Z"}
    made = ask("POST", "/v2/incident_timeline_items", item, expect=201)["incident_timeline_item"]
    ask("PATCH", f"/v2/incident_timeline_items/{made['id']}", {"description": "again"})
    listed = ask("GET", "/v2/incident_timeline_items", params=[("incident_id", incident["id"])])
    same("timeline items", [i.get("description") for i in listed["incident_timeline_items"]], ["again"])

    attachment = ask("POST", "/v1/incident_attachments", {
        "incident_id": incident["id"], "resource": {
            "resource_type": "github_pull_request",
            "url": "https://github.com/example/dbt/pull/8"}}, expect=201)["incident_attachment"]
    same("the pull request", attachment["resource"]["external_id"], "example/dbt/8")
    ask("POST", "/v1/incident_attachments", {
        "incident_id": incident["id"], "resource": {
            "resource_type": "arbitrary_url", "url": "https://example.com/a", "title": "A"}}, expect=201)
    ask("DELETE", f"/v1/incident_attachments/{attachment['id']}", expect=204)


def documents(incident):
    attached = ask("POST", "/v1/postmortem_documents/actions/attach", {
        "incident_id": incident["id"], "permalink": "https://docs.example.com/1",
        "document_provider": "google_docs"}, expect=201)["postmortem_document"]
    path = f"/v1/postmortem_documents/{attached['id']}"
    ask("PUT", path, {"status": "completed"})
    same("the document's status", ask("GET", path)["postmortem_document"]["status"], "completed")
    written = ask("POST", "/v1/postmortem_documents", {
        "incident_id": incident["id"], "title": "Why", "markdown": "# Why\n"}, expect=201)
    path = f"/v1/postmortem_documents/{written['postmortem_document']['id']}"
    ask("GET", path)
    ask("PUT", path + "/content", {"markdown": "# Because\n"})
    same("the document's content", ask("GET", path + "/content")["markdown"], "# Because\n")


def alerts(incident):
    page = [("page_size", "50")]
    firing = ask("GET", "/v2/alerts", params=page + [("status[one_of]", "firing")])["alerts"]
    alert = (firing or ask("GET", "/v2/alerts", params=page)["alerts"])[0]
    path = f"/v2/alerts/{alert['id']}"
    link = {"incident_id": incident["id"], "alert_id": alert["id"]}
    made = ask("POST", "/v2/incident_alerts", link, expect=201)["incident_alert"]
    same("a repeated attach", ask("POST", "/v2/incident_alerts", link, expect=201)["incident_alert"], made)
    note = ask("POST", "/v1/alert_notes", {"alert_id": alert["id"], "content": "seen"},
               expect=201)["alert_note"]
    ask("PUT", f"/v1/alert_notes/{note['id']}", {"content": "known"})
    same("the note", ask("GET", f"/v1/alert_notes/{note['id']}")["alert_note"]["content"], "known")
    ask("DELETE", f"/v1/alert_notes/{note['id']}", expect=204)
    ask("POST", path + "/actions/resolve")
    same("the alert", ask("GET", path)["alert"]["status"], "resolved")
    ask("POST", "/v2/alerts/01H0000000000000000000NONE/actions/resolve", expect=404)


def maintenance(user):
    attribute = first("/v2/alert_attributes", "alert_attributes")
    path = first("/v2/escalation_paths", "escalation_paths")
    window = {
        "name": "Upgrade", "start_at": "2026-08-01T03:30:00Z", "end_at": "2026-08-01T04:30:00Z",
        "lead": {"id": user["id"]}, "show_in_sidebar": True,
        "alert_condition_groups": [{"conditions": [{
            "subject": f"alert.attributes.{attribute['id']}", "operation": "one_of",
            "param_bindings": [{"array_value": [{"literal": "prod"}]}]}]}],
        "escalation_targets": [{"escalation_paths": {"array_value": [{"literal": path["id"]}]}}],
        "notify_channels": [{"channel_id": "C1", "channel_type": "public", "channel_name": "data"}],
        "notify_start_minutes_before": 5, "notification_message": "soon", "resolve_on_end": True,
    }
    made = ask("POST", "/v1/maintenance_windows", window, expect=201)["maintenance_window"]
    path = f"/v1/maintenance_windows/{made['id']}"
    ask("PUT", path, window | {"end_at": "2026-08-01T05:30:00Z"})
    same("the window's end", ask("GET", path)["maintenance_window"]["end_at"][:16], "2026-08-01T05:30")
    ask("PUT", path, window | {"end_at": window["start_at"]}, expect=422)
    ask("DELETE", path, expect=204)
    ask("GET", path, expect=404)


def escalations(incident, user):
    path = first("/v2/escalation_paths", "escalation_paths")
    asked = {"idempotency_key": "write-by-path", "title": "Look at this", "description": "please",
             "escalation_path_id": path["id"], "incident_id": incident["id"]}
    made = ask("POST", "/v2/escalations", asked, expect=201)["escalation"]
    same("a repeated escalation", ask("POST", "/v2/escalations", asked, expect=201)["escalation"], made)
    ask("POST", "/v2/escalations", asked | {"title": "Another"}, expect=409)
    found = ask("GET", "/v2/escalations", params=(("idempotency_key[is]", "write-by-path"),))
    same("found by its key", [e["id"] for e in found["escalations"]], [made["id"]])
    action = f"/v2/escalations/{made['id']}/actions/"
    ask("POST", action + "respond", {"response": "ack"})
    same("an acknowledged one", ask("GET", f"/v2/escalations/{made['id']}")["escalation"]["status"], "acked")
    ask("POST", action + "respond", {"response": "snooze", "snooze_details": {
        "snooze_until": "2199-01-01T00:00:00Z", "reason": "asleep"}})
    same("a snoozed one", ask("GET", f"/v2/escalations/{made['id']}")["escalation"]["status"], "snoozed")
    ask("POST", action + "cancel")
    same("a cancelled one", ask("GET", f"/v2/escalations/{made['id']}")["escalation"]["status"], "cancelled")
    ask("POST", action + "respond", {"response": "ack"}, expect=409)
    made = ask("POST", "/v2/escalations", {"idempotency_key": "write-by-user", "title": "You",
                                           "user_ids": [user["id"]]}, expect=201)["escalation"]
    ask("POST", f"/v2/escalations/{made['id']}/actions/cancel")
    ask("POST", "/v2/escalations", {"idempotency_key": "write-to-nobody", "title": "You",
                                    "user_ids": ["01H0000000000000000000NONE"]}, expect=422)


def schedules(user):
    rotation = {
        "name": "Main", "handover_start_at": "2026-08-03T09:00:00Z", "scheduling_mode": "sequential",
        "handovers": [{"interval": 1, "interval_type": "weekly"}, {"interval": 3, "interval_type": "daily"}],
        "users": [{"id": user["id"]}, {"id": "NOBODY"}], "layers": [{"name": "First"}, {"name": "Second"}],
        "working_intervals": [{"weekday": "monday", "start_time": "09:00", "end_time": "17:30"}]}
    body = {"schedule": {
        "name": "Data Responder", "timezone": "Europe/London", "annotations": {"made-by": "conformance"},
        "team_ids": [], "config": {"rotations": [rotation]},
        "holidays_public_config": {"country_codes": ["GB"]}}}
    made = ask("POST", "/v2/schedules", body, expect=201)["schedule"]
    path = f"/v2/schedules/{made['id']}"
    same("the schedule's zone", ask("GET", path)["schedule"]["timezone"], "Europe/London")
    kept = made["config"]["rotations"][0]
    later = dict(rotation, id=kept["id"], layers=kept["layers"], effective_from="2026-09-01T00:00:00Z")
    back = {"config": {"rotations": [kept, later]}, "name": "Renamed", "timezone": "Asia/Kolkata"}
    ask("PUT", path, {"schedule": back})
    same("versions of the rotation", len(ask("GET", path)["schedule"]["config"]["rotations"]), 2)
    preview = ask("POST", path + "/actions/preview_entries", body | {
        "entry_window_start": "2026-08-03T00:00:00Z", "entry_window_end": "2026-08-31T00:00:00Z"})
    same("previewed entries", bool(preview["schedule_entries"]["final"]), True)

    override = {"rotation_id": kept["id"], "layer_id": kept["layers"][0]["id"], "user": {"id": user["id"]},
                "start_at": "2026-08-04T10:00:00Z", "end_at": "2026-08-04T12:00:00Z"}
    made_override = ask("POST", "/v2/schedule_overrides", override | {"schedule_id": made["id"]},
                        expect=201)["override"]
    one = f"/v2/schedule_overrides/{made_override['id']}"
    ask("PUT", one, override | {"end_at": "2026-08-04T13:00:00Z"})
    listed = ask("GET", "/v2/schedule_overrides", params=[("schedule_id", made["id"])])["overrides"]
    same("the override's end", [o["end_at"][:16] for o in listed], ["2026-08-04T13:00"])
    ask("PUT", one, override | {"end_at": override["start_at"]}, expect=422)
    ask("GET", "/v2/schedule_entries", params=[
        ("schedule_id", made["id"]), ("entry_window_start", "2026-08-03T00:00:00Z"),
        ("entry_window_end", "2026-08-10T00:00:00Z")])
    ask("DELETE", one, expect=204)

    target = ask("POST", "/v2/schedule_sync_targets", {"schedule_sync_target": {
        "slack_user_group_id": "S0CONFORMS", "add_bot_to_group": False}}, expect=201)["schedule_sync_target"]
    target_path = f"/v2/schedule_sync_targets/{target['id']}"
    ask("PUT", target_path, {"add_bot_to_group": True})
    rules = path + "/sync_rules"
    rule = ask("POST", rules, {"schedule_sync_rule": {
        "schedule_sync_target_id": target["id"], "sync_type": "on_call", "rotation_id": kept["id"],
        "permanent_member_user_ids": [user["id"]]}}, expect=201)["schedule_sync_rule"]
    ask("PUT", f"{rules}/{rule['id']}", {"sync_type": "next_on_call", "permanent_member_user_ids": []})
    ask("GET", f"{rules}/{rule['id']}")
    ask("GET", rules, params=[("page_size", "250")])
    linked = ask("GET", target_path)["schedule_sync_target"]["linked_schedules"]
    same("schedules of the target", [s["name"] for s in linked], ["Renamed"])
    ask("DELETE", f"{rules}/{rule['id']}", expect=204)
    ask("DELETE", target_path, expect=204)
    ask("DELETE", path, expect=202)
    ask("GET", path, expect=404)


def not_called(description_path):
    """The description's writes that no request was made to."""
    with open(description_path, encoding="utf-8") as file:
        paths = json.load(file)["paths"]
    for template, operations in sorted(paths.items()):
        pattern = re.compile("^" + re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template)) + "$")
        for method in operations:
            if method != "get" and not any(m == method and pattern.match(p) for m, p in called):
                yield f"{method.upper()} {template}"


def main():
    user = first("/v2/users", "users")
    incident = incidents()
    belongings(incident, user)
    documents(incident)
    alerts(incident)
    maintenance(user)
    escalations(incident, user)
    schedules(user)
    for problem in problems:
        print("problem:", problem)
    for operation in not_called(sys.argv[2]):
        print("not written to:", operation)
    writes = sum(1 for method, _ in called if method != "get")
    print(f"write: {writes} writes, {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
