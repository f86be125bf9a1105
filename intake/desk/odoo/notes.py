"""Reads what people write on tickets in Odoo: internal notes, and comments that clients see."""

from collections.abc import Mapping, Sequence
from typing import Any

from intake.content import html_text
from intake.desk.odoo.logins import Logins
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.settled import settled
from intake.desk.odoo.traces import instant
from intake.ports.desk_messages import DeskMessage, DeskMessagePage

PAGE = 500
FIELDS = ("res_id", "body", "create_uid", "create_date", "is_internal", "subtype_id")


class OdooNotes:
    """Reads messages on tickets of one model, in order of their ids."""

    def __init__(self, sessions: OdooSessions, model: str, logins: Logins) -> None:
        self._sessions = sessions
        self._model = model
        self._logins = logins
        self._internal: frozenset[int] | None = None

    async def after(self, last: int | None) -> DeskMessagePage:
        """What was written after message `last`. One call if nothing was. Raises OdooAway and other
        DeskUnavailable errors."""
        if last is None:
            newest = await self._sessions.call(
                "mail.message", "search", [("model", "=", self._model)], order="id desc", limit=1
            )
            return DeskMessagePage(spoken=(), last=newest[0] if newest else 0)
        rows = await self._rows(last)
        if not rows:
            return DeskMessagePage(spoken=(), last=last)
        return DeskMessagePage(spoken=await self._spoken(rows), last=settled(rows, last))

    async def _rows(self, last: int) -> list[dict[str, Any]]:
        us = await self._sessions.user_id()
        rows: list[dict[str, Any]] = []
        while True:
            page = await self._sessions.call(
                "mail.message",
                "search_read",
                [
                    ("model", "=", self._model),
                    ("id", ">", rows[-1]["id"] if rows else last),
                    ("message_type", "=", "comment"),
                    ("create_uid", "!=", us),
                    # Leave out clients, who may write through the portal.
                    ("create_uid.share", "=", False),
                ],
                list(FIELDS),
                order="id",
                limit=PAGE,
            )
            rows += page
            if len(page) < PAGE:
                return rows

    async def _spoken(self, rows: Sequence[Mapping[str, Any]]) -> list[DeskMessage]:
        internal = await self._internal_subtypes()
        logins = await self._logins.of({row["create_uid"][0] for row in rows})
        return [
            DeskMessage(
                id=row["id"],
                ticket_ref=str(row["res_id"]),
                who=logins.get(row["create_uid"][0]),
                internal=bool(row["is_internal"]) or _id(row["subtype_id"]) in internal,
                text=html_text.read(row["body"] or ""),
                at=instant(row["create_date"]),
            )
            for row in rows
        ]

    async def _internal_subtypes(self) -> frozenset[int]:
        """Ids of the message subtypes that are internal."""
        if self._internal is None:
            found = await self._sessions.call(
                "mail.message.subtype", "search", [("internal", "=", True)]
            )
            self._internal = frozenset(found)
        return self._internal


def _id(relation: Any) -> int:
    return int(relation[0]) if relation else 0
