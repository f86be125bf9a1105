"""What belongs to a desk in Odoo beside the tickets: the project or team, its stages, the tags.

`setup.py` makes it, `place.py` finds it. Each thing has an external id, so that it is the same
thing whatever people call it later.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from routing.sla import SlaTable
from routing.vocabulary import Channel, Stage

MODULE = "central_intake"
"""The first half of every external id of ours."""


def external(name: str) -> str:
    """A whole external id."""
    return f"{MODULE}.{name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class StageLook:
    """A stage as setup makes it."""

    name: str
    sequence: int
    fold: bool = False


STAGES: Mapping[Stage, StageLook] = {
    Stage.NEW: StageLook(name="Novo", sequence=1),
    Stage.SCHEDULED: StageLook(name="Agendado", sequence=2),
    Stage.IN_PROGRESS: StageLook(name="Em andamento", sequence=3),
    Stage.DONE: StageLook(name="Concluído", sequence=4, fold=True),
    Stage.CANCELLED: StageLook(name="Cancelado", sequence=5, fold=True),
}

CHANNELS: Mapping[Channel, str] = {
    Channel.EMAIL: "E-mail",
    Channel.WHATSAPP: "WhatsApp",
    Channel.SMS: "SMS",
    Channel.VOICE: "Telefone",
    Channel.APP: "App R3",
    Channel.CHAT: "Chat",
    Channel.MANUAL: "Manual",
}


def stage_id(stage: Stage) -> str:
    """`central_intake.stage_new` and so on."""
    return external(f"stage_{stage.value}")


def channel_tag(channel: str) -> str:
    """The external id of a channel's tag."""
    return external(f"tag_channel_{channel}")


def request_type_tag(request_type: str) -> str:
    """The external id of a request type's tag."""
    return external(f"tag_type_{request_type}")


def level_tag(level: str) -> str:
    """The external id of a level's tag; levels have any name that the firm gives them."""
    return external(f"tag_level_{_slug(level)}")


def tags(table: SlaTable, levels: Iterable[str]) -> Mapping[str, str]:
    """External id → name of all tags that tickets may carry."""
    return (
        {channel_tag(channel.value): name for channel, name in CHANNELS.items()}
        | {request_type_tag(each.id): each.label for each in table.types.values()}
        | {level_tag(level): level for level in levels}
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The models around one kind of ticket."""

    ticket_model: str
    container_model: str
    """Where the tickets are together: a project, a team."""
    container_word: str
    stage_model: str
    stage_containers: str
    """The stage's field that says in which containers it stands."""
    tag_model: str
    manager_group: str
    """Who may make all this, as Odoo's settings of a user name it."""
    container_values: Mapping[str, Any] = field(default_factory=dict)
    stage_values: Mapping[str, Any] = field(default_factory=dict)
    closing_values: Mapping[str, Any] = field(default_factory=dict)
    """What the two closed stages have beside."""

    def container_id(self, name: str) -> str:
        """The external id of the project or team that the settings call `name`."""
        return external(f"{self.container_word}_{_slug(name)}")


PROJECT = Layout(
    ticket_model="project.task",
    container_model="project.project",
    container_word="project",
    stage_model="project.task.type",
    stage_containers="project_ids",
    tag_model="project.tags",
    manager_group="Project / Administrator",
    # Without it every task's followers hear of each change; people see the project all the same.
    container_values={"privacy_visibility": "employees"},
    # Odoo makes a stage that has no project yet the private one of whoever creates it.
    stage_values={"user_id": False},
)
HELPDESK = Layout(
    ticket_model="helpdesk.ticket",
    container_model="helpdesk.ticket.team",
    container_word="team",
    stage_model="helpdesk.ticket.stage",
    stage_containers="team_ids",
    tag_model="helpdesk.ticket.tag",
    manager_group="Helpdesk / Manager",
    closing_values={"closed": True},
)
LAYOUTS: Mapping[str, Layout] = {each.ticket_model: each for each in (PROJECT, HELPDESK)}


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
