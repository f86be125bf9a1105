"""Replies by WhatsApp: their way, their news, and what is done when they do not arrive."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from intake.app.opening import Application
from intake.jobs.deliver import deliver_replies
from intake.jobs.delivery_failure import record_delivery_news
from intake.jobs.triage import triage_messages
from intake.ports.memory_sender import MemorySender
from intake.ports.sender import Delivery, Outcome, Outgoing
from intake.settings.database import Database
from intake.store.reply_progress import DeliveryNews
from routing.vocabulary import Channel
from tests.application import rows
from tests.telephony.place import Clock, take_in, telephone_application, twilio

SID = "SM" + "1" * 32
OTHER_SID = "SM" + "2" * 32
TEMPLATES = {"any": {"content_sid": "HX" + "c" * 32, "variables": {"1": "{name}", "2": "{text}"}}}
SENT = Delivery(outcome=Outcome.SENT, provider_id=SID)


@dataclass
class Desk:
    """An office at its telephone, with the time and what it sent."""

    application: Application
    clock: Clock
    sender: MemorySender
    taken: int = 0

    async def hears(self, words: str) -> None:
        """Bia writes, and is silent then."""
        self.taken += 1
        await take_in(self.application, self.clock, f"SMin{self.taken}", words)
        self.clock.pass_(30)
        await self.works()

    async def works(self) -> None:
        """Everything that is due by the office's clock."""
        waiting = await self.rows("SELECT id FROM messages WHERE state = 'new' ORDER BY id")
        await triage_messages(self.application.context, [row["id"] for row in waiting])
        tried: set[str] = set()
        while due := set(await self.queued()) - tried:
            await deliver_replies(self.application.context, sorted(due))
            tried |= due

    async def queued(self) -> list[str]:
        found = await self.rows("SELECT uid FROM replies WHERE state = 'queued' ORDER BY id")
        return [str(row["uid"]) for row in found]

    async def news(self, status: str, code: str = "", sid: str = SID) -> None:
        news = DeliveryNews(provider_id=sid, status=status, code=code, at=self.clock())
        await record_delivery_news(self.application.context, news)

    async def rows(self, query: str) -> list[dict[str, Any]]:
        return await rows(self.application, query)

    async def replies(self) -> list[tuple[str, str, str]]:
        found = await self.rows("SELECT kind, channel, state FROM replies ORDER BY id")
        return [(row["kind"], row["channel"], row["state"]) for row in found]

    async def notes(self) -> str:
        found = await self.rows("SELECT body FROM ticket_entries WHERE kind = 'note' ORDER BY id")
        return "\n".join(row["body"] for row in found)


@asynccontextmanager
async def desk(database: Database, *answers: Delivery, **twilio_more: Any) -> AsyncIterator[Desk]:
    clock, sender = Clock(), MemorySender(answers)
    async with telephone_application(
        database, clock, sender, twilio=twilio(**twilio_more)
    ) as application:
        yield Desk(application, clock, sender)


async def test_news_are_noted_on_the_reply_and_never_go_back(
    database_settings: Database,
) -> None:
    async with desk(database_settings, SENT) as at:
        await at.hears("O app trava ao abrir a agenda")
        for status in ("sent", "read", "delivered", "sent", "queued"):
            await at.news(status)
        [reply] = await at.rows("SELECT state, progress, provider_id FROM replies")
        assert reply == {"state": "sent", "progress": "read", "provider_id": SID}


async def test_news_that_come_before_we_know_whose_they_are_are_not_lost(
    database_settings: Database,
) -> None:
    async with desk(database_settings, SENT) as at:
        await at.news("delivered")
        await at.news("sent")
        await at.news("delivered", sid=OTHER_SID)
        await at.hears("O app trava ao abrir a agenda")
        [reply] = await at.rows("SELECT progress FROM replies")
        assert reply["progress"] == "delivered"
        left = await at.rows("SELECT provider_id FROM early_news")
        assert [row["provider_id"] for row in left] == [OTHER_SID]


