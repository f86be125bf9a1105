"""A desk on the test's own Odoo, set up, and what stands in it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from intake.desk.odoo.desk import OdooDesk
from intake.desk.odoo.layout import LAYOUTS, external, tags
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.setup import carry_out, plan
from intake.ports.desk import DeskEntry, DeskFile, DeskTicket
from intake.ports.desk_tags import channel_tag, level_tag, rule_tags, type_tag
from intake.settings.desk import Odoo
from routing.sla import SlaTable
from routing.sla.shipped import SHIPPED_SERVICES, SHIPPED_TYPES
from tests.desk.odoo.conftest import Call

SLA = SlaTable(types=SHIPPED_TYPES, services=SHIPPED_SERVICES)
TAGS = tags(SLA, ("N0", "N1"))
PROJECT = "Central de Ajuda"


@dataclass
class Files:
    """Files by message number; also counts how often they were asked for."""

    by_message: dict[int, Sequence[DeskFile]] = field(default_factory=dict)

    async def of(
        self, message: int, attachments: int, file: int | None = None
    ) -> Sequence[DeskFile]:
        return self.by_message.get(message, ())


async def set_up(as_admin: OdooSessions, model: str) -> None:
    """As `intake odoo setup` does it. May be repeated."""
    layout = LAYOUTS[model]
    await carry_out(as_admin, await plan(as_admin, layout, PROJECT, TAGS))


def desk_of(
    sessions: OdooSessions,
    model: str,
    *,
    url: str = "https://odoo.exemplo.com.br",
    files: Files | None = None,
    clock: Callable[[], float] = time.monotonic,
    **settings: Any,
) -> OdooDesk:
    """The desk as the office makes it."""
    return OdooDesk(
        sessions,
        Odoo.model_validate({"url": url, "user": "intake", "profile": model, **settings}),
        files=files or Files(),
        tags=lambda: TAGS,
        zone=lambda: ZoneInfo("America/Sao_Paulo"),
        clock=clock,
    )


def ticket(**values: Any) -> DeskTicket:
    """An ordinary one, with an id of its own."""
    at = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    plain: dict[str, Any] = {
        "external_id": str(uuid4()),
        "number": f"R3-2026-{uuid4().hex[:6]}",
        "title": "App travando",
        "description_html": "<p>O app trava.</p>",
        "channel": "email",
        "requester": "bia@exemplo.com.br",
        "requester_name": "Bia Souza",
        "kind": "client",
        "request_type": "bug",
        "service": None,
        "priority": "high",
        "level": "N1",
        "owner": None,
        "stage": "new",
        "tags": (),
        "missing": (),
        "received_at": at,
        "first_response_due": at.replace(hour=14),
        "resolution_due": at.replace(hour=17),
    }
    plain |= values
    plain.setdefault(
        "labels",
        (
            channel_tag(plain["channel"]),
            type_tag(plain["request_type"], SLA.label(plain["request_type"])),
            level_tag(plain["level"]),
            *rule_tags(plain["tags"]),
        ),
    )
    return DeskTicket(**plain)


def entry(on: DeskTicket, kind: str = "message", **values: Any) -> DeskEntry:
    """Something said on it."""
    plain: dict[str, Any] = {
        "external_id": str(uuid4()),
        "ticket": on.external_id,
        "kind": kind,
        "author": "bia@exemplo.com.br" if kind == "message" else "suporte@r3izzy.com.br",
        "author_name": "Bia Souza" if kind == "message" else "R3izzy",
        "body_html": "<p>E agora?</p>",
        "at": datetime(2026, 11, 24, 13, 30, tzinfo=UTC),
    }
    return DeskEntry(**plain | values)


class Found:
    """What an administrator sees in Odoo."""

    def __init__(self, call: Call, model: str) -> None:
        self._call = call
        self.model = model

    def record(self, ref: str, *fields: str) -> dict[str, Any]:
        """Some fields of a ticket."""
        [row] = self._call(
            self.model,
            "search_read",
            [("id", "=", int(ref))],
            list(fields),
            context={"active_test": False},
        )
        return dict(row)

    def names(self, model: str, ids: Sequence[int]) -> list[str]:
        """Of tags, users and the like."""
        return sorted(row["name"] for row in self._call(model, "read", list(ids), ["name"]))

    def messages(self, ref: str) -> list[dict[str, Any]]:
        """On a ticket, in their order."""
        fields = [
            "body",
            "author_id",
            "email_from",
            "subtype_id",
            "is_internal",
            "message_type",
            "date",
            "attachment_ids",
            "notification_ids",
        ]
        domain = [("model", "=", self.model), ("res_id", "=", int(ref))]
        return list(self._call("mail.message", "search_read", domain, fields, order="id"))

    def files(self, ref: str) -> list[dict[str, Any]]:
        """Attached to a ticket."""
        domain = [("res_model", "=", self.model), ("res_id", "=", int(ref))]
        fields = ["name", "mimetype", "file_size"]
        return list(self._call("ir.attachment", "search_read", domain, fields, order="id"))

    def mails(self) -> int:
        """That Odoo has sent or is about to send."""
        return int(self._call("mail.mail", "search_count", []))

    def of_external_ids(self) -> int:
        """Tickets that carry an external id of ours."""
        domain = [
            ("module", "=", external("x").partition(".")[0]),
            ("model", "=", self.model),
        ]
        return int(self._call("ir.model.data", "search_count", domain))
