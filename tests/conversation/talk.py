"""An office to talk with: mails go in one after the other, and what it sends is kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from intake.app.opening import Application
from intake.ports.memory_sender import MemorySender
from intake.ports.sender import Outgoing
from intake.settings.database import Database
from intake.store.tickets import TicketStore, TicketView, change_stage
from routing.vocabulary import Stage
from tests.application import SOURCE, application, mail, rows, take_in

BIA = "Bia Souza <bia@exemplo.com.br>"
STRANGER = "Outro <outro@alheio.com.br>"


@dataclass
class Talk:
    """The office, the replies that left it, and a count of the mails that came in."""

    application: Application
    sender: MemorySender
    taken: int = 0
    _seen: int = field(default=0, repr=False)

    async def takes(self, *mails: bytes, source: str = SOURCE) -> list[Outgoing]:
        """The office takes these in, together, and does all that follows. What it sent."""
        await take_in(self.application, *mails, source=source, first=self.taken + 1)
        self.taken += len(mails)
        sent = self.sender.sent[self._seen :]
        self._seen = len(self.sender.sent)
        return sent

    async def tickets(self) -> list[TicketView]:
        return await TicketStore(self.application.database).all()

    async def outcomes(self) -> list[str]:
        """What became of each mail, in their order."""
        found = await rows(self.application, "SELECT outcome, state FROM messages ORDER BY id")
        return [row["outcome"] or row["state"] for row in found]

    async def notes(self) -> list[str]:
        found = await rows(
            self.application, "SELECT body FROM ticket_entries WHERE kind = 'note' ORDER BY id"
        )
        return [row["body"] for row in found]

    async def close(self, number: str, *, days_ago: float = 1) -> None:
        """A person at the desk has finished the ticket."""
        at = datetime.now(UTC) - timedelta(days=days_ago)
        async with self.application.database.transaction() as connection:
            await change_stage(connection, number, Stage.DONE, at=at)


@asynccontextmanager
async def talking(
    database: Database, *, sender: MemorySender | None = None, **sections: Any
) -> AsyncIterator[Talk]:
    """An office that has just opened; `sections` are of its settings."""
    sender = sender or MemorySender()
    async with application(database, sender=sender, **sections) as running:
        yield Talk(running, sender)


def answer(
    to: Outgoing,
    text: str = "Segue a foto da tela.",
    *,
    sender: str = BIA,
    message_id: str = "<dois@exemplo.com.br>",
    **headers: str,
) -> bytes:
    """As a mail program writes it, with the headers by which conversations are followed."""
    threading = {
        "In_Reply_To": to.message_id,
        "References": " ".join((*to.references, to.message_id)),
    }
    return mail(
        text,
        sender=sender,
        subject=f"RES: {to.subject}",
        message_id=message_id,
        **{**threading, **headers},
    )


def new_mail(subject: str, *, sender: str = BIA, message_id: str, **headers: str) -> bytes:
    """A mail that answers none, as far as its headers say."""
    return mail(
        "Alguma novidade?", sender=sender, subject=subject, message_id=message_id, **headers
    )


def vacation(to: Outgoing, *, message_id: str = "<ferias@exemplo.com.br>") -> bytes:
    """An out-of-office note about a reply of ours (RFC 3834)."""
    return answer(to, "Estou de férias.", message_id=message_id, Auto_Submitted="auto-replied")


def bounce(
    of: Outgoing, *, action: str = "failed", status: str = "5.1.1", message_id: str
) -> bytes:
    """As a server returns a reply of ours (RFC 3464)."""
    report = EmailMessage()
    report["From"] = "Mail Delivery System <MAILER-DAEMON@mx.exemplo.com.br>"
    report["To"] = of.sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = message_id
    report["Return-Path"] = "<>"
    report["Auto-Submitted"] = "auto-replied"
    boundary = "=_limite"
    body = (
        f"--{boundary}\r\nContent-Type: text/plain\r\n\r\nCould not be delivered.\r\n"
        f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.exemplo.com.br\r\n\r\n"
        f"Final-Recipient: rfc822; {of.recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"\r\n--{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: {of.sender}\r\nTo: {of.recipient}\r\nMessage-ID: {of.message_id}\r\n"
        f"\r\n--{boundary}--\r\n"
    )
    head = report.as_bytes().rstrip() + (
        b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; "
        b'report-type=delivery-status; boundary="' + boundary.encode() + b'"\r\n\r\n'
    )
    return head + body.encode()


def kinds(sent: list[Outgoing]) -> list[tuple[str, str]]:
    """(recipient, start of the subject without its tag), for comparing."""
    return [(one.recipient, one.subject.partition("] ")[2] or one.subject) for one in sent]
