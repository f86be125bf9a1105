"""A mail server that fails at every step: nothing is lost, and a repeated mail is the same one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from intake.app.opening import Application
from intake.channels.email.smtp import SmtpSender
from intake.jobs.deliver import deliver_replies
from intake.ports.memory_sender import MemorySender
from intake.ports.sender import Delivery, Outcome, Outgoing
from intake.settings.database import Database
from intake.settings.replies import Smtp
from tests.application import application, mail, rows, take_in
from tests.servers.scripted_smtp import DROP, ScriptedSmtp, Step

CLIENT = "bia@exemplo.com.br"


@asynccontextmanager
async def sending_to(database: Database, server: ScriptedSmtp) -> AsyncIterator[Application]:
    plain = {"host": "127.0.0.1", "port": server.port, "security": "none", "timeout": 5}
    sender = SmtpSender(Smtp.model_validate(plain))
    async with application(database, sender=sender) as running:
        yield running


async def reply(running: Application) -> dict[str, object]:
    """The acknowledgement's row."""
    found = await rows(running, "SELECT * FROM replies ORDER BY id")
    return found[0]


async def again(running: Application) -> None:
    """As the queue does when the time has come."""
    await deliver_replies(running.context, [str((await reply(running))["uid"])])


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("trouble", ["421 4.3.2 shutting down", "451 4.3.0 later", DROP])
async def test_a_passing_trouble_at_any_step_delays_the_mail_and_no_more(
    database_settings: Database, scripted_smtp: ScriptedSmtp, step: Step, trouble: str
) -> None:
    scripted_smtp.will_answer(step, trouble, times=2)
    async with sending_to(database_settings, scripted_smtp) as running:
        await take_in(running, mail())
        waiting = await reply(running)
        assert (waiting["state"], waiting["attempts"]) == ("queued", 1)
        [job] = await rows(
            running, "SELECT scheduled_at FROM procrastinate_jobs WHERE status = 'todo'"
        )
        assert job["scheduled_at"] is not None
        scripted_smtp.forget_script()
        await again(running)
        assert (await reply(running))["state"] == "sent"
        [received] = scripted_smtp.received
        assert received.recipients == (CLIENT,)
        [ticket] = await rows(running, "SELECT acknowledged_at FROM tickets")
        assert ticket["acknowledged_at"] is not None


async def test_a_mail_whose_250_was_lost_is_sent_again_to_the_byte(
    database_settings: Database, scripted_smtp: ScriptedSmtp
) -> None:
    scripted_smtp.will_answer(Step.DATA, DROP, keep=True)
    async with sending_to(database_settings, scripted_smtp) as running:
        await take_in(running, mail())
        assert (await reply(running))["state"] == "queued"
        await again(running)
        first, second = scripted_smtp.received
        assert first.message["Message-ID"] == (await reply(running))["rfc_id"]
        assert first.raw == second.raw


async def test_a_server_that_is_away_is_found_again(
    database_settings: Database, scripted_smtp: ScriptedSmtp
) -> None:
    scripted_smtp.stop()
    async with sending_to(database_settings, scripted_smtp) as running:
        await take_in(running, mail())
        assert (await reply(running))["state"] == "queued"
        scripted_smtp.start()
        await again(running)
        assert (await reply(running))["state"] == "sent"


@pytest.mark.parametrize("step", [Step.RCPT, Step.DATA])
async def test_a_refusal_for_good_is_recorded_and_told(
    database_settings: Database, scripted_smtp: ScriptedSmtp, step: Step
) -> None:
    scripted_smtp.will_answer(step, "550 5.1.1 no such user", recipient=CLIENT)
    async with sending_to(database_settings, scripted_smtp) as running:
        await take_in(running, mail())
        refused = await reply(running)
        assert refused["state"] == "refused"
        assert "550 5.1.1 no such user" in str(refused["detail"])
        [notice] = scripted_smtp.received
        assert notice.recipients == ("ana.n0@r3izzy.com.br",)
        words = notice.message.get_body(("plain",))
        assert words is not None
        assert "Endereço: bia@exemplo.com.br" in words.get_content()
        assert "recusou a entrega de vez" in words.get_content()


async def test_one_recipient_put_off_holds_up_nobody_else(
    database_settings: Database, scripted_smtp: ScriptedSmtp
) -> None:
    scripted_smtp.will_answer(Step.RCPT, "451 4.2.1 greylisted", times=9, recipient=CLIENT)
    async with sending_to(database_settings, scripted_smtp) as running:
        others = [
            mail(sender=f"c{n}@exemplo.com.br", message_id=f"<{n}@exemplo.com.br>")
            for n in range(5)
        ]
        await take_in(running, mail(), *others)
        assert sorted(one.recipients[0] for one in scripted_smtp.received) == [
            f"c{n}@exemplo.com.br" for n in range(5)
        ]


class Never(MemorySender):
    """A server that puts everything off, but for notices to the desk."""

    async def send(self, outgoing: Outgoing) -> Delivery:
        if outgoing.recipient == CLIENT:
            self.attempts.append(outgoing)
            return Delivery(outcome=Outcome.LATER, detail="rcpt: 451 4.7.1 greylisted")
        return await super().send(outgoing)


async def test_what_is_put_off_is_tried_for_days_and_then_told(
    database_settings: Database,
) -> None:
    sender = Never()
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail())
        written = (await reply(running))["created_at"]
        assert isinstance(written, datetime)
        newest = (
            "SELECT max(scheduled_at) AS at FROM procrastinate_jobs WHERE queue_name = 'deliver'"
        )
        waits = []
        while (await reply(running))["state"] == "queued":
            [job] = await rows(running, newest)
            waits.append(job["at"] - written)
            running.context.clock = lambda at=job["at"]: at
            await again(running)
        assert waits == sorted(waits)
        assert waits[0] < timedelta(minutes=1)
        assert timedelta(days=4, hours=20) < waits[-1] <= timedelta(days=5)
        assert len({one.message_id for one in sender.attempts}) == 1
        assert len(sender.attempts) == len(waits) + 1 > 50
        assert (await reply(running))["state"] == "gave_up"
        await running.worker_pool.drain()
        [notice] = sender.sent
        assert "em 5 dias de tentativas" in notice.text
        assert "451 4.7.1 greylisted" in notice.text


async def test_a_letter_without_a_ticket_that_is_refused_is_told_too(
    database_settings: Database, scripted_smtp: ScriptedSmtp
) -> None:
    scripted_smtp.will_answer(Step.RCPT, "550 5.1.1 no such user", recipient=CLIENT)
    async with sending_to(database_settings, scripted_smtp) as running:
        await take_in(running, mail())
        await rows(running, "DELETE FROM replies WHERE kind = 'undeliverable' RETURNING id")
        loose = """UPDATE replies SET kind = 'greeting', ticket_id = NULL, state = 'queued',
                          outgoing = outgoing || '{"ticket_number": ""}' RETURNING id"""
        await rows(running, loose)
        scripted_smtp.will_answer(Step.RCPT, "550 5.1.1 no such user", recipient=CLIENT)
        scripted_smtp.received.clear()
        await again(running)
        await running.worker_pool.drain()
        [notice] = scripted_smtp.received
        assert notice.message["Subject"] == "A resposta ao cliente não foi entregue"
