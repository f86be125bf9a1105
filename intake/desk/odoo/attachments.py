"""Stores messages' files as `ir.attachment`: their attachments and the original mail."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from intake.desk.odoo.layout import external
from intake.desk.odoo.loading import CONTEXT, load
from intake.desk.odoo.sessions import OdooSessions
from intake.ports.desk import DeskFiles

MODEL = "ir.attachment"
AS_THEY_CAME: Mapping[str, Any] = {**CONTEXT, "image_no_postprocess": True}
"""Context that keeps Odoo from resizing images, and from failing on files that are not really
images."""
MOST_BYTES = 4_000_000
"""Most bytes of files in one call; a larger file is sent alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    """Something with files: a new ticket, or a message on a ticket."""

    external_id: str
    """The ticket's or entry's external id in the store."""
    ticket: str
    """The ticket's external id in the store."""
    record: int
    """The ticket's database id in Odoo."""
    message: int
    attachments: int
    file: int | None = None
    """Set if only this file of the message is attached: the others came with another carrier."""


@dataclass(slots=True)
class Attached:
    """The result: attachment ids by the carrier's external id, and the files that Odoo refused."""

    ids: dict[str, list[int]] = field(default_factory=dict)
    refused: list["RefusedFile"] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedFile:
    """A file that Odoo refuses. The store keeps it in the original message."""

    external_id: str
    ticket: str
    """The ticket's external id in the store."""
    name: str
    words: str
    """Odoo's own message."""


async def attach(
    sessions: OdooSessions, model: str, files: DeskFiles, carriers: Iterable[Carrier]
) -> Attached:
    """Attach files to their tickets in several calls, so that they are never all in memory."""
    attached = Attached()
    waiting: dict[str, tuple[Carrier, Mapping[str, Any]]] = {}
    size = 0
    for carrier in carriers:
        carried = await files.of(carrier.message, carrier.attachments, carrier.file)
        for number, file in enumerate(carried):
            if waiting and size + len(file.content) > MOST_BYTES:
                await _load(sessions, waiting, attached)
                waiting, size = {}, 0
            size += len(file.content)
            uid = carrier.external_id.replace("-", "")
            waiting[external(f"file_{uid}_{number}")] = (
                carrier,
                {
                    "name": file.name,
                    "res_model": model,
                    "res_id": str(carrier.record),
                    "mimetype": file.content_type,
                    "datas": base64.b64encode(file.content).decode("ascii"),
                },
            )
    if waiting:
        await _load(sessions, waiting, attached)
    return attached


async def _load(
    sessions: OdooSessions,
    waiting: Mapping[str, tuple[Carrier, Mapping[str, Any]]],
    attached: Attached,
) -> None:
    rows = {name: values for name, (_, values) in waiting.items()}
    done = await load(sessions, MODEL, rows, AS_THEY_CAME)
    for name, (carrier, values) in waiting.items():
        if name in done.ids:
            attached.ids.setdefault(carrier.external_id, []).append(done.ids[name])
        else:
            attached.refused.append(
                RefusedFile(
                    external_id=name.partition(".")[2],
                    ticket=carrier.ticket,
                    name=values["name"],
                    words=done.refused[name],
                )
            )
