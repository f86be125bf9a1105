"""Sending by SMTP: what counts as sent, what as later, what as refused; and never twice."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default

import pytest

from intake.channels.email import smtp as smtp_module
from intake.channels.email.smtp import SmtpSender
from intake.ports.sender import Outcome, SenderUnavailable
from intake.settings.replies import Smtp
from tests.replies.outgoings import outgoing
from tests.replies.smtp_server import DROP, HANG, ScriptedSmtp, scripted_smtp


@pytest.fixture
async def server() -> AsyncIterator[ScriptedSmtp]:
    server = ScriptedSmtp()
    async with scripted_smtp(server):
        yield server


@pytest.fixture
async def sender(server: ScriptedSmtp) -> AsyncIterator[SmtpSender]:
    sender = sender_for(server)
    yield sender
    await sender.close()


def sender_for(server: ScriptedSmtp, **settings: object) -> SmtpSender:
    plain = {"host": "127.0.0.1", "port": server.port, "security": "none", "timeout": 5}
    return SmtpSender(Smtp.model_validate(plain | settings))


async def test_a_mail_is_handed_over_whole(server: ScriptedSmtp, sender: SmtpSender) -> None:
    text = "linha\n.linha que começa com ponto\n..duas\n.\nfim\n"
    delivery = await sender.send(outgoing(text=text, html=""))
    assert delivery.outcome is Outcome.SENT
    assert delivery.detail == "250 2.0.0 taken"
    assert "MAIL FROM:<suporte@r3izzy.com.br> SIZE=" in "\n".join(server.commands)
    assert "RCPT TO:<mariana@exemplo.com.br>" in server.commands
    [content] = server.taken
    assert b"\r\n.linha que come=C3=A7a com ponto\r\n..duas\r\n" in content
    assert message_from_bytes(content, policy=default).get_content() == text.replace("\n", "\r\n")


async def test_one_connection_serves_many_mails(server: ScriptedSmtp, sender: SmtpSender) -> None:
    for number in range(5):
        assert (await sender.send(outgoing(str(number)))).outcome is Outcome.SENT
    assert (len(server.taken), server.sessions) == (5, 1)


async def test_no_more_connections_than_settings_allow(server: ScriptedSmtp) -> None:
    sender = sender_for(server, connections=2)
    deliveries = await asyncio.gather(*(sender.send(outgoing(str(n))) for n in range(20)))
    assert {d.outcome for d in deliveries} == {Outcome.SENT}
    assert (len(server.taken), server.sessions) == (20, 2)
    await sender.close()


async def test_a_connection_is_left_after_its_share_of_mails(server: ScriptedSmtp) -> None:
    sender = sender_for(server, messages_per_connection=3)
    for number in range(7):
        await sender.send(outgoing(str(number)))
    assert (len(server.taken), server.sessions) == (7, 3)
    await sender.close()
    assert server.commands.count("QUIT") == 3


async def test_a_connection_that_rested_too_long_is_not_used(
    server: ScriptedSmtp, sender: SmtpSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sender.send(outgoing("1"))
    monkeypatch.setattr(smtp_module, "IDLE_SECONDS", 0.0)
    await sender.send(outgoing("2"))
    assert (len(server.taken), server.sessions) == (2, 2)


@pytest.mark.parametrize(
    ("verb", "answer", "outcome"),
    [
        ("CONNECT", "554 5.7.1 no SMTP service here", Outcome.LATER),
        ("CONNECT", "421 4.3.2 come back", Outcome.LATER),
        ("MAIL", "451 4.3.0 try later", Outcome.LATER),
        ("MAIL", "530 5.7.0 Authentication required", Outcome.LATER),
        ("MAIL", "550 5.7.60 SMTP; Client does not have permissions to send as", Outcome.LATER),
        ("MAIL", "553 5.7.1 Sender address rejected: not owned by user", Outcome.LATER),
        ("MAIL", "552 5.3.4 Message size exceeds fixed limit", Outcome.REFUSED),
        ("RCPT", "450 4.2.0 Greylisted", Outcome.LATER),
        ("RCPT", "452 4.2.2 mailbox full", Outcome.LATER),
        ("RCPT", "550 5.1.1 User unknown", Outcome.REFUSED),
        ("RCPT", "550 No such user here", Outcome.REFUSED),
        ("RCPT", "550 5.1.1 not listed in public Name & Address Book", Outcome.REFUSED),
        ("RCPT", "550 5.4.1 Recipient address rejected: Access denied", Outcome.REFUSED),
        ("RCPT", "552 5.2.2 The email account is over quota", Outcome.REFUSED),
        ("RCPT", "554 5.7.1 <mariana@exemplo.com.br>: Relay access denied", Outcome.LATER),
        ("RCPT", "553 5.7.1 <suporte@r3izzy.com.br>: Sender address rejected", Outcome.LATER),
        ("RCPT", "554 5.7.1 Service unavailable; blocked using zen.spamhaus.org", Outcome.LATER),
        ("RCPT", "530 5.7.0 Must issue a STARTTLS command first", Outcome.LATER),
        ("DATA", "451 4.7.0 try later", Outcome.LATER),
        ("DATA", "550 5.4.5 Daily user sending limit exceeded", Outcome.LATER),
        ("CONTENT", "554 5.2.0 SubmissionQuotaExceededException", Outcome.LATER),
        ("CONTENT", "451 4.3.0 queue full", Outcome.LATER),
        ("CONTENT", "554 5.7.1 looks like spam", Outcome.REFUSED),
        ("CONTENT", "554 5.4.6 Too many hops", Outcome.REFUSED),
        ("CONTENT", "252 accepted in a strange way", Outcome.SENT),
        ("DATA", "250 not what one says here", Outcome.LATER),
    ],
)
async def test_what_the_server_says_decides(
    server: ScriptedSmtp, sender: SmtpSender, verb: str, answer: str, outcome: Outcome
) -> None:
    server.say(verb, answer)
    delivery = await sender.send(outgoing())
    assert delivery.outcome is outcome
    assert answer in delivery.detail


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "CONTENT"])
async def test_after_a_refusal_the_connection_takes_the_next_mail(
    server: ScriptedSmtp, sender: SmtpSender, verb: str
) -> None:
    server.say(verb, "550 5.1.1 no")
    await sender.send(outgoing("1"))
    assert (await sender.send(outgoing("2"))).outcome is Outcome.SENT
    assert server.sessions == 1


async def test_too_many_messages_in_a_session_means_another_session_at_once(
    server: ScriptedSmtp, sender: SmtpSender
) -> None:
    server.mails_per_session = 3
    for number in range(8):
        assert (await sender.send(outgoing(str(number)))).outcome is Outcome.SENT
    assert (len(server.taken), server.sessions) == (8, 3)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("trouble", [DROP, "421 4.4.2 timeout, closing"])
async def test_a_connection_lost_before_the_content_is_replaced_at_once(
    server: ScriptedSmtp, sender: SmtpSender, verb: str, trouble: str
) -> None:
    await sender.send(outgoing("1"))
    server.say(verb, trouble)
    assert (await sender.send(outgoing("2"))).outcome is Outcome.SENT
    assert (len(server.taken), server.sessions) == (2, 2)


async def test_a_server_that_always_drops_is_tried_twice_and_then_left_for_later(
    server: ScriptedSmtp, sender: SmtpSender
) -> None:
    server.say("MAIL", DROP, DROP, DROP)
    assert (await sender.send(outgoing())).outcome is Outcome.LATER
    assert (len(server.taken), server.sessions) == (0, 2)


async def test_a_connection_lost_after_the_content_is_not_tried_again(
    server: ScriptedSmtp, sender: SmtpSender
) -> None:
    server.say("CONTENT", DROP)
    delivery = await sender.send(outgoing())
    assert delivery.outcome is Outcome.LATER
    assert len(server.taken) == 1


async def test_a_mail_that_was_taken_stays_taken_when_the_server_goes_at_once(
    server: ScriptedSmtp, sender: SmtpSender
) -> None:
    server.say("QUIT", DROP)
    assert (await sender.send(outgoing())).outcome is Outcome.SENT
    await sender.close()
    assert len(server.taken) == 1


async def test_a_server_that_hangs_costs_its_time_out_only(server: ScriptedSmtp) -> None:
    sender = sender_for(server, timeout=0.2)
    server.say("RCPT", HANG, HANG)
    delivery = await sender.send(outgoing("1"))
    assert delivery.outcome is Outcome.LATER
    assert "Timed out" in delivery.detail
    assert (await sender.send(outgoing("2"))).outcome is Outcome.SENT
    await sender.close()


async def test_the_answer_to_the_content_has_ten_times_the_time_out(server: ScriptedSmtp) -> None:
    sender = sender_for(server, timeout=0.1)
    server.say("CONTENT", HANG)
    started = asyncio.get_running_loop().time()
    assert (await sender.send(outgoing("1"))).outcome is Outcome.LATER
    assert asyncio.get_running_loop().time() - started > 0.9
    assert len(server.taken) == 1


async def test_a_connection_in_the_middle_of_a_cancelled_mail_is_not_used_again(
    server: ScriptedSmtp, sender: SmtpSender
) -> None:
    server.say("RCPT", HANG)
    task = asyncio.create_task(sender.send(outgoing("1")))
    await asyncio.wait_for(server.hanging.wait(), timeout=10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await sender.send(outgoing("2"))).outcome is Outcome.SENT
    assert (len(server.taken), server.sessions) == (1, 2)


async def test_a_sender_that_was_closed_can_be_used_again(
    server: ScriptedSmtp, sender: SmtpSender
) -> None:
    await sender.send(outgoing("1"))
    await sender.close()
    assert (await sender.send(outgoing("2"))).outcome is Outcome.SENT
    assert server.sessions == 2


async def test_no_server_there_is_later() -> None:
    server = ScriptedSmtp()
    async with scripted_smtp(server):
        pass
    delivery = await sender_for(server).send(outgoing())
    assert delivery.outcome is Outcome.LATER
    assert str(server.port) in delivery.detail


@pytest.mark.parametrize(
    "recipient",
    ["", "mariana", "mariana@", "@exemplo.com.br", "a b@exemplo.com.br", "a@exemplo..com.br",
     "a@exemplo.com.br\r\nRCPT TO:<b@exemplo.com.br>", "<a@exemplo.com.br>", "a@exem plo.com.br"],
)  # fmt: skip
async def test_what_is_no_address_is_refused_before_the_server_sees_it(
    server: ScriptedSmtp, sender: SmtpSender, recipient: str
) -> None:
    assert (await sender.send(outgoing(recipient=recipient))).outcome is Outcome.REFUSED
    assert server.commands == []


async def test_a_domain_with_accents_needs_nothing_of_the_server(server: ScriptedSmtp) -> None:
    server.extensions = ()
    sender = sender_for(server)
    delivery = await sender.send(outgoing(recipient="ana@clínica.com.br"))
    assert delivery.outcome is Outcome.SENT
    assert "RCPT TO:<ana@xn--clnica-4va.com.br>" in server.commands
    await sender.close()


async def test_an_address_with_accents_needs_smtputf8(server: ScriptedSmtp) -> None:
    sender = sender_for(server)
    assert (await sender.send(outgoing(recipient="joão@exemplo.com.br"))).outcome is Outcome.SENT
    assert "RCPT TO:<joão@exemplo.com.br>" in server.commands
    await sender.close()
    server.extensions = ()
    sender = sender_for(server)
    delivery = await sender.send(outgoing(recipient="joão@exemplo.com.br"))
    assert delivery.outcome is Outcome.REFUSED
    assert (await sender.send(outgoing())).outcome is Outcome.SENT
    await sender.close()


async def test_the_check_says_what_was_found(server: ScriptedSmtp, sender: SmtpSender) -> None:
    line = await sender.check()
    assert f"127.0.0.1:{server.port}" in line
    assert "not encrypted" in line
    assert server.taken == []


async def test_the_check_says_what_to_do_where_nobody_listens() -> None:
    server = ScriptedSmtp()
    async with scripted_smtp(server):
        pass
    with pytest.raises(SenderUnavailable, match=r"check smtp\.host, smtp\.port"):
        await sender_for(server).check()
