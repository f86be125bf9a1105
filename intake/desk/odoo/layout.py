"""The records that tickets in Odoo need: the project or team, its stages, and the tags.

`setup.py` creates them, `place.py` finds them. Each has an external id, so that it is found even if
people rename it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from intake.ports.desk_tags import DeskTag, channel_tag, level_tag, slug, type_tag
from intake.settings.model import Settings
from routing.sla import SlaTable
from routing.vocabulary import Channel, Stage

MODULE = "central_intake"
"""The first half of all our external ids."""


_PREFIXES = {"helpdesk.ticket.stage": "helpdesk_", "helpdesk.ticket.tag": "helpdesk_"}
"""External ids are unique in a database, and a firm may use both profiles. So the helpdesk's have a
prefix."""


def external(name: str) -> str:
    """The complete external id."""
    return f"{MODULE}.{name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class StageLook:
    """How setup creates a stage."""

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
    """The external id of a stage of that model, such as `central_intake.stage_new`."""
    return external(f"{_PREFIXES.get(model, '')}stage_{stage.value}")


def tag_id(tag: DeskTag, model: str) -> str:
    """The external id of a tag of that model."""
    return external(f"{_PREFIXES.get(model, '')}tag_{tag.key}")


def tags(table: SlaTable, levels: Iterable[str]) -> tuple[DeskTag, ...]:
    """The tags of channels, request types and levels. The rules' own tags come with the tickets."""
    return (
        *(channel_tag(channel.value) for channel in Channel),
        *(type_tag(each.id, each.label) for each in table.types.values()),
        *(level_tag(level) for level in levels),
    )


def tags_of(settings: Settings) -> tuple[DeskTag, ...]:
    """`tags` for the settings."""
    return tags(settings.sla.build(), settings.roster.levels)


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The models that belong to one kind of ticket."""

    ticket_model: str
    container_model: str
    """What groups the tickets: a project or a team."""
    container_word: str
    stage_model: str
    stage_containers: str
    """The stage's field that holds the containers which use it."""
    stages_for_all: bool = False
    """Whether a stage without containers is used by all of them."""
    tag_model: str
    module: str
    """The Odoo module that these models come from."""
    user_group: str
    """The group that may work on tickets, as Odoo's user form names it."""
    manager_group: str
    """The group that may create these records."""
    container_values: Mapping[str, Any] = field(default_factory=dict)
    stage_values: Mapping[str, Any] = field(default_factory=dict)
    closing_values: Mapping[str, Any] = field(default_factory=dict)
    """Further values of the two closed stages."""

    def inside(self, container: int) -> list[object]:
        """The domain of the stages that tickets in that container may have."""
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
    # By default, Odoo shows each task to its client and makes the client a follower.
    container_values={"privacy_visibility": "employees"},
    # Odoo makes a stage without a project a private stage of the user who creates it.
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
