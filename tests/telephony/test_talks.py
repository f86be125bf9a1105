"""Conversations over days: greetings, thanks, closed tickets, quotes, and runs that end."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from intake.app.opening import Application
from intake.app.reading import read_message
from intake.jobs.deliver import deliver_replies
from intake.jobs.flush_bursts import flush_bursts
from intake.jobs.triage import triage_messages
from intake.ports.memory_sender import MemorySender
from intake.ports.messages import StoredMessage
from intake.settings.database import Database
from intake.settings.mail import Mail
from intake.store.late_messages import wait_again
from intake.store.past_messages import PastMessages
from routing.message import Message
from routing.rules.classification import Surroundings
from tests.application import rows
from tests.conversation.conftest import RULES
from tests.telephony.place import STARTS, TOKEN, TOKEN_PLACE, Clock, take_in, telephone_application

HELLO = "Oi, tudo bem por aí?"
THANKS = "Muito obrigada!"


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)


@pytest.fixture
def rules(tmp_path: Path) -> dict[str, object]:
    path = tmp_path / "regras.toml"
    path.write_text(RULES, encoding="utf-8")
    return {"shipped": False, "file": str(path)}


async def says(application: Application, clock: Clock, sid: str, words: str, **more: str) -> None:
    """A message, and the silence after it."""
    message = await take_in(application, clock, sid, words, **more)
    clock.pass_(121)
    await triage_messages(application.context, [message])


async def outcomes(application: Application) -> list[str]:
    found = await rows(application, "SELECT state, outcome FROM messages ORDER BY id")
    return [row["outcome"] or row["state"] for row in found]


async def kinds(application: Application) -> list[str]:
    found = await rows(application, "SELECT kind FROM replies ORDER BY id")
    return [row["kind"] for row in found]


async def answers(application: Application) -> None:
    due = await rows(application, "SELECT uid FROM replies WHERE state = 'queued' ORDER BY id")
    await deliver_replies(application.context, [str(row["uid"]) for row in due])


async def closes(application: Application, clock: Clock) -> None:
    await rows(
        application, "UPDATE tickets SET stage = 'done', closed_at = %s RETURNING id", [clock()]
    )


async def test_who_only_greets_is_waited_for(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        first = await take_in(application, clock, "SM1", HELLO)
        clock.pass_(25)
        await triage_messages(application.context, [first])
        assert await outcomes(application) == ["new"]
        # Its own job is over, so another must wait: here until the bound.
        waiting = await rows(
            application,
            "SELECT scheduled_at, lock FROM procrastinate_jobs WHERE task_name = 'triage' "
            "ORDER BY id",
        )
        assert [row["lock"] for row in waiting] == [None, None]
        assert waiting[1]["scheduled_at"] == STARTS + timedelta(seconds=120)
        clock.pass_(20)
        second = await take_in(application, clock, "SM2", "o app trava")
        clock.pass_(20)
        await triage_messages(application.context, [second])
        assert await outcomes(application) == ["opened", "joined"]
        assert await kinds(application) == ["acknowledgement"]


async def test_who_goes_on_writing_is_decided_at_the_bound(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        for number in range(8):
            await take_in(application, clock, f"SM{number}", f"o app trava {number}")
            clock.pass_(15)
        clock.pass_(-10)
        # The job of the message at 90 s looks at 110 s; the last one's own would only at 125 s.
        await triage_messages(application.context, [7])
        assert set(await outcomes(application)) == {"new"}
        [last] = await rows(application, "SELECT max(scheduled_at) FROM procrastinate_jobs")
        assert last["max"] == STARTS + timedelta(seconds=125)
        [bound] = await rows(
            application,
            "SELECT scheduled_at, args FROM procrastinate_jobs ORDER BY id DESC LIMIT 1",
        )
        assert bound["scheduled_at"] == STARTS + timedelta(seconds=120)
        clock.pass_(10)
        await triage_messages(application.context, bound["args"]["messages"])
        assert await outcomes(application) == ["opened", *["joined"] * 7]


async def test_where_nothing_follows_a_greeting_is_answered(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        await says(application, clock, "SM1", HELLO)
        assert await outcomes(application) == ["recorded"]
        assert await kinds(application) == ["greeting"]


async def test_thanks_join_an_open_ticket_and_are_recorded_after_it_is_closed(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        await says(application, clock, "SM1", "o app trava")
        await says(application, clock, "SM2", THANKS)
        await closes(application, clock)
        await says(application, clock, "SM3", THANKS)
        await says(application, clock, "SM4", HELLO)
        assert await outcomes(application) == ["opened", "joined", "recorded", "recorded"]
        # The owner is told of the thanks on the open ticket; a greeting after it is answered.
        assert await kinds(application) == ["acknowledgement", "owner-reply", "greeting"]


async def test_a_new_matter_after_closing_is_a_linked_ticket_and_much_later_it_is_not(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        await says(application, clock, "SM1", "o app trava")
        await closes(application, clock)
        await says(application, clock, "SM2", "preciso da guia")
        await closes(application, clock)
        # Sent by the test's clock; that it was written is noted by the database's.
        await answers(application)
        clock.pass_(73 * 3600)
        await says(application, clock, "SM3", "preciso da guia de novo")
        assert await outcomes(application) == ["opened", "linked", "opened"]


async def test_our_answer_keeps_a_conversation_going(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        await says(application, clock, "SM1", "o app trava")
        due = await rows(application, "SELECT uid FROM replies WHERE state = 'queued'")
        clock.pass_(70 * 3600)
        await deliver_replies(application.context, [str(row["uid"]) for row in due])
        await rows(application, "UPDATE replies SET sent_at = %s RETURNING id", [clock()])
        clock.pass_(5 * 3600)
        await says(application, clock, "SM2", "ainda trava")
        assert await outcomes(application) == ["opened", "joined"]


async def test_a_silence_is_counted_between_messages_not_until_we_come_to_read_them(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        await says(application, clock, "SM1", "o app trava")
        second = await take_in(application, clock, "SM2", "ainda trava")
        clock.pass_(100 * 3600)
        await triage_messages(application.context, [second])
        assert await outcomes(application) == ["opened", "joined"]


async def test_who_quotes_an_older_message_is_heard_on_its_ticket(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        await says(application, clock, "SM1", "o app trava")
        clock.pass_(100 * 3600)
        await says(application, clock, "SM2", "preciso da guia")
        await says(application, clock, "SM3", "isto ainda trava", OriginalRepliedMessageSid="SM1")
        assert await outcomes(application) == ["opened", "opened", "joined"]
        found = await rows(application, "SELECT ticket_id FROM messages ORDER BY id")
        assert found[2] == found[0]


async def test_a_run_that_ends_waits_for_nobody(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        await take_in(application, clock, "SM1", HELLO)
        await take_in(application, clock, "SM2", "o app trava")
        await take_in(application, clock, "SM3", "preciso da guia", From="whatsapp:+5521987654321")
        assert await flush_bursts(application.context) == 2
        assert await outcomes(application) == ["opened", "joined", "opened"]
        assert await flush_bursts(application.context) == 0


class RealClock(Clock):
    """Goes on by itself."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


