"""report.py SPEC PROXY_LOG: what the validating proxy saw and found.

Fails on any finding of severity Error, on a request the proxy gave up on, and on a path that neither the description
has nor the list below allows.
"""

import collections
import json
import re
import sys

# Newer than the description, or the hub's own: probed for by the client, answered by the server or not.
UNDESCRIBED = (
    "/v2/incident_timeline_items",
    "/v2/incident_timeline_items/{id}",
    "/v2/alert_tags",
    "/v2/incident_activity_log_entries",
    "/v2/schedule_overrides/{id}",
    "/v2/schedule_cover_requests",
    "/v3/follow_ups",
    "/v3/actions",
    "/v3/schedules",
    "/v1/openapiV3.json",
)

RETURNED = re.compile(r"The upstream call to (/\S*) has returned (\d+)")
FINDING = re.compile(r"error +Violation: (.*)")
GAVE_UP = re.compile(r"(\[HTTP SERVER\] \w+ \S+).*error +Request terminated with error: (.*)")


def pattern(template):
    return re.compile("^" + re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template)) + "$")


def main(description_path, log_path):
    with open(description_path, encoding="utf-8") as file:
        description = json.load(file)
    described = [path for path, operations in description["paths"].items() if "get" in operations]
    written = [path for path, operations in description["paths"].items() if "get" not in operations]
    # the templates without parameters first: /v2/alerts/actions is no id
    templates = sorted(described + written + list(UNDESCRIBED), key=lambda path: (path.count("{"), path))
    patterns = [(template, pattern(template)) for template in templates]

    seen, statuses = collections.Counter(), collections.Counter()
    findings, unknown = collections.Counter(), collections.Counter()
    path = "?"
    with open(log_path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if match := RETURNED.search(line):
                path = match[1]
                statuses[match[2]] += 1
                template = next((t for t, p in patterns if p.match(path)), None)
                if template:
                    seen[template] += 1
                else:
                    unknown[path] += 1
            elif match := FINDING.search(line):
                place = re.sub(r"\.\d+(?=\.|\s)", ".N", match[1])
                findings[f"{path}: {place}"] += 1
            elif match := GAVE_UP.search(line):
                findings[f"{match[1]}: {match[2]}"] += 1

    for template in templates:
        note = ("" if template in described else "   (only written to)" if template in written
                else "   (not in the description)")
        if seen[template] or not note:
            print(f"{seen[template]:7}  {template}{note}")
    covered = sum(1 for template in described if seen[template])
    by_status = ", ".join(f"{count}x {status}" for status, count in sorted(statuses.items()))
    print(f"conformance: {sum(statuses.values())} requests ({by_status}); "
          f"{covered} of {len(described)} described GET routes")
    for finding, count in findings.most_common():
        print(f"violation ({count}x): {finding}")
    for path, count in unknown.items():
        print(f"undescribed path ({count}x): {path}")
    print(f"conformance: {sum(findings.values())} violations of severity Error, "
          f"{sum(unknown.values())} requests to undescribed paths")
    return 1 if findings or unknown or not seen else 0


sys.exit(main(*sys.argv[1:3]))
