"""Create records in Odoo so that a repeat creates nothing: `load`, under external ids.

What exists is left as it is: people may have changed it since. Odoo's `load` does that for records
marked `noupdate` when it is told to work as a module's update would, and anybody may ask for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random

from intake.desk.odoo.rpc import OdooBusy, OdooChoked, OdooRefused
from intake.desk.odoo.sessions import OdooSessions

CONTEXT: Mapping[str, Any] = {"mode": "update", "noupdate": True, "tz": "UTC"}
"""`tz`: in which the instants that we write are read."""
TRIES = 6
"""Of a call that met another transaction in Odoo, before it goes back to the queue."""
BUSY = ("could not serialize access", "serializar acesso", "deadlock detected")
"""In `load`'s messages errors have no names, only PostgreSQL's words; it may speak Portuguese."""

Values = Mapping[str, Any]


@dataclass(slots=True)
class Loaded:
    """What became of records, by external id."""

    ids: dict[str, int] = field(default_factory=dict)
    """Database ids of those that are there."""
    refused: dict[str, str] = field(default_factory=dict)
    """Odoo's words about the others."""


async def load(
    sessions: OdooSessions, model: str, records: Mapping[str, Values], context: Values = CONTEXT
) -> Loaded:
    """Create those of `records` (by external id) that are not there yet, in their order.

    Values are by the column's name as `load` wants it: `stage_id/.id` takes a database id. One
    that Odoo refuses, or falls over, does not hold up the others. Raises OdooAway, OdooBusy or
    OdooLoginRefused.
    """
    loaded = Loaded()
    for columns, some in _alike(records):
        await _load(sessions, model, columns, some, context, loaded)
    return loaded


def _alike(
    records: Mapping[str, Values],
) -> Iterator[tuple[tuple[str, ...], dict[str, Values]]]:
    """Neighbours with the same columns together, since an empty cell would empty the field."""
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
    """Whom to try alone: only so does one show whether it is at fault, since Odoo sometimes blames
    the first record for what it does not know whom to blame for."""
    blamed = {
        name for each in errors for name in names[each["rows"]["from"] : each["rows"]["to"] + 1]
    }
    return blamed or set(names)


def _apart(records: dict[str, Values], alone: set[str]) -> Iterator[dict[str, Values]]:
    """The same records in the same order, those of `alone` each by itself."""
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
    """Raises OdooAway where Odoo does not answer a plain question either."""
    await sessions.call(model, "search_count", [("id", "=", 0)])


def _refusing(words: str) -> dict[str, Any]:
    """As `load` would say it of nobody in particular."""
    message = {"type": "error", "rows": {"from": 0, "to": -1}, "message": words}
    return {"ids": False, "messages": [message]}


def _words(errors: list[dict[str, Any]]) -> str:
    said = dict.fromkeys(" ".join(str(each["message"]).split()) for each in errors)
    return " ".join(said) or "load: no ids and no message"


def _clean(value: Any) -> Any:
    """Neither PostgreSQL nor JSON takes NUL; a lone surrogate makes Odoo answer with HTTP 500."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return value