async def test_a_failure_that_comes_early_is_followed_up_as_well(
    database_settings: Database,
) -> None:
    async with desk(database_settings, SENT) as at:
        await at.news("failed", "63024")
        await at.hears("O app trava ao abrir a agenda")
        assert await at.replies() == [
            ("acknowledgement", "whatsapp", "refused"),
            ("undeliverable", "email", "sent"),
        ]


async def test_a_reply_that_fails_after_all_is_told_once(database_settings: Database) -> None:
    async with desk(database_settings, SENT) as at:
        await at.hears("O app trava ao abrir a agenda")
        await at.news("sent")
        await at.news("undelivered", "63024")
        await at.news("failed", "63024")
        await at.works()
        assert await at.replies() == [
            ("acknowledgement", "whatsapp", "refused"),
            ("undeliverable", "email", "sent"),
        ]
        assert "não recebe mensagens do WhatsApp (63024)" in await at.notes()
        [ticket] = await at.rows("SELECT acknowledged_at FROM tickets")
        assert ticket["acknowledged_at"] is None


async def test_a_known_mail_address_gets_what_the_telephone_did_not(
    database_settings: Database,
) -> None:
    async with desk(database_settings, SENT) as at:
        await at.hears("O app trava ao abrir a agenda")
        await at.rows(
            """INSERT INTO ticket_people (ticket_id, address)
               SELECT id, 'bia@exemplo.com.br' FROM tickets RETURNING 1"""
        )
        await at.news("failed", "63003")
        await at.works()
        assert await at.replies() == [
            ("acknowledgement", "whatsapp", "refused"),
            ("acknowledgement", "email", "sent"),
        ]
        letter = at.sender.sent[-1]
        [ticket] = await at.rows("SELECT number, acknowledged_at FROM tickets")
        assert letter.recipient == "bia@exemplo.com.br"
        assert f"[{ticket['number']}]" in letter.subject
        assert ticket["acknowledged_at"] is not None
        assert "Foi enviada por e-mail a bia@exemplo.com.br" in await at.notes()


async def test_two_mail_addresses_are_no_reason_to_guess(database_settings: Database) -> None:
    async with desk(database_settings, SENT) as at:
        await at.hears("O app trava ao abrir a agenda")
        await at.rows(
            """INSERT INTO ticket_people (ticket_id, address)
               SELECT id, unnest(ARRAY['bia@exemplo.com.br', 'caio@exemplo.com.br'])
                 FROM tickets RETURNING 1"""
        )
        await at.news("failed", "63003")
        await at.works()
        assert (await at.replies())[1:] == [("undeliverable", "email", "sent")]


async def test_63016_later_sends_the_template_once(database_settings: Database) -> None:
    again = replace(SENT, provider_id=OTHER_SID)
    async with desk(database_settings, SENT, again, whatsapp_templates=TEMPLATES) as at:
        await at.hears("O app trava ao abrir a agenda")
        await at.news("failed", "63016")
        await at.works()
        first, second = at.sender.sent
        assert first.attempt is not None
        assert first.attempt.window_open
        assert second.attempt is not None
        assert not second.attempt.window_open
        assert second.attempt.template is not None
        assert second.attempt.template.variables["1"] == "Bia"
        assert "\n" not in second.attempt.template.variables["2"]
        assert await at.replies() == [("acknowledgement", "whatsapp", "sent")]
        await at.news("failed", "63016", OTHER_SID)
        await at.works()
        assert await at.replies() == [
            ("acknowledgement", "whatsapp", "refused"),
            ("undeliverable", "email", "sent"),
        ]


async def test_after_a_day_of_silence_the_window_is_known_to_be_closed(
    database_settings: Database,
) -> None:
    async with desk(database_settings, Delivery(outcome=Outcome.LATER)) as at:
        await at.hears("O app trava ao abrir a agenda")
        at.clock.pass_(24 * 3600)
        await at.works()
        first, second = at.sender.attempts
        assert [one.attempt.window_open for one in (first, second) if one.attempt] == [True, False]


