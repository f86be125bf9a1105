"""Prepares Odoo for tickets: the project or team, its stages, the tags, the channel for commands.

Records that exist, by external id or by name, are left as they are. So it can be run any number of
times, and after each change of the request types or levels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.desk.odoo.layout import STAGES, Layout, stage_id, tag_id
from intake.desk.odoo.place import (
    by_external_id,
    find_container,
    find_stages,
    find_tags,
    records,
)
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.setup_room import join, room_steps
from intake.desk.odoo.setup_step import Doing, Step, doing
from intake.ports.desk_tags import DeskTag
from intake.settings.desk import Odoo
from routing.vocabulary import Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """All records that tickets need, each with what is to be done."""

    layout: Layout
    name: str
    container: Step
    stages: tuple[Step, ...]
    tags: tuple[Step, ...]
    room: tuple[Step, ...] = ()
    """The channel for commands, and our user's membership."""
    user: str = ""
    """The daemon's own login."""

    @property
    def steps(self) -> tuple[Step, ...]:
        return (self.container, *self.stages, *self.tags, *self.room)

    @property
    def to_do(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.doing is not Doing.NOTHING)


async def plan(
    sessions: OdooSessions,
    layout: Layout,
    name: str,
    tags: Sequence[DeskTag],
    odoo: Odoo | None = None,
) -> Plan:
    """Compare with what exists, without changing anything. `odoo`: also plan the channel of these
    settings."""
    found = await find_container(sessions, layout, name)
    container = None if found is None else found.record
    return Plan(
        layout=layout,
        name=name,
        container=await _container_step(sessions, layout, name, container),
        stages=await _stage_steps(sessions, layout, container),
        tags=await _tag_steps(sessions, layout, tags),
        room=() if odoo is None else await room_steps(sessions, odoo),
        user="" if odoo is None else odoo.user,
    )


async def lacking_rights(sessions: OdooSessions, wanted: Plan) -> tuple[Step, ...]:
    """The steps that our user has no rights for."""
    layout = wanted.layout
    # Odoo lets everybody create stages, but those of ordinary users are private. Users who may
    # create projects or teams may create their stages.
    models = {layout.container_model, layout.tag_model}
    may = {model: await sessions.call(model, "has_access", [], "create") for model in models}
    may[layout.stage_model] = may[layout.container_model]
    for step in wanted.room:
        may[step.model] = await sessions.call(step.model, "has_access", [], "create")
    return tuple(step for step in wanted.to_do if not may[step.model])


async def carry_out(sessions: OdooSessions, wanted: Plan) -> None:
    """Do the steps of the plan. Raises OdooRefused with Odoo's message if it refuses one."""
    container = await _do(sessions, wanted.container, {})
    inside = {f"{wanted.layout.stage_containers}/.id": str(container)}
    for step in wanted.stages:
        stage = await _do(sessions, step, inside)
        if step.doing in (Doing.LINK, Doing.RESTORE):
            link = {wanted.layout.stage_containers: [(4, container)]}
            await sessions.call(step.model, "write", [stage], link)
    for step in wanted.tags:
        await _do(sessions, step, {})
    if wanted.room:
        channel, member = wanted.room
        made = await _do(sessions, channel, {})
        if member.doing is not Doing.NOTHING and made is not None:
            await join(sessions, made, wanted.user)


async def _do(sessions: OdooSessions, step: Step, more: Mapping[str, str]) -> int | None:
    if step.doing is Doing.RESTORE:
        await sessions.call(step.model, "write", [step.record], {"active": True})
    if step.doing is not Doing.MAKE:
        return step.record
    values = {**step.values, **more}
    row = [step.external_id, *values.values()]
    done = await sessions.call(step.model, "load", ["id", *values], [row])
    if not done["ids"]:
        words = " ".join(done["messages"][0]["message"].split())
        raise OdooRefused(step.model, f"{step.what}: {words}")
    return int(done["ids"][0])


async def _container_step(
    sessions: OdooSessions, layout: Layout, name: str, found: int | None
) -> Step:
    archived = None
    external_id = layout.container_id(name)
    if found is None:
        archived = await by_external_id(
            sessions, external_id, layout.container_model, archived=True
        )
    return Step(
        what=f"{layout.container_word} “{name}”",
        doing=doing(found, archived),
        model=layout.container_model,
        external_id=external_id,
        record=found or archived,
        values={"name": name, **layout.container_values},
    )


async def _stage_steps(
    sessions: OdooSessions, layout: Layout, container: int | None
) -> tuple[Step, ...]:
    found = {} if container is None else await find_stages(sessions, layout, container)
    stages = records(found)
    return tuple([await _stage_step(sessions, layout, s, stages.get(s)) for s in STAGES])


async def _stage_step(
    sessions: OdooSessions, layout: Layout, stage: Stage, found: int | None
) -> Step:
    look, external_id, model = (
        STAGES[stage],
        stage_id(stage, layout.stage_model),
        layout.stage_model,
    )
    elsewhere = archived = None
    if found is None:
        elsewhere = await by_external_id(sessions, external_id, model)
        archived = await by_external_id(sessions, external_id, model, archived=True)
    return Step(
        what=f"stage {look.name}",
        doing=Doing.LINK if elsewhere else doing(found, archived),
        model=model,
        external_id=external_id,
        record=found or elsewhere or archived,
        values={
            "name": look.name,
            "sequence": str(look.sequence),
            "fold": str(look.fold),
            **layout.stage_values,
            **(layout.closing_values if stage.is_closed else {}),
        },
    )


async def _tag_steps(
    sessions: OdooSessions, layout: Layout, tags: Sequence[DeskTag]
) -> tuple[Step, ...]:
    found = records(await find_tags(sessions, layout.tag_model, tags))
    steps = []
    for tag in tags:
        archived = None
        if tag.key not in found:
            archived = await by_external_id(
                sessions, tag_id(tag, layout.tag_model), layout.tag_model, archived=True
            )
        steps.append(
            Step(
                what=f"tag {tag.label}",
                doing=doing(found.get(tag.key), archived),
                model=layout.tag_model,
                external_id=tag_id(tag, layout.tag_model),
                record=found.get(tag.key) or archived,
                values={"name": tag.label},
            )
        )
    return tuple(steps)
