"""Describes an invitation in words (iCalendar, RFC 5545 and RFC 5546)."""

import re
from datetime import datetime

from intake.content import charset

_LARGEST = 200_000
_MOST_LINES = 4_000
_FOLD = re.compile(r"\n[ \t]")
_LINE = re.compile(r"([A-Za-z-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)")
_TIME = re.compile(r"(\d{8})(?:T(\d{4})\d{0,2})?(Z?)$")
_ZONE = re.compile(r"TZID=\"?([^\";:]+)", re.I)
_COMMON_NAME = re.compile(r"CN=(?:\"([^\"]*)\"|([^;:]*))", re.I)
_ESCAPES = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}
_ESCAPE = re.compile(r"\\[nN,;\\]")
_METHODS = {
    "REQUEST": "Convite",
    "CANCEL": "Cancelamento do compromisso",
    "REPLY": "Resposta ao convite",
    "COUNTER": "Contraproposta ao convite",
}
_LONGEST_VALUE = 500


def describe(text: str) -> str:
    """The first event of an iCalendar text in pt-BR: title, time, place and organiser, a line each.

    Empty if there is no event. Times are those in the invitation, with their zone.
    """
    method = "Compromisso"
    event: dict[str, tuple[str, str]] = {}
    inside = False
    unfolded = _FOLD.sub("", text[:_LARGEST].replace("\r\n", "\n"))
    for line in unfolded.split("\n", _MOST_LINES)[:_MOST_LINES]:
        match = _LINE.match(line[: 4 * _LONGEST_VALUE])
        if not match:
            continue
        name, parameters, value = match[1].upper(), match[2], match[3].strip()
        if name == "METHOD":
            method = _METHODS.get(value.upper(), method)
        elif name == "BEGIN" and value.upper() == "VEVENT":
            inside = True
        elif name in ("BEGIN", "END") and inside:
            break  # the end of the event, or an alarm inside it
        elif inside:
            event.setdefault(name, (parameters, value))
    return "\n".join(_lines(method, event)) if event else ""


def _lines(method: str, event: dict[str, tuple[str, str]]) -> list[str]:
    lines = [f"{method}: {_text(event.get('SUMMARY', ('', ''))[1]) or '(sem título)'}"]
    start = _time(*event.get("DTSTART", ("", "")))
    end = _time(*event.get("DTEND", ("", "")))
    if start:
        lines.append(f"Quando: {start}" + (f" até {end}" if end else ""))
    place = _text(event.get("LOCATION", ("", ""))[1])
    if place:
        lines.append(f"Onde: {place}")
    organizer = _person(*event.get("ORGANIZER", ("", "")))
    if organizer:
        lines.append(f"Quem convida: {organizer}")
    return lines


def _text(value: str) -> str:
    unescaped = _ESCAPE.sub(lambda match: _ESCAPES[match[0]], value)
    return charset.one_line(unescaped)[:_LONGEST_VALUE]


def _person(parameters: str, value: str) -> str:
    match = _COMMON_NAME.search(parameters)
    name = _text((match[1] or match[2]) if match else "")
    address = _text(re.sub(r"(?i)^mailto:", "", value))
    return f"{name} ({address})" if name and address and name != address else name or address


def _time(parameters: str, value: str) -> str:
    match = _TIME.match(value)
    if not match:
        return ""
    day, clock, universal = match.groups()
    try:
        moment = datetime.strptime(day + (clock or "0000"), "%Y%m%d%H%M")  # noqa: DTZ007
    except ValueError:
        return ""
    words = f"{moment:%d/%m/%Y}"
    if clock:
        words += f" às {moment:%Hh%M}"
    zone = _ZONE.search(parameters)
    if universal:
        return f"{words} (UTC)"
    return f"{words} ({charset.one_line(zone[1])[:60]})" if zone and clock else words
