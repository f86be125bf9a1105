"""Finds out who changed what on a ticket in Odoo, as far as our rights allow.

Odoo records the old and new values of tracked fields, but only administrators may read them.
Ordinary users can only read the messages that say that somebody changed something.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from intake.desk.odoo.logins import Logins
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.ports.desk_snapshots import Author, Traces

log = structlog.get_logger()

MOST = 2000
"""Most values or messages that are read, newest first. One poll never needs nearly as many."""


class OdooTraces:
    """Reads authors of changes for tickets of one model. `fields`: Odoo's name of a field →
    ours."""

    def __init__(
        self,
        sessions: OdooSessions,
        model: str,
        fields: Mapping[str, Sequence[str]],
        logins: Logins,
    ) -> None:
        self._sessions = sessions
        self._model = model
        self._fields = fields
        self._logins = logins
        self._values_refused = False
        self._field_names: dict[int, str] = {}

    async def of(self, refs: Sequence[str]) -> Mapping[str, Traces]:
        """Authors by ticket. Raises OdooAway and other DeskUnavailable errors."""
        ids = [int(ref) for ref in refs]
        us = await self._sessions.user_id()
        fields = await self._by_value(ids, us)
        others = await self._by_message(ids, us)
        return {
            str(each): Traces(fields=fields.get(each, {}), other=others.get(each)) for each in ids
        }

    async def _by_value(self, ids: Sequence[int], us: int) -> dict[int, dict[str, Author]]:
        if self._values_refused:
            return {}
        about = [("mail_message_id.model", "=", self._model), ("mail_message_id.res_id", "in", ids)]
        try:
            values = await self._sessions.call(
                "mail.tracking.value",
                "search_read",
                about,
                ["field_id", "mail_message_id", "create_uid", "create_date"],
                order="id desc",
                limit=MOST,
            )
            tickets = await self._tickets_of([row["mail_message_id"][0] for row in values])
            await self._learn_field_names([row["field_id"][0] for row in values if row["field_id"]])
        except OdooRefused as error:
            if not error.is_missing_right:
                raise
            self._values_refused = True
            log.info("odoo.changes_without_authors", reason=error.words)
            return {}
        logins = await self._logins.of({row["create_uid"][0] for row in values})
        found: dict[int, dict[str, Author]] = {}
        for row in values:
            name = self._field_names.get(row["field_id"][0], "") if row["field_id"] else ""
            ticket = tickets.get(row["mail_message_id"][0])
            author = _author(row, "create_date", logins, us)
            if ticket is not None and author is not None:
                for ours in self._fields.get(name, ()):
                    found.setdefault(ticket, {}).setdefault(ours, author)
        return found

    async def _by_message(self, ids: Sequence[int], us: int) -> dict[int, Author]:
        rows = await self._sessions.call(
            "mail.message",
            "search_read",
            [
                ("model", "=", self._model),
                ("res_id", "in", ids),
                ("message_type", "=", "notification"),
                ("create_uid", "!=", us),
            ],
            ["res_id", "create_uid", "date"],
            order="id desc",
            limit=MOST,
        )
        logins = await self._logins.of({row["create_uid"][0] for row in rows})
        found: dict[int, Author] = {}
        for row in rows:
            author = _author(row, "date", logins, us)
            if author is not None:
                found.setdefault(int(row["res_id"]), author)
        return found

    async def _tickets_of(self, messages: Sequence[int]) -> dict[int, int]:
        rows = await self._sessions.call(
            "mail.message", "search_read", [("id", "in", sorted(set(messages)))], ["res_id"]
        )
        return {row["id"]: int(row["res_id"]) for row in rows}

    async def _learn_field_names(self, ids: Sequence[int]) -> None:
        unknown = sorted(set(ids) - self._field_names.keys())
        if unknown:
            rows = await self._sessions.call("ir.model.fields", "read", unknown, ["name"])
            self._field_names |= {row["id"]: row["name"] for row in rows}


def instant(written: str) -> datetime:
    """A time as Odoo writes it: UTC, in seconds."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def _author(row: Mapping[str, Any], at: str, logins: Mapping[int, str], us: int) -> Author | None:
    user = int(row["create_uid"][0])
    if user not in logins:
        return None
    return Author(login=logins[user], at=instant(row[at]), ours=user == us)
