"""overlay.py SRC DST: the published description, plus what it leaves out and its vendor documents elsewhere.

An escalation can be answered. Error answers have the vendor's envelope, and a follow-up's or action's assignee may be null in an update.
For validation only: nothing of the description is copied into the project.
"""

import json
import sys

STRING = {"type": "string"}
INTEGER = {"type": "integer"}


def shape(required=(), **properties):
    schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    return schema


def envelope():
    error = shape(["code", "message"], code=STRING, message=STRING, source=shape(field=STRING))
    limit = shape(
        ["name", "limit", "remaining", "retry_after"],
        name=STRING, limit=INTEGER, remaining=INTEGER,
        retry_after={"type": "string", "format": "date-time"})
    return shape(
        ["type", "status", "request_id", "errors"],
        type=STRING, status=INTEGER, request_id=STRING, rate_limit=limit,
        errors={"type": "array", "items": error})


def respond():
    """Newer than the description: an escalation is answered."""
    sent = shape(["response"], response={"type": "string", "enum": ["ack", "nack", "snooze"]},
                 snooze_details=shape(["snooze_until"], reason=STRING,
                                      snooze_until={"type": "string", "format": "date-time"}))
    done = {"$ref": "#/components/schemas/EscalationsShowResultV2"}
    return {"post": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": STRING}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": sent}}},
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": done}}}}}}


def main(source, destination):
    with open(source, encoding="utf-8") as file:
        description = json.load(file)
    schemas = description["components"]["schemas"]
    schemas["ErrorEnvelope"] = envelope()
    answer = {
        "description": "Error",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorEnvelope"}}},
    }
    description["paths"]["/v2/escalations/{id}/actions/respond"] = respond()
    for path in description["paths"].values():
        for operation in path.values():
            operation["responses"]["4XX"] = answer
            operation["responses"]["5XX"] = answer
    for name in ("FollowUpsUpdatePayloadV2", "ActionsUpdatePayloadV2"):
        for member in ("assignee_id", "assignee_team_id"):
            if member in schemas[name]["properties"]:
                schemas[name]["properties"][member]["nullable"] = True
    with open(destination, "w", encoding="utf-8") as file:
        json.dump(description, file)


main(*sys.argv[1:3])
