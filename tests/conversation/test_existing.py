"""Mail that was in the mailbox before us becomes tickets, and nobody hears of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake.notify.alarms import recompute_alarms
from intake.ports.sender import Outgoing
from intake.settings.database import Database
from intake.store.digests import open_tickets
from intake.store.sla_report import judged, promised
from routing.reception import IMPORTED, WAS_THERE
from routing.watch.digest import DigestPolicy, Topic, digest
from tests.application import SOURCE, arrival, mail, rows
from tests.conversation.talk import Talk, talking

OLD = datetime(2022, 3, 4, 13, tzinfo=UTC)
WATCH: dict[str, Any] = {"watch": {"alarms_off": []}}


async def takes_old(talk: Talk, *mails: bytes, source: str = SOURCE) -> list[Outgoing]:
    """As a listener hands over what was there before its first look."""
    arrivals = [
        replace(
            arrival(raw, talk.taken + n, source=source), received_at=OLD, details={"existing": "1"}
        )
        for n, raw in enumerate(mails, 1)
    ]
    await talk.application.inbox.accept(arrivals, source=source)
    talk.taken += len(mails)
    await talk.application.worker_pool.drain()
    return await talk.takes()


def reply(number: int, text: str = "Segue a foto.", to: str = "<um@exemplo.com.br>") -> bytes:
    return mail(text, message_id=f"<{number}@exemplo.com.br>", In_Reply_To=to, References=to)


async def alarms(talk: Talk) -> list[dict[str, Any]]:
    return await rows(talk.application, "SELECT kind FROM alarms")


async def test_it_is_a_ticket_like_any_other_without_an_answer(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(
        database_settings, rules={"shipped": False, "file": rules_file}, **WATCH
    ) as talk:
        # Urgent, of a type with terms that are over since years.
        assert await takes_old(talk, mail()) == []
        [ticket] = await talk.tickets()
        assert (ticket.request_type, ticket.priority, ticket.stage) == ("bug", "high", "new")
        assert ticket.owner is not None
        assert await talk.notes() == [IMPORTED]
        assert await alarms(talk) == []
        assert await rows(talk.application, "SELECT 1 FROM replies") == []
        [message] = await rows(talk.application, "SELECT outcome, reasons FROM messages")
        assert (message["outcome"], message["reasons"]) == ("opened", [WAS_THERE])
        [carried] = talk.application.context.desk.tickets.values()  # type: ignore[attr-defined]
        assert carried.number == ticket.number


async def test_counting_alarms_anew_sets_none(database_settings: Database) -> None:
    async with talking(database_settings, **WATCH) as talk:
        await takes_old(talk, mail())
        await rows(talk.application, "DELETE FROM alarm_settings RETURNING 1")
        await recompute_alarms(talk.application.context)
        assert await alarms(talk) == []


async def test_mails_of_one_conversation_are_one_ticket(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        assert await takes_old(talk, mail(), reply(2), reply(3)) == []
        assert await talk.outcomes() == ["opened", "joined", "joined"]
        assert len(await talk.tickets()) == 1


@pytest.mark.parametrize("text", ["Olá, tudo bem por aí?", "Muito obrigada!"])
async def test_greetings_are_not_answered(
    database_settings: Database, rules_file: Path, text: str
) -> None:
    async with talking(database_settings, rules={"shipped": False, "file": rules_file}) as talk:
        assert await takes_old(talk, mail(text, subject="Oi")) == []
        assert await talk.outcomes() == ["recorded"]


@pytest.mark.parametrize(("days_ago", "outcome"), [(1, "reopened"), (30, "linked")])
async def test_what_is_old_reopens_and_links_without_a_word(
    database_settings: Database, days_ago: float, outcome: str
) -> None:
    async with talking(database_settings, **WATCH) as talk:
        await talk.takes(mail())
        [ticket] = await talk.tickets()
        await talk.close(ticket.number, days_ago=days_ago)
        await rows(talk.application, "DELETE FROM alarms RETURNING 1")
        assert await takes_old(talk, reply(2, "Continua travando.")) == []
        assert (await talk.outcomes())[1] == outcome
        assert await alarms(talk) == []
        assert IMPORTED in await talk.notes()


async def test_nobody_at_the_desk_hears_of_old_mail_on_a_ticket(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(mail())
        assert await takes_old(talk, reply(2)) == []
        assert await talk.outcomes() == ["opened", "joined"]


async def test_no_promise_is_broken_by_it(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        await takes_old(talk, mail())
        now, calendar = datetime.now(UTC), talk.application.context.config.policy.procedure.calendar
        span = (OLD - timedelta(days=1), now)
        async with talk.application.database.transaction() as connection:
            assert await promised(connection, *span) == []
            assert await judged(connection, *span, now=now) == []
            found = await open_tickets(connection)
        sections = digest(found, now=now, calendar=calendar, policy=DigestPolicy())
        assert [section.topic for section in sections] == [Topic.NEW]


async def test_when_the_client_writes_again_all_is_as_usual(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(
        database_settings, rules={"shipped": False, "file": rules_file}, **WATCH
    ) as talk:
        await takes_old(talk, mail())
        sent = await talk.takes(reply(2, "Ainda trava."))
        [ticket] = await talk.tickets()
        assert await talk.outcomes() == ["opened", "joined"]
        to_client = [one for one in sent if one.recipient == "bia@exemplo.com.br"]
        assert [ticket.number in one.subject for one in to_client] == [True]
        assert {one.recipient for one in sent} - {"bia@exemplo.com.br"} != set()
        # Terms count from what they wrote now.
        assert ticket.first_response_due > arrival(mail()).received_at
        assert await alarms(talk) != []
        async with talk.application.database.transaction() as connection:
            span = (OLD - timedelta(days=1), datetime.now(UTC))
            assert len(await promised(connection, *span)) == 1
        # And once is enough.
        assert "bia@exemplo.com.br" not in {
            one.recipient for one in await talk.takes(reply(3, "E a foto."))
        }


async def test_when_the_client_writes_after_it_was_closed_it_is_reopened_as_usual(
    database_settings: Database,
) -> None:
    async with talking(database_settings, **WATCH) as talk:
        await takes_old(talk, mail())
        [ticket] = await talk.tickets()
        await talk.close(ticket.number)
        sent = await talk.takes(reply(2, "Ainda trava."))
        assert await talk.outcomes() == ["opened", "reopened"]
        assert "bia@exemplo.com.br" in {one.recipient for one in sent}
        assert await alarms(talk) != []


async def test_a_colleagues_mail_begins_nothing(database_settings: Database) -> None:
    async with talking(
        database_settings, organisation={"domains": ["r3izzy.com.br"]}, **WATCH
    ) as talk:
        await takes_old(talk, mail())
        raw = mail(
            "Já respondi ao cliente.",
            sender="Ana Lima <ana.n0@r3izzy.com.br>",
            message_id="<9@r3izzy.com.br>",
            In_Reply_To="<um@exemplo.com.br>",
        )
        await talk.takes(raw)
        assert await talk.outcomes() == ["opened", "joined"]
        assert await alarms(talk) == []
