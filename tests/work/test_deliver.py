"""Replies: sent once, tried again, or told to a person."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from intake.jobs.deliver import deliver_replies
from intake.ports.memory_desk import MemoryDesk
from intake.ports.memory_sender import MemorySender
from intake.ports.sender import Delivery, Outcome, Outgoing
from intake.settings.database import Database
from tests.application import application, mail, rows, take_in


class Stubborn(MemorySender):
    """Gives the deliveries it was told to, then sends."""

    def __init__(self, *deliveries: Delivery) -> None:
        super().__init__()
        self.pending = list(deliveries)
        self.tried: list[Outgoing] = []

    async def send(self, outgoing: Outgoing) -> Delivery:
        self.tried.append(outgoing)
        return self.pending.pop(0) if self.pending else await super().send(outgoing)


async def test_an_acknowledgement_is_sent_and_noted_on_the_ticket(
    database_settings: Database,
) -> None:
    sender = Stubborn()
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail())
        [outgoing] = sender.tried
        [ticket] = await rows(running, "SELECT number, acknowledged_at FROM tickets")
        assert ticket["number"] in outgoing.subject
        assert outgoing.in_reply_to == "<um@exemplo.com.br>"
        assert outgoing.recipient == "bia@exemplo.com.br"
        assert ticket["acknowledged_at"] is not None


async def test_a_temporary_refusal_is_tried_again_later_with_the_same_message_id(
    database_settings: Database,
) -> None:
    sender = Stubborn(Delivery(outcome=Outcome.LATER, detail="451 greylisted"))
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail())
        [reply] = await rows(running, "SELECT uid, state, detail, attempts FROM replies")
        assert (reply["state"], reply["detail"], reply["attempts"]) == (
            "queued",
            "451 greylisted",
            1,
        )
        [job] = await rows(running, "SELECT scheduled_at FROM procrastinate_jobs")
        assert job["scheduled_at"] > datetime.now(UTC)
        await deliver_replies(running.context, [str(reply["uid"])])
        assert len({outgoing.message_id for outgoing in sender.tried}) == 1
        [reply] = await rows(running, "SELECT state FROM replies")
        assert reply["state"] == "sent"


async def test_a_permanent_refusal_is_recorded_and_told_to_the_first_level(
    database_settings: Database,
) -> None:
    sender = Stubborn(Delivery(outcome=Outcome.REFUSED, detail="550 no such user"))
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail())
        replies = await rows(running, "SELECT kind, state, recipient FROM replies ORDER BY id")
        assert [(r["kind"], r["state"]) for r in replies] == [
            ("acknowledgement", "refused"),
            ("undeliverable", "sent"),
        ]
        assert replies[1]["recipient"] == "ana.n0@r3izzy.com.br"
        notes = await rows(running, "SELECT body FROM ticket_entries WHERE kind = 'note'")
        assert any("550 no such user" in note["body"] for note in notes)


async def test_a_refused_notice_makes_no_further_notice(database_settings: Database) -> None:
    refusal = Delivery(outcome=Outcome.REFUSED, detail="550 no such user")
    sender = Stubborn(refusal, refusal)
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail())
        kinds = await rows(running, "SELECT kind FROM replies ORDER BY id")
        assert [r["kind"] for r in kinds] == ["acknowledgement", "undeliverable"]


async def test_patience_ends_after_the_days_that_settings_give(
    database_settings: Database,
) -> None:
    later = Delivery(outcome=Outcome.LATER, detail="451 try later")
    sender = Stubborn(later, later)
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail())
        running.context.clock = lambda: datetime.now(UTC) + timedelta(days=6)
        [reply] = await rows(running, "SELECT uid FROM replies")
        await deliver_replies(running.context, [str(reply["uid"])])
        states = await rows(running, "SELECT kind, state FROM replies ORDER BY id")
        assert states[0] == {"kind": "acknowledgement", "state": "gave_up"}


async def test_two_workers_with_the_same_reply_send_it_once(database_settings: Database) -> None:
    sender = Stubborn(Delivery(outcome=Outcome.LATER))
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail())
        [reply] = await rows(running, "SELECT uid FROM replies")
        uid = [str(reply["uid"])]
        await asyncio.gather(*(deliver_replies(running.context, uid) for _ in range(4)))
        assert len(sender.tried) == 2


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_a_server_that_answers_in_another_charset_gets_each_mail_once(
    database_settings: Database, outcome: Outcome
) -> None:
    # What aiosmtplib makes of a byte that is no UTF-8; a NUL would pass as well.
    strange = Delivery(outcome=outcome, detail="mensagem n\udce3o lida\x00 \x1b[31m")
    sender = Stubborn(strange)
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail())
        [reply] = await rows(running, "SELECT detail FROM replies WHERE kind <> 'undeliverable'")
    kinds = [one.subject for one in sender.tried]
    assert len(kinds) == len(set(kinds))
    assert reply["detail"] == "mensagem no lida [31m"


async def test_a_servers_words_are_no_html_at_the_desk(database_settings: Database) -> None:
    desk = MemoryDesk()
    sender = Stubborn(Delivery(outcome=Outcome.REFUSED, detail="550 <img src=x onerror=alert(1)>"))
    async with application(database_settings, sender=sender, desk=desk) as running:
        await take_in(running, mail())
    [note] = [one.body_html for one in desk.entries.values() if "550" in one.body_html]
    assert "&lt;img src=x" in note
