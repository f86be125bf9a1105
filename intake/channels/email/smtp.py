"""Sends replies by SMTP over a small pool of open connections."""

import asyncio
import socket
import ssl
import time
from dataclasses import dataclass

from intake.channels.email.smtp_answers import Phase, asks_for_new_session, judge
from intake.channels.email.smtp_session import AttemptFailed, Envelope, SmtpSession, TokenSource
from intake.net.tls import client_context
from intake.ports.email_addresses import AddressInvalid, mailbox
from intake.ports.listener import ListenerUnavailable
from intake.ports.sender import Delivery, Outcome, Outgoing, SenderUnavailable
from intake.replies.mail_bytes import to_bytes
from intake.settings.listeners import Security
from intake.settings.replies import Smtp

IDLE_SECONDS = 50.0
"""A connection idle for longer is not used again, because firewalls drop idle connections."""


@dataclass(frozen=True, slots=True)
class _Kept:
    session: SmtpSession
    since: float


class SmtpSender:
    """Implements `Sender`. Uses up to `settings.connections` connections at a time.

    Each carries up to `settings.messages_per_connection` mails. The envelope sender is the desk's
    own address, not the null sender usual in automatic mail, so that bounces return to the desk and
    are recorded on their ticket. RFC 3834 (3.3) allows this for an address that never answers a
    bounce. Ours never does, so there can be no loop.
    """

    def __init__(self, settings: Smtp, *, tokens: TokenSource | None = None) -> None:
        """Raises SenderUnavailable if `ca_file` cannot be used."""
        self._settings = settings
        self._tokens = tokens
        self._context = _tls_context(settings)
        self._local_hostname = ""
        self._slots = asyncio.Semaphore(settings.connections)
        self._kept: list[_Kept] = []
        self._generation = 0

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Try once. `smtp_answers` decides what a failure means.

        If the connection fails or the server asks for a new one before the mail was transferred,
        a new connection is tried at once. After the transfer nothing is repeated, because the
        client might get the mail twice.
        """
        try:
            envelope = Envelope(
                sender=mailbox(outgoing.sender),
                recipient=mailbox(outgoing.recipient),
                content=to_bytes(outgoing),
            )
        except AddressInvalid as error:
            return Delivery(outcome=Outcome.REFUSED, detail=str(error))
        async with self._slots:
            try:
                return await self._deliver(envelope)
            except AttemptFailed as failure:
                if failure.refusal is not None:
                    return judge(failure.refusal)
                return Delivery(outcome=Outcome.LATER, detail=str(failure))

    async def check(self) -> str:
        """Connect and log in; returns what was found.

        Raises SenderUnavailable with advice.
        """
        where = f"{self._settings.host}:{self._settings.effective_port}"
        try:
            session = await self._open()
        except AttemptFailed as failure:
            raise SenderUnavailable(f"smtp {where}: {failure}; {_advice(failure)}") from failure
        found = session.describe()
        await session.quit()
        return f"smtp {where}: {found}"

    async def close(self) -> None:
        """Close the idle connections. Those in use are closed when their mail is sent."""
        kept, self._kept = self._kept, []
        self._generation += 1
        await asyncio.gather(*(one.session.quit() for one in kept))

    async def _deliver(self, envelope: Envelope) -> Delivery:
        session = await self._take_kept() or await self._open()
        try:
            return await self._send_over(session, envelope)
        except AttemptFailed as failure:
            if not _may_repeat(failure):
                raise
            session.abandon()
        return await self._send_over(await self._open(), envelope)

    async def _send_over(self, session: SmtpSession, envelope: Envelope) -> Delivery:
        generation = self._generation
        try:
            words = await session.send(envelope)
        finally:
            # Await nothing between the server's 250 and our caller. A cancellation in between
            # would make an accepted mail look like a failed one.
            if session.is_ready and generation == self._generation:
                self._kept.append(_Kept(session, time.monotonic()))
            else:
                session.abandon()
        return Delivery(outcome=Outcome.SENT, detail=words)

    async def _take_kept(self) -> SmtpSession | None:
        while self._kept:
            kept = self._kept.pop()
            session = kept.session
            if session.sent >= self._settings.messages_per_connection:
                await session.quit()
            elif session.is_ready and time.monotonic() - kept.since < IDLE_SECONDS:
                return session
            else:
                session.abandon()
        return None

    async def _open(self) -> SmtpSession:
        if not self._local_hostname:
            self._local_hostname = await asyncio.to_thread(_own_name)
        return await SmtpSession.open(
            self._settings, self._context, self._local_hostname, self._tokens
        )


def _may_repeat(failure: AttemptFailed) -> bool:
    """True if the mail cannot have been accepted yet and a new connection may help."""
    if failure.phase is Phase.CONTENT:
        return False
    return failure.refusal is None or asks_for_new_session(failure.refusal)


def _own_name() -> str:
    """The host's full name for EHLO, or an address literal if it has none (RFC 5321, 4.1.3)."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() and name.isprintable() else "[127.0.0.1]"


def _tls_context(settings: Smtp) -> ssl.SSLContext | None:
    if settings.security is Security.NONE:
        return None
    try:
        return client_context(settings.ca_file)
    except ListenerUnavailable as error:
        raise SenderUnavailable(f"smtp.{error}") from error


def _advice(failure: AttemptFailed) -> str:
    if failure.is_about_certificate:
        return "if the server has a private CA, give its certificate as smtp.ca_file"
    if "STARTTLS" in str(failure):
        return 'if the port speaks TLS from the start, set smtp.security = "tls"'
    return {
        Phase.CONNECT: "check smtp.host, smtp.port and smtp.security",
        Phase.LOGIN: "check smtp.user and smtp.password or smtp.oauth",
    }.get(failure.phase, "see the server's words")
