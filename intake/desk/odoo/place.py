"""Finds where tickets are created in Odoo: the database ids of the project or team, stages and
tags."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from intake.desk.odoo.layout import (
    MODULE,
    STAGES,
    Layout,
    stage_id,
    tag_id,
)
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.ports.desk import DeskUnavailable
from intake.ports.desk_tags import DeskTag
from routing.vocabulary import Stage

Key = TypeVar("Key", Stage, str)


class OdooNotSetUp(DeskUnavailable):
    """the project or team, or one of its stages, is not there"""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was found."""

    record: int
    external_id: str = ""
    """The external id by which it was found; empty if it was found by name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The records that were found; any may be missing. `find_whole_place` requires container and
    stages."""

    container: int | None
    stages: Mapping[Stage, int]
    tags: Mapping[str, int]
    """By the tag's key."""
    external_ids: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """For `container`, `stage` and `tags`: database id → external id, for the records found by
    it."""

    @property
    def missing_stages(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in STAGES if stage not in self.stages)

    def stage_of(self, database_id: int) -> Stage | None:
        """Our stage for Odoo's id; None for a stage that people added."""
        return next((s for s, each in self.stages.items() if each == database_id), None)


async def find_place(
    sessions: OdooSessions, layout: Layout, name: str, tags: Sequence[DeskTag]
) -> Place:
    """Look everything up by external id, or else by name, since administrators may create records
    by hand.

    No special rights are needed. Raises OdooAway and other DeskUnavailable errors.
    """
    container = await find_container(sessions, layout, name)
    stages = {} if container is None else await find_stages(sessions, layout, container.record)
    found = await find_tags(sessions, layout.tag_model, tags)
    return Place(
        container=None if container is None else container.record,
        stages=records(stages),
        tags=records(found),
        external_ids={
            "container": external_ids([] if container is None else [container]),
            "stage": external_ids(stages.values()),
            "tags": external_ids(found.values()),
        },
    )


def records(found: Mapping[Key, Found]) -> dict[Key, int]:
    """Key → database id."""
    return {key: each.record for key, each in found.items()}


def external_ids(found: Iterable[Found]) -> dict[int, str]:
    """Database id → external id, for the records that were found by one."""
    return {each.record: each.external_id for each in found if each.external_id}


async def find_container(sessions: OdooSessions, layout: Layout, name: str) -> Found | None:
    """The project or team by its external id, even if it was renamed, or else by its name."""
    external_id = layout.container_id(name)
    found = await by_external_id(sessions, external_id, layout.container_model)
    if found is not None:
        return Found(found, external_id)
    named = (await by_name(sessions, layout.container_model, [name])).get(name)
    return None if named is None else Found(named)


async def find_stages(
    sessions: OdooSessions, layout: Layout, container: int
) -> Mapping[Stage, Found]:
    """The stages that tickets in that project or team may have."""
    known = {
        stage: await by_external_id(
            sessions, stage_id(stage, layout.stage_model), layout.stage_model
        )
        for stage in STAGES
    }
    inside = layout.inside(container)
    ids = await sessions.call(layout.stage_model, "search", inside)
    names = [look.name for look in STAGES.values()]
    named = await by_name(sessions, layout.stage_model, names, inside)
    found: dict[Stage, Found] = {}
    for stage, look in STAGES.items():
        one = known[stage]
        if one is not None and one in ids:
            found[stage] = Found(one, stage_id(stage, layout.stage_model))
        elif look.name in named:
            found[stage] = Found(named[look.name])
    return found


async def find_whole_place(
    sessions: OdooSessions, layout: Layout, name: str, tags: Sequence[DeskTag]
) -> Place:
    """Like `find_place`, but raises OdooNotSetUp if tickets cannot be created there yet."""
    place = await find_place(sessions, layout, name, tags)
    if place.container is None:
        raise OdooNotSetUp(
            f"there is no {layout.container_word} {name!r} that the user can see: "
            "run intake odoo setup"
        )
    if place.missing_stages:
        lacking = ", ".join(STAGES[stage].name for stage in place.missing_stages)
        raise OdooNotSetUp(
            f"the {layout.container_word} {name!r} has no stage {lacking}: run intake odoo setup"
        )
    return place


async def find_tags(
    sessions: OdooSessions, model: str, tags: Sequence[DeskTag]
) -> Mapping[str, Found]:
    """The tags that exist, by key."""
    named = await by_name(sessions, model, [tag.label for tag in tags])
    found: dict[str, Found] = {}
    for tag in tags:
        known = await by_external_id(sessions, tag_id(tag, model), model)
        if known is not None:
            found[tag.key] = Found(known, tag_id(tag, model))
        elif tag.label in named:
            found[tag.key] = Found(named[tag.label])
    return found


async def by_external_id(
    sessions: OdooSessions, external_id: str, model: str, *, archived: bool = False
) -> int | None:
    """The database id, or None if no record has that external id. `archived` includes archived
    records.

    Uses a method that users may call even if they cannot read ir.model.data.
    """
    module, _, name = external_id.partition(".")
    assert module == MODULE
    try:
        kind, found = await sessions.call(
            "ir.model.data",
            "check_object_reference",
            module,
            name,
            context={"active_test": not archived},
        )
    except OdooRefused as error:
        if error.name == "builtins.ValueError":
            return None
        raise
    return int(found) if kind == model and found else None


async def by_name(
    sessions: OdooSessions, model: str, names: Iterable[str], domain: Sequence[object] = ()
) -> Mapping[str, int]:
    """Name → id, for names that exactly one record has."""
    wanted = sorted(set(names))
    rows = await sessions.call(
        model, "search_read", [*domain, ("name", "in", wanted)], ["name"], order="id"
    )
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row["name"], []).append(row["id"])
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}
