"""Creates records in Odoo idempotently: with `load`, under external ids.

Existing records are not changed, because people may have edited them. Odoo's `load` works like that
for records marked `noupdate` if its context asks for a module update, which every user may do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random

from intake.desk.odoo.rpc import OdooBusy, OdooChoked, OdooRefused
from intake.desk.odoo.sessions import OdooSessions

CONTEXT: Mapping[str, Any] = {"mode": "update", "noupdate": True, "tz": "UTC"}
"""`tz` is the time zone in which Odoo reads the times that we write."""
TRIES = 6
"""Attempts of a call that conflicts with another transaction in Odoo, before its job is retried
later."""
BUSY = ("could not serialize access", "serializar acesso", "deadlock detected")
"""Signs of a conflict. Errors in `load`'s messages have no names, only PostgreSQL's text, which may
be in Portuguese."""

Values = Mapping[str, Any]


@dataclass(slots=True)
class Loaded:
    """The result, by external id."""

    ids: dict[str, int] = field(default_factory=dict)
    """Database ids of records that exist now."""
    refused: dict[str, str] = field(default_factory=dict)
    """Odoo's messages about the other records."""


async def load(
    sessions: OdooSessions, model: str, records: Mapping[str, Values], context: Values = CONTEXT
) -> Loaded:
    """Create those of `records` (by external id) that do not exist yet, in order.

    Values are by column name as in `load`: `stage_id/.id` takes a database id. A record that Odoo
    refuses or fails on does not block the others. Raises OdooAway, OdooBusy or OdooLoginRefused.
    """
    loaded = Loaded()
    for columns, some in _alike(records):
        await _load(sessions, model, columns, some, context, loaded)
    return loaded


def _alike(
    records: Mapping[str, Values],
) -> Iterator[tuple[tuple[str, ...], dict[str, Values]]]:
    """Group neighbouring records with the same columns, because an empty cell would clear the
    field."""
    columns: tuple[str, ...] = ()
    some: dict[str, Values] = {}
    for external_id, values in records.items():
        if some and tuple(values) != columns:
            yield columns, some
            some = {}
        columns = tuple(values)
        some[external_id] = values
    if some:
        yield columns, some


async def _load(
    sessions: OdooSessions,
    model: str,
    columns: tuple[str, ...],
    records: dict[str, Values],
    context: Values,
    loaded: Loaded,
) -> None:
    names = list(records)
    rows = [[name, *(_clean(records[name][column]) for column in columns)] for name in names]
    try:
        answer = await _answer(sessions, model, ["id", *columns], rows, context)
    except OdooChoked as error:
        await _still_there(sessions, model)
        if len(names) > 1:
            answer = _refusing(str(error))
        else:
            answer = await _once_more(sessions, model, ["id", *columns], rows, context)
    if answer["ids"]:
        loaded.ids.update(zip(names, answer["ids"], strict=True))
        return
    errors = [each for each in answer["messages"] if each["type"] == "error"]
    if len(names) == 1:
        loaded.refused[names[0]] = _words(errors)
        return
    for some in _apart(records, _blamed(names, errors)):
        await _load(sessions, model, columns, some, context, loaded)


def _blamed(names: list[str], errors: list[dict[str, Any]]) -> set[str]:
    """The records to try alone.

    Only that shows which one is at fault: Odoo sometimes blames the first record for an error that
    it cannot attribute.
    """
    blamed = {
        name for each in errors for name in names[each["rows"]["from"] : each["rows"]["to"] + 1]
    }
    return blamed or set(names)


def _apart(records: dict[str, Values], alone: set[str]) -> Iterator[dict[str, Values]]:
    """The same records in the same order, with those in `alone` each in its own group."""
    together: dict[str, Values] = {}
    for name, values in records.items():
        if name not in alone:
            together[name] = values
            continue
        if together:
            yield together
            together = {}
        yield {name: values}
    if together:
        yield together


async def _answer(
    sessions: OdooSessions, model: str, columns: list[str], rows: list[list[Any]], context: Values
) -> Any:
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type(OdooBusy),
        stop=stop_after_attempt(TRIES),
        wait=wait_random(0.05, 0.5),
        reraise=True,
    ):
        with attempt:
            try:
                answer = await sessions.call(model, "load", columns, rows, context=dict(context))
            except OdooRefused as error:
                answer = _refusing(error.words)
            said = " ".join(str(each["message"]) for each in answer["messages"])
            if not answer["ids"] and any(words in said for words in BUSY):
                raise OdooBusy(said)
    return answer


async def _once_more(
    sessions: OdooSessions, model: str, columns: list[str], rows: list[list[Any]], context: Values
) -> Any:
    try:
        return await _answer(sessions, model, columns, rows, context)
    except OdooChoked as error:
        await _still_there(sessions, model)
        return _refusing(str(error))


async def _still_there(sessions: OdooSessions, model: str) -> None:
    """Raises OdooAway if Odoo does not answer a simple call either."""
    await sessions.call(model, "search_count", [("id", "=", 0)])


def _refusing(words: str) -> dict[str, Any]:
    """An error in `load`'s format that does not name a record."""
    message = {"type": "error", "rows": {"from": 0, "to": -1}, "message": words}
    return {"ids": False, "messages": [message]}


def _words(errors: list[dict[str, Any]]) -> str:
    said = dict.fromkeys(" ".join(str(each["message"]).split()) for each in errors)
    return " ".join(said) or "load: no ids and no message"


def _clean(value: Any) -> Any:
    """Remove what makes the call fail: NUL, refused by PostgreSQL and JSON, and lone surrogates
    (HTTP 500)."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return value
