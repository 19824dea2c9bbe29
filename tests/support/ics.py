#!/usr/bin/env python3
"""Reads a calendar as RFC 5545 has it, strictly, and prints its events as JSON lines: first the calendar's own
properties, then an event a line. What is not as it must be ends it with status 1 and a sentence.
It shares nothing with the code that writes calendars. Usage: ics.py FILE (- = standard input)"""
import json
import re
import sys
from datetime import datetime, timezone

NAME = r"[A-Za-z0-9-]+"
PARAMETER = rf"{NAME}=(?:\"[^\"\x00-\x08\x0a-\x1f\x7f]*\"|[^\x00-\x08\x0a-\x1f\x7f\";:,]*)"
LINE = re.compile(rf"({NAME})((?:;{PARAMETER})*):(.*)\Z", re.DOTALL)
TEXTS = {"SUMMARY", "DESCRIPTION", "NAME", "X-WR-CALNAME", "X-WR-TIMEZONE", "CATEGORIES", "PRODID"}
ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "URL", "TRANSP", "VERSION", "PRODID"}


def fail(number, why):
    sys.exit(f"ics: line {number}: {why}")


def unfold(data):
    if not data.endswith(b"\r\n"):
        fail("last", "does not end with CR LF")
    lines = []
    for number, raw in enumerate(data[:-2].split(b"\r\n"), 1):
        if b"\n" in raw or b"\r" in raw:
            fail(number, "a bare CR or LF")
        if len(raw) > 75:
            fail(number, f"{len(raw)} octets")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as problem:
            fail(number, f"a character is cut in two: {problem}")
        if text[:1] in (" ", "\t"):
            if not lines:
                fail(number, "a fold without a line")
            lines[-1][1] += text[1:]
        else:
            lines.append([number, text])
    return lines


def unescape(number, value):
    out, at = [], 0
    while at < len(value):
        if value[at] == "\\":
            at += 1
            if at == len(value) or value[at] not in "\\;,nN":
                fail(number, "an escape that there is none of")
            out.append("\n" if value[at] in "nN" else value[at])
        elif value[at] in ";,":
            fail(number, f"'{value[at]}' is not escaped")
        else:
            if ord(value[at]) < 0x20 and value[at] != "\t" or ord(value[at]) == 0x7F:
                fail(number, "a control character")
            out.append(value[at])
        at += 1
    return "".join(out)


def moment(number, value):
    if not re.fullmatch(r"\d{8}T\d{6}Z", value):
        fail(number, f"not a UTC time: {value}")
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)


def main():
    data = sys.stdin.buffer.read() if sys.argv[1] == "-" else open(sys.argv[1], "rb").read()
    open_components, calendar, events, current = [], {}, [], {}
    ended = False
    for number, text in unfold(data):
        parts = LINE.match(text)
        if not parts:
            fail(number, f"no content line: {text[:60]!r}")
        name, parameters, value = parts[1].upper(), parts[2], parts[3]
        if ended:
            fail(number, "something behind the calendar")
        if name == "BEGIN":
            if (not open_components) != (value == "VCALENDAR"):
                fail(number, f"{value} does not belong there")
            open_components.append(value)
            current = calendar if value == "VCALENDAR" else {}
        elif name == "END":
            if not open_components or open_components.pop() != value:
                fail(number, f"{value} was not begun")
            if value == "VEVENT":
                for needed in ("UID", "DTSTAMP", "DTSTART"):
                    if needed not in current:
                        fail(number, f"an event without {needed}")
                if current.get("DTEND", current["DTSTART"]) <= current["DTSTART"]:
                    fail(number, "an event ends before it begins")
                events.append(current)
                current = calendar
            ended = not open_components
        else:
            if not open_components:
                fail(number, "a property outside")
            if name in current and name in ONCE:
                fail(number, f"{name} twice")
            if name in TEXTS:
                value = unescape(number, value)
            elif name in ("DTSTAMP", "DTSTART", "DTEND"):
                value = moment(number, value).isoformat().replace("+00:00", "Z")
            elif re.search(r"[\x00-\x1f\x7f]", value):
                fail(number, "a control character")
            current[name] = value
    if not ended or calendar.get("VERSION") != "2.0" or not calendar.get("PRODID"):
        sys.exit("ics: no whole calendar of version 2.0")
    if len({event["UID"] for event in events}) != len(events):
        sys.exit("ics: two events have one UID")
    for each in [calendar] + events:
        print(json.dumps(each, ensure_ascii=False, sort_keys=True))


main()
