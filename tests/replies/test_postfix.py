"""Sending through a real Postfix: protection, logins, what it refuses, and what it delivers."""

from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from intake.channels.email.smtp import SmtpSender
from intake.ports.sender import Outcome, SenderUnavailable
from intake.settings.database import Database
from intake.settings.replies import Smtp
from tests.application import application, mail, rows, take_in
from tests.replies.outgoings import outgoing
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import DEFERRED, DOVECOT_DOMAIN, REFUSED, Postfix
from tests.servers.process import wait_until

pytestmark = pytest.mark.servers


def smtp(postfix: Postfix, **settings: object) -> Smtp:
    plain = {
        "host": "localhost",
        "port": postfix.tls_port if settings.get("security") == "tls" else postfix.port,
        "security": "starttls",
        "ca_file": postfix.certificates.ca,
        "timeout": 20,
    }
    return Smtp.model_validate(plain | settings)


@pytest.fixture
async def sender(postfix: Postfix) -> AsyncIterator[SmtpSender]:
    sender = SmtpSender(smtp(postfix))
    yield sender
    await sender.close()


def arrived(postfix: Postfix, text: str) -> EmailMessage:
    """The one delivered mail in which that text stands, once it is there."""
    wait_until(lambda: any(text.encode() in raw for raw in postfix.delivered()), f"{text} arrives")
    [raw] = [raw for raw in postfix.delivered() if text.encode() in raw]
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_password_over_tls(
    postfix: Postfix, dovecot: Dovecot, mailbox: str, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", dovecot.password(mailbox))
    sender = SmtpSender(
        smtp(postfix, security=security, user=mailbox, password={"env": "SMTP_PASSWORD"})
    )
    recipient = f"{security}.{mailbox.partition('@')[0]}@quer.test"
    delivery = await sender.send(outgoing(f"senha-{security}", recipient=recipient))
    assert delivery.outcome is Outcome.SENT
    assert delivery.detail.startswith("250 2.0.0 Ok")
    assert mailbox in await sender.check()
    await sender.close()
    message = arrived(postfix, recipient)
    # ESMTPSA is SMTP over TLS with a login (RFC 3848).
    assert "ESMTPSA" in str(message["Received"])


class Token:
    """A source with one access token."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.invalidated = 0

    async def token(self) -> str:
        return self._token

    def invalidate(self) -> None:
        self.invalidated += 1


def oauth(mechanism: str) -> dict[str, Any]:
    return {
        "token_url": "https://login.exemplo.com.br",
        "client_id": "x",
        "mechanism": mechanism,
        "refresh_token": {"env": "NOT_ASKED_FOR"},
    }


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
async def test_an_access_token(
    postfix: Postfix, dovecot: Dovecot, mailbox: str, mechanism: str
) -> None:
    token = Token(dovecot.access_token(mailbox))
    settings = smtp(postfix, user=mailbox, oauth=oauth(mechanism))
    sender = SmtpSender(settings, tokens=token)
    recipient = f"{mechanism}@quer.test"
    assert (await sender.send(outgoing(mechanism, recipient=recipient))).outcome is Outcome.SENT
    await sender.close()
    assert "ESMTPSA" in str(arrived(postfix, recipient)["Received"])
    assert token.invalidated == 0


async def test_an_access_token_that_has_run_out_keeps_the_mail_for_later(
    postfix: Postfix, dovecot: Dovecot, mailbox: str
) -> None:
    token = Token(dovecot.access_token(mailbox, expires_in=-60))
    sender = SmtpSender(smtp(postfix, user=mailbox, oauth=oauth("xoauth2")), tokens=token)
    delivery = await sender.send(outgoing())
    assert delivery.outcome is Outcome.LATER
    assert "535" in delivery.detail
    assert token.invalidated == 1


async def test_a_wrong_password_keeps_the_mail_for_later(
    postfix: Postfix, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "errada")
    sender = SmtpSender(smtp(postfix, user=mailbox, password={"env": "SMTP_PASSWORD"}))
    assert (await sender.send(outgoing())).outcome is Outcome.LATER
    with pytest.raises(SenderUnavailable, match=r"check smtp\.user and smtp\.password"):
        await sender.check()


@pytest.mark.parametrize(
    ("who", "outcome", "code"),
    [(REFUSED, Outcome.REFUSED, "550 5.1.1"), (DEFERRED, Outcome.LATER, "451 4.3.0")],
)
async def test_what_postfix_refuses(
    sender: SmtpSender, who: str, outcome: Outcome, code: str
) -> None:
    delivery = await sender.send(outgoing(recipient=f"{who}@quer.test"))
    assert delivery.outcome is outcome
    assert code in delivery.detail
    assert (await sender.send(outgoing())).outcome is Outcome.SENT


async def test_a_mail_arrives_as_it_was_written(postfix: Postfix, sender: SmtpSender) -> None:
    text = "Olá!\n\n.uma linha com ponto\nação, coração, 1 ½ €\n"
    written = outgoing("inteiro", recipient="inteiro@quer.test", text=text)
    assert (await sender.send(written)).outcome is Outcome.SENT
    message = arrived(postfix, "inteiro@quer.test")
    assert message["Return-Path"] == "<suporte@r3izzy.com.br>"
    assert message["Message-ID"] == written.message_id
    assert message["In-Reply-To"] == "<2@exemplo.com.br>"
    assert message["References"].split() == ["<1@exemplo.com.br>", "<2@exemplo.com.br>"]
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["Subject"] == written.subject
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content() == text


async def test_from_a_client_s_mail_to_the_acknowledgement_at_postfix(
    database_settings: Database, postfix: Postfix, sender: SmtpSender
) -> None:
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail(sender="caminho@quer.test", message_id="<c@quer.test>"))
        [row] = await rows(running, "SELECT uid, state, detail FROM replies")
        assert row["state"] == "sent"
        assert row["detail"].startswith("250 2.0.0 Ok: queued as")
    message = arrived(postfix, "caminho@quer.test")
    assert message["Message-ID"] == f"<central-intake.{row['uid']}@r3izzy.com.br>"
    assert (message["In-Reply-To"], message["References"]) == ("<c@quer.test>", "<c@quer.test>")
    assert message["Auto-Submitted"] == "auto-replied"


async def test_a_recipient_whom_postfix_refuses_is_told_to_the_first_level_through_postfix(
    database_settings: Database, postfix: Postfix, sender: SmtpSender
) -> None:
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail(sender=f"{REFUSED}@clinica.test"))
        replies = await rows(running, "SELECT kind, state FROM replies ORDER BY id")
        assert [(row["kind"], row["state"]) for row in replies] == [
            ("acknowledgement", "refused"),
            ("undeliverable", "sent"),
        ]
    notice = arrived(postfix, f"{REFUSED}@clinica.test")
    assert notice["To"].addresses[0].addr_spec == "ana.n0@r3izzy.com.br"


async def test_what_postfix_returns_joins_the_ticket_and_is_never_answered(
    database_settings: Database, postfix: Postfix, sender: SmtpSender
) -> None:
    recipient = f"devolvida@{DOVECOT_DOMAIN}"
    async with application(database_settings, sender=sender) as running:
        await take_in(running, mail(sender=recipient))
        report = arrived(postfix, f"rfc822; {recipient}")
        assert report["To"] == "suporte@r3izzy.com.br"
        await take_in(running, report.as_bytes(), first=2)
        messages = await rows(running, "SELECT outcome FROM messages ORDER BY id")
        assert [row["outcome"] for row in messages] == ["opened", "joined"]
        replies = await rows(running, "SELECT kind, recipient FROM replies ORDER BY id")
        assert [(row["kind"], row["recipient"]) for row in replies] == [
            ("acknowledgement", recipient),
            ("undeliverable", "ana.n0@r3izzy.com.br"),
        ]
        notes = await rows(running, "SELECT body FROM ticket_entries WHERE kind = 'note'")
        assert any(f"não chegou a {recipient} (5.1.1)" in row["body"] for row in notes)