async def test_jobs_that_meet_open_one_ticket_for_each_person(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = RealClock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules, conversations={"quiet_seconds": 0}
    ) as application:

        async def person(number: int) -> None:
            for line in range(8):
                sender = f"whatsapp:+55119876543{number:02}"
                await take_in(
                    application, clock, f"SM{number}-{line}", f"trava {line}", From=sender
                )

        await asyncio.gather(*(person(n) for n in range(5)), application.worker_pool.drain())
        await application.worker_pool.drain()
        found = await rows(
            application, "SELECT sender, count(*) FROM tickets GROUP BY sender HAVING count(*) = 1"
        )
        assert len(found) == 5
        [messages] = await rows(
            application,
            "SELECT count(*), count(ticket_id) AS on_tickets FROM messages WHERE state = 'done'",
        )
        assert messages == {"count": 40, "on_tickets": 40}
        said = await rows(
            application,
            "SELECT description AS text FROM tickets UNION ALL SELECT body FROM ticket_entries "
            "WHERE kind = 'message'",
        )
        lines = [line for row in said for line in str(row["text"]).splitlines()]
        assert sorted(lines) == sorted(f"trava {line}" for line in range(8) for _ in range(5))


async def test_one_that_cannot_be_read_holds_up_none_of_the_others(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        await take_in(application, clock, "SM1", "o app trava")
        bad = await take_in(application, clock, "SM2", "x")
        last = await take_in(application, clock, "SM3", "na agenda")

        def failing(stored: StoredMessage, limits: Mail, own: frozenset[str]) -> Message:
            if stored.id == bad:
                raise ValueError("no form")
            return read_message(stored, limits, own)

        application.context.read = failing
        clock.pass_(21)
        await triage_messages(application.context, [last])
        assert await outcomes(application) == ["opened", "failed", "joined"]


async def test_a_backtest_sees_a_burst_as_it_was_decided(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        await take_in(application, clock, "SM1", HELLO)
        await says(application, clock, "SM2", "o app trava")
        other = "whatsapp:+5521987654321"
        await take_in(application, clock, "SM3", HELLO, From=other)
        await says(application, clock, "SM4", HELLO, From=other)
        assert await outcomes(application) == ["opened", "joined", "recorded", "recorded"]
        policy = application.context.config.policy
        replay = PastMessages(
            application.database,
            read=partial(read_message, limits=Mail(), own_addresses=frozenset()),
            calendar=policy.procedure.calendar,
            surroundings=Surroundings(),
            own_addresses=frozenset(),
        )
        start = datetime(2000, 1, 1, tzinfo=UTC)
        texts = [each.message.text async for each in replay.since(start)]
        assert texts == [f"{HELLO}\no app trava", f"{HELLO}\n{HELLO}"]
        assert await replay.count(start) == 2


async def test_what_is_decided_anew_swallows_nothing_that_is_new(
    database_settings: Database, rules: dict[str, object]
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), rules=rules
    ) as application:
        await says(application, clock, "SM1", "o app trava")
        # Both quote the ticket's message; the desk closed it before the first, and we did not know.
        await says(application, clock, "SM2", "ainda trava", OriginalRepliedMessageSid="SM1")
        third = await take_in(
            application, clock, "SM3", "e a guia sumiu", OriginalRepliedMessageSid="SM1"
        )
        closed_at = clock() - timedelta(seconds=130)
        await rows(
            application,
            "UPDATE tickets SET stage = 'done', closed_at = %s RETURNING id",
            [closed_at],
        )
        async with application.database.transaction() as connection:
            assert [again for again, _ in await wait_again(connection, 1, after=closed_at)] == [2]
        clock.pass_(121)
        await triage_messages(application.context, [third])
        assert await outcomes(application) == ["opened", "reopened", "joined"]
        said = await rows(
            application, "SELECT body FROM ticket_entries WHERE kind = 'message' ORDER BY id"
        )
        assert [row["body"] for row in said] == ["ainda trava", "e a guia sumiu"]
