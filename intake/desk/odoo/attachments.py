"""The files of messages as `ir.attachment`: those that came with it, and the mail as it came."""

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
"""Otherwise Odoo makes images smaller, and falls over those that are none inside."""
MOST_BYTES = 4_000_000
"""Of files in one call; a larger one goes alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    """Something that has files: a new ticket, or a message on one."""

    external_id: str
    """Of the ticket or entry in the journal."""
    ticket: str
    """The ticket's external id in the journal."""
    record: int
    """The ticket in Odoo."""
    message: int
    attachments: int
    file: int | None = None
    """The only one of them, where the others went with another carrier."""


@dataclass(slots=True)
class Attached:
    """What became of the files, by the carrier's external id."""

    ids: dict[str, list[int]] = field(default_factory=dict)
    refused: list["RefusedFile"] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedFile:
    """A file that Odoo does not take. The journal keeps it, in the mail as it came."""

    external_id: str
    ticket: str
    """The ticket's external id in the journal."""
    name: str
    words: str
    """Odoo's own."""


async def attach(
    sessions: OdooSessions, model: str, files: DeskFiles, carriers: Iterable[Carrier]
) -> Attached:
    """Attach the files to their tickets, some at a time: not all of them are ever in memory."""
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
