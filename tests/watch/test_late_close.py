"""A client answers while a close at the desk has not been noticed yet."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from intake.settings.database import Database
from tests.application import SOURCE, arrival, mail, rows
from tests.watch.heeded import BEGIN, Scene, scene

EDU = "edu.n1"
ANSWER = "Continua travando, e agora fecha sozinho."


@pytest.fixture
async def here(database_settings: Database) -> AsyncIterator[Scene]:
    async with scene(database_settings) as opened:
        yield opened


async def answers(here: Scene, *, minute: float, text: str = ANSWER) -> None:
    """Bia answers so many minutes after the beginning."""
    raw = mail(
        text,
        subject="Re: App travando",
        message_id=f"<{minute}@exemplo.com.br>",
        In_Reply_To="<um@exemplo.com.br>",
    )
    at = BEGIN + timedelta(minutes=minute)
    coming = replace(arrival(raw, 100 + int(minute)), received_at=at)
    await here.application.inbox.accept([coming], source=SOURCE)
    await here.application.worker_pool.drain()


async def closes(here: Scene, *, minute: float) -> None:
    """Edu closes at that minute; it is noticed now."""
    at = BEGIN + timedelta(minutes=minute)
    here.desk.stands(here.ref, EDU, at=at, stage="done", closed=True)
    await here.notice()


async def entries(here: Scene) -> list[str]:
    found = await rows(
        here.application, "SELECT body FROM ticket_entries WHERE kind = 'message' ORDER BY id"
    )
    return [row["body"].strip() for row in found]


async def test_an_answer_after_a_close_that_nobody_had_noticed_opens_the_ticket_again(
    here: Scene,
) -> None:
    here.clock.forward(minutes=3)
    await answers(here, minute=2)
    assert (await here.ticket())["stage"] == "new"
    here.told()
    await closes(here, minute=1)
    ticket = await here.ticket()
    assert (ticket["stage"], ticket["closed_at"]) == ("new", None)
    assert ticket["reopened_at"] is not None
    told = {whom.partition("@")[0]: text for whom, text in here.told()}
    assert sorted(told) == ["bia", "edu.n1"]
    assert "reab" in told["bia"]
    assert await entries(here) == [ANSWER]
    await here.notice()
    assert here.told() == []


async def test_an_answer_before_the_close_does_not(here: Scene) -> None:
    here.clock.forward(minutes=3)
    await answers(here, minute=1)
    here.told()
    await closes(here, minute=2)
    assert (await here.ticket())["stage"] == "done"
    assert here.told() == []


async def test_the_close_noticed_first_is_the_ordinary_case(here: Scene) -> None:
    here.clock.forward(minutes=3)
    await closes(here, minute=1)
    here.told()
    await answers(here, minute=2)
    assert (await here.ticket())["stage"] == "new"
    assert [whom.partition("@")[0] for whom, _ in here.told()] == ["edu.n1", "bia"]
    assert await entries(here) == [ANSWER]


async def test_of_two_answers_the_second_joins_what_the_first_opened_again(here: Scene) -> None:
    here.clock.forward(minutes=5)
    await answers(here, minute=2)
    await answers(here, minute=3, text="E o aplicativo do meu sócio também.")
    await closes(here, minute=1)
    assert (await here.ticket())["stage"] == "new"
    assert len(await entries(here)) == 2
    outcomes = await rows(here.application, "SELECT outcome FROM messages ORDER BY id")
    assert [row["outcome"] for row in outcomes] == ["opened", "reopened", "joined"]


async def test_a_bare_thanks_opens_nothing_again(database_settings: Database) -> None:
    async with scene(database_settings, rules={"shipped": True}) as here:
        here.clock.forward(minutes=3)
        await answers(here, minute=2, text="Muito obrigada!")
        here.told()
        await closes(here, minute=1)
        assert (await here.ticket())["stage"] == "done"
        assert here.told() == []
        assert await entries(here) == ["Muito obrigada!"]


async def test_who_closes_again_after_that_has_closed_it(here: Scene) -> None:
    here.clock.forward(minutes=3)
    await answers(here, minute=2)
    await closes(here, minute=1)
    here.desk.stands(here.ref, EDU, at=BEGIN + timedelta(minutes=3), stage="new", closed=False)
    await here.notice()
    await closes(here, minute=4)
    assert (await here.ticket())["stage"] == "done"
