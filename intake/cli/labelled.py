"""Labelled files: one JSON object per line, with a message and its correct classification."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from intake.app.reading import split_text
from intake.settings.text_file import Unreadable, read_text
from routing.message import Address, Message
from routing.rules.evaluation import Labelled
from routing.suggestion import suggestion
from routing.vocabulary import Channel, Kind, Priority

_KEYS = ("id", "channel", "sender", "subject", "text", "request_type", "kind", "priority")
_CLOSED: Mapping[str, frozenset[str]] = {
    "channel": frozenset(Channel),
    "kind": frozenset(Kind),
    "priority": frozenset(Priority),
}
_RECEIVED = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""The date of all labelled messages, which have none: a Monday at 9:00 in São Paulo."""


class LabelledFileInvalid(Exception):
    """the labelled file cannot be used; the message says file, line and what would be right"""


def read_labelled(path: Path, request_types: frozenset[str] | None = None) -> list[Labelled]:
    """All messages of a file.

    `request_types` are the valid request types; without it they are not checked. Raises
    LabelledFileInvalid at the first line that is wrong.
    """
    try:
        text = read_text(path)
    except Unreadable as error:
        raise LabelledFileInvalid(f"{path}:{error.line}: {error.message}") from error
    closed = dict(_CLOSED)
    if request_types is not None:
        closed["request_type"] = request_types
    return list(_lines(path, text, closed))


def _lines(path: Path, text: str, closed: Mapping[str, frozenset[str]]) -> Iterator[Labelled]:
    seen: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise LabelledFileInvalid(f"{path}:{number}: no JSON object: {error}") from error
        if (wrong := _what_is_wrong(row, closed)) is not None:
            raise LabelledFileInvalid(f"{path}:{number}: {wrong}")
        if (first := seen.setdefault(row["id"], number)) != number:
            raise LabelledFileInvalid(
                f"{path}:{number}: id {row['id']!r} stands on line {first} too: rename one"
            )
        yield labelled(row)


def _what_is_wrong(row: Any, closed: Mapping[str, frozenset[str]]) -> str | None:
    if not isinstance(row, dict):
        return f"write an object with the keys {', '.join(_KEYS)}"
    if missing := [key for key in _KEYS if not isinstance(row.get(key), str)]:
        return f"{missing[0]!r} is missing, or no text"
    for key, known in closed.items():
        if row[key] not in known:
            name = key.replace("_", " ")
            return f"unknown {name} {row[key]!r}; {suggestion(row[key], known)}"
    return None


def labelled(raw: Mapping[str, str]) -> Labelled:
    """A row as a message. In mail, quoted text is separated from new text."""
    # JSON may contain lone surrogates, which UTF-8 cannot encode.
    row = {key: raw[key].encode("utf-8", "replace").decode() for key in _KEYS}
    mail = row["channel"] == Channel.EMAIL
    parts = split_text(row["text"]) if mail else None
    return Labelled(
        id=row["id"],
        message=Message(
            channel=Channel(row["channel"]),
            received_at=_RECEIVED,
            sender=Address(address=row["sender"].lower()) if row["sender"] else None,
            subject=row["subject"],
            text=parts.new if parts else row["text"],
            quoted=parts.quoted if parts else "",
            signature=parts.signature if parts else "",
        ),
        request_type=row["request_type"],
        kind=row["kind"],
        priority=row["priority"],
    )