@pytest.mark.parametrize("doubtful", [True, False])
async def test_only_after_a_doubtful_end_the_next_attempt_asks_first(
    database_settings: Database, doubtful: bool
) -> None:
    async with desk(database_settings, Delivery(outcome=Outcome.LATER, doubtful=doubtful)) as at:
        await at.hears("O app trava ao abrir a agenda")
        await at.works()
        first, second = (one.attempt for one in at.sender.attempts)
        assert first is not None
        assert first.begun_at is None
        assert second is not None
        assert (second.begun_at is not None) is doubtful


class Dying(MemorySender):
    """Twilio takes the message, and we die before we can note it."""

    async def send(self, outgoing: Outgoing) -> Delivery:
        await super().send(outgoing)
        if len(self.attempts) == 1:
            raise SystemExit
        return SENT


async def test_after_a_crash_between_twilio_and_our_commit_the_next_attempt_asks_first(
    database_settings: Database,
) -> None:
    clock, sender = Clock(), Dying()
    async with telephone_application(database_settings, clock, sender) as application:
        at = Desk(application, clock, sender)
        with pytest.raises(SystemExit):
            await at.hears("O app trava ao abrir a agenda")
        assert await at.replies() == [("acknowledgement", "whatsapp", "queued")]
        died_at = clock()
        clock.pass_(60)
        await at.works()
        last = sender.attempts[-1].attempt
        assert last is not None
        assert last.begun_at == died_at
        assert await at.replies() == [("acknowledgement", "whatsapp", "sent")]


async def test_who_says_sair_gets_no_more_messages_until_voltar(
    database_settings: Database,
) -> None:
    async with desk(database_settings) as at:
        await at.hears("O app trava ao abrir a agenda")
        await at.hears("SAIR")
        await at.rows("UPDATE tickets SET stage = 'done', closed_at = now() RETURNING 1")
        at.clock.pass_(100 * 3600)
        await at.hears("Agora a nota fiscal não sai")
        clients = [one for one in at.sender.sent if one.channel is Channel.WHATSAPP]
        assert len(clients) == 1
        assert (await at.replies())[-1][1:] == ("whatsapp", "suppressed")
        assert "pediu para não receber mensagens" in await at.notes()
        await at.hears("Voltar")
        await at.rows("UPDATE tickets SET stage = 'done', closed_at = now() RETURNING 1")
        at.clock.pass_(100 * 3600)
        await at.hears("E mais uma dúvida: como emito o relatório?")
        assert (await at.replies())[-1][1:] == ("whatsapp", "sent")


async def test_the_bare_word_opens_no_ticket(database_settings: Database) -> None:
    async with desk(database_settings) as at:
        await at.hears("PARAR")
        assert await at.rows("SELECT id FROM tickets") == []
        assert at.sender.sent == []
        [message] = await at.rows("SELECT outcome FROM messages")
        assert message["outcome"] == "recorded"


async def test_21610_is_an_opt_out_as_well(database_settings: Database) -> None:
    refused = Delivery(outcome=Outcome.REFUSED, code=21610, detail="o cliente pediu (21610)")
    async with desk(database_settings, refused) as at:
        await at.hears("O app trava ao abrir a agenda")
        assert await at.replies() == [("acknowledgement", "whatsapp", "suppressed")]
        [row] = await at.rows("SELECT channel, number, ended_at FROM opt_outs")
        assert row == {"channel": "whatsapp", "number": "+551187654321", "ended_at": None}


async def test_an_answer_that_quotes_our_message_finds_its_ticket(
    database_settings: Database,
) -> None:
    async with desk(database_settings, SENT) as at:
        await at.hears("O app trava ao abrir a agenda")
        # A telephone's message is found by what its provider calls it, never by a mail's headers.
        assert await at.rows("SELECT 1 FROM mail_threads") == []
        replies = await at.rows("SELECT provider_id FROM replies")
        assert [row["provider_id"] for row in replies] == [SID]
