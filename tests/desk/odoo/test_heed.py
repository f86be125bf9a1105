"""People act in a real Odoo over RPC as they would, and what follows stands there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from intake.app.opening import now
from intake.jobs.follow_up.job import follow_up
from intake.ports.memory_sender import MemorySender
from intake.settings.watch import Watch
from routing.vocabulary import Stage
from tests.application import rows
from tests.desk.odoo.carrying import Found
from tests.desk.odoo.conftest import Call
from tests.desk.odoo.test_changes import ANA, BOTH, EDU, HELPDESK, TASK, Scene, people, scene

__all__ = ["people", "scene"]
pytestmark = pytest.mark.servers
People = dict[str, Callable[..., Any]]
REVERT = {"client": "revert", "deadline": "revert", "priority": "revert"}


async def notice(scene: Scene) -> None:
    """A look, and all that follows from it."""
    await scene.watch.look()
    await scene.application.worker_pool.drain()


async def later(scene: Scene, minutes: float) -> None:
    """What was to be looked at again by then is."""
    scene.application.context.clock = lambda: now() + timedelta(minutes=minutes)
    [ticket] = await rows(scene.application, "SELECT id FROM tickets")
    await follow_up(scene.application.context, ticket["id"])
    await scene.application.worker_pool.drain()


def rule(scene: Scene, **watch: Any) -> None:
    """Other keys of [watch]."""
    context = scene.application.context
    made = context.config.settings.model_copy(update={"watch": Watch.model_validate(watch)})
    context.config = replace(context.config, settings=made)


def told(scene: Scene) -> list[tuple[str, str]]:
    sender = scene.application.context.sender
    assert isinstance(sender, MemorySender)
    return [(each.recipient.partition("@")[0], each.text) for each in sender.sent[1:]]


def writes(people: People, who: str, scene: Scene, text: str, subtype: str = "mt_note") -> None:
    """As Odoo's own pages post it."""
    people[who](
        scene.model,
        "message_post",
        [scene.ref],
        body=text,
        message_type="comment",
        subtype_xmlid=f"mail.{subtype}",
    )


def notes(call: Call, scene: Scene, about: str = "") -> list[str]:
    found = Found(call, scene.model).messages(str(scene.ref))
    return [each["body"] for each in found if each["is_internal"] and about in each["body"]]


async def test_one_changes_anothers_deadline(scene: Scene, people: People, call: Call) -> None:
    people[ANA](
        TASK,
        "write",
        [scene.ref],
        {"stage_id": scene.stages[Stage.SCHEDULED], "date_deadline": "2030-12-01 18:00:00"},
    )
    await notice(scene)
    people[EDU](TASK, "write", [scene.ref], {"date_deadline": "2030-12-02 18:00:00"})
    await notice(scene)
    assert [whom for whom, _ in told(scene)] == ["ana.n0"]
    assert "Edu Reis mudou a data final" in notes(call, scene)[-1]
    await later(scene, 10)
    assert "está agendado" in told(scene)[-1][1]
    people[ANA](TASK, "write", [scene.ref], {"date_deadline": "2030-12-03 18:00:00"})
    await notice(scene)
    await later(scene, 21)
    text = told(scene)[-1][1]
    assert "Data anterior: segunda-feira, 2/12/2030, às 15h" in text
    assert "Nova data: terça-feira, 3/12/2030, às 15h" in text


@BOTH
async def test_what_another_changes_is_put_back_once(
    scene: Scene, people: People, call: Call
) -> None:
    rule(scene, guard=REVERT)
    found, fields = Found(call, scene.model), ["priority", "partner_id"]
    scheduled: dict[str, Any] = {"stage_id": scene.stages[Stage.SCHEDULED]}
    changed: dict[str, Any] = {"priority": "3"}
    if scene.model == TASK:
        scheduled["date_deadline"] = "2030-12-01 18:00:00"
        changed["date_deadline"] = "2030-12-05 18:00:00"
        fields.append("date_deadline")
    [bia] = call("res.partner", "create", [{"name": "Bia da Clínica"}])
    [other] = call("res.partner", "create", [{"name": "Outra"}])
    people[ANA](scene.model, "write", [scene.ref], {**scheduled, "partner_id": bia})
    await notice(scene)
    before = found.record(str(scene.ref), *fields)
    people[EDU](scene.model, "write", [scene.ref], {**changed, "partner_id": other})
    await notice(scene)
    assert found.record(str(scene.ref), *fields) == before
    await notice(scene)
    guarded = "só ele pode fazer isso"
    count = len(notes(call, scene, guarded))
    people[EDU](scene.model, "write", [scene.ref], {"priority": "3"})
    await notice(scene)
    assert found.record(str(scene.ref), "priority")["priority"] == "3"
    assert len(notes(call, scene, guarded)) == count + 1
    assert "Coordenação, por favor" in notes(call, scene, guarded)[-1]


@BOTH
async def test_one_closes_without_a_note_and_writes_it_when_asked(
    scene: Scene, people: People, call: Call
) -> None:
    writes(people, ANA, scene, "O cliente é difícil, senha 1234.")
    writes(people, ANA, scene, "Solução: isto o cliente já leu.", subtype="mt_comment")
    people[ANA](scene.model, "write", [scene.ref], {"stage_id": scene.stages[Stage.DONE]})
    await notice(scene)
    assert told(scene) == []
    await later(scene, 15)
    assert [whom for whom, _ in told(scene)] == ["ana.n0"]
    assert "comece com “Solução:”" in notes(call, scene)[-1]
    writes(people, ANA, scene, "Solução: reinstalamos o app.\nPode abrir a agenda.")
    await notice(scene)
    _, text = told(scene)[-1]
    assert "reinstalamos o app." in text
    assert "1234" not in text
    assert "já leu" not in text
    if scene.model == TASK:
        assert Found(call, TASK).record(str(scene.ref), "state")["state"] == "1_done"
    shown = Found(call, scene.model).messages(str(scene.ref))
    assert [each for each in shown if not each["is_internal"]][-1]["body"].count(
        "reinstalamos"
    ) == 1
    count, team_messages = len(shown), len(told(scene))
    await notice(scene)
    await later(scene, 9000)
    assert len(told(scene)) == team_messages
    assert len(Found(call, scene.model).messages(str(scene.ref))) == count


@pytest.mark.parametrize("scene", [(TASK, False), (HELPDESK, False)], indirect=True)
async def test_a_note_moves_a_ticket_to_another_level(
    scene: Scene, people: People, call: Call
) -> None:
    writes(people, ANA, scene, "@N1 precisa do banco")
    await notice(scene)
    assert [whom for whom, _ in told(scene)] == ["edu.n1"]
    assert (await scene.ticket()).level == "N1"
    [edu] = call("res.users", "search", [("login", "=", EDU)])
    field = "user_ids" if scene.model == TASK else "user_id"
    owner = Found(call, scene.model).record(str(scene.ref), field)[field]
    assert owner[0] == edu
    await notice(scene)
    assert await scene.noted() == []
