"""What belongs to a desk in Odoo beside the tickets: the project or team, its stages, the tags.

`setup.py` makes it, `place.py` finds it. Each thing has an external id, so that it is the same
thing whatever people call it later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from intake.ports.desk_tags import DeskTag, channel_tag, level_tag, slug, type_tag
from intake.settings.model import Settings
from routing.sla import SlaTable
from routing.vocabulary import Channel, Stage

MODULE = "central_intake"
"""The first half of every external id of ours."""


_PREFIXES = {"helpdesk.ticket.stage": "helpdesk_", "helpdesk.ticket.tag": "helpdesk_"}
"""An external id stands for one record in the whole database: a firm may have set up both."""


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


def stage_id(stage: Stage, model: str) -> str:
    """`central_intake.stage_new` and so on; of a stage of that model."""
    return external(f"{_PREFIXES.get(model, '')}stage_{stage.value}")


def tag_id(tag: DeskTag, model: str) -> str:
    """The external id of a tag of that model."""
    return external(f"{_PREFIXES.get(model, '')}tag_{tag.key}")


def tags(table: SlaTable, levels: Iterable[str]) -> tuple[DeskTag, ...]:
    """All tags of channels, request types and levels. Those of the rules come with tickets."""
    return (
        *(channel_tag(channel.value) for channel in Channel),
        *(type_tag(each.id, each.label) for each in table.types.values()),
        *(level_tag(level) for level in levels),
    )


def tags_of(settings: Settings) -> tuple[DeskTag, ...]:
    """`tags` of a firm's settings."""
    return tags(settings.sla.build(), settings.roster.levels)


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
    stages_for_all: bool = False
    """Whether a stage that stands in no container counts for all of them."""
    tag_model: str
    module: str
    """Which module of Odoo brings all this."""
    user_group: str
    """Who may work on tickets, as Odoo's form of a user names it."""
    manager_group: str
    """Who may make all this."""
    container_values: Mapping[str, Any] = field(default_factory=dict)
    stage_values: Mapping[str, Any] = field(default_factory=dict)
    closing_values: Mapping[str, Any] = field(default_factory=dict)
    """What the two closed stages have beside."""

    def inside(self, container: int) -> list[object]:
        """The domain of the stages that tickets of that project or team may have."""
        here = (self.stage_containers, "in", [container])
        return ["|", here, (self.stage_containers, "=", False)] if self.stages_for_all else [here]

    def container_id(self, name: str) -> str:
        """The external id of the project or team that the settings call `name`."""
        return external(f"{self.container_word}_{slug(name)}")


PROJECT = Layout(
    ticket_model="project.task",
    container_model="project.project",
    container_word="project",
    stage_model="project.task.type",
    stage_containers="project_ids",
    tag_model="project.tags",
    module="project",
    user_group="Project / User",
    manager_group="Project / Administrator",
    # Odoo's default would show each task to its client, and make followers of them.
    container_values={"privacy_visibility": "employees"},
    # Odoo makes a stage that has no project yet the private one of whoever creates it.
    stage_values={"user_id/.id": False},
)
HELPDESK = Layout(
    ticket_model="helpdesk.ticket",
    container_model="helpdesk.ticket.team",
    container_word="team",
    stage_model="helpdesk.ticket.stage",
    stage_containers="team_ids",
    stages_for_all=True,
    tag_model="helpdesk.ticket.tag",
    module="helpdesk_mgmt",
    user_group="Helpdesk Access Levels / User",
    manager_group="Helpdesk Access Levels / Helpdesk Manager",
    closing_values={"closed": "True"},
)
LAYOUTS: Mapping[str, Layout] = {each.ticket_model: each for each in (PROJECT, HELPDESK)}
