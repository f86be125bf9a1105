"""Replies sent by SMTP over a few kept connections."""

import asyncio
import socket
import ssl
import time

from intake.replies.mailbox import AddressInvalid, mailbox
from intake.replies.message import to_bytes
from intake.replies.sender import Delivery, Outcome, Outgoing, SenderUnavailable
from intake.replies.smtp_answers import Phase, asks_for_new_session, judge
from intake.replies.smtp_session import AttemptFailed, Envelope, SmtpSession, TokenSource
from intake.settings.listeners import Security
from intake.settings.replies import Smtp

IDLE_SECONDS = 50.0
"""A kept connection older than this is not trusted: firewalls forget silent ones."""


class SmtpSender:
    """Up to `settings.connections` at a time, each for `settings.messages_per_connection` mails.

    The envelope sender is the desk's own address, not the null sender that automatic mail often
    has: a bounce then comes back to the desk, where it is noted on its ticket. It cannot loop,
    because bounces are never answered (RFC 3834, 2).
    """

    def __init__(self, settings: Smtp, *, tokens: TokenSource | None = None) -> None:
        self._settings = settings
        self._tokens = tokens
        self._context = _tls_context(settings)
        self._local_hostname = ""
        self._slots = asyncio.Semaphore(settings.connections)
        self._kept: list[tuple[SmtpSession, float]] = []

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Try once. Where a kept connection turns out dead or used up before anything was handed
        over, a fresh one is tried at once; after that, whatever failed is judged.
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
                return await self._attempt(envelope)
            except AttemptFailed as failure:
                if failure.refusal is not None:
                    return judge(failure.refusal)
                return Delivery(outcome=Outcome.LATER, detail=str(failure))

    async def check(self) -> str:
        """Connect and log in; what was found. Raises SenderUnavailable with what to do."""
        where = f"{self._settings.host}:{self._settings.effective_port}"
        try:
            session = await self._open()
        except AttemptFailed as failure:
            raise SenderUnavailable(f"smtp {where}: {failure}; {_advice(failure)}") from failure
        found = session.describe()
        await session.quit()
        return f"smtp {where}: {found}"

    async def close(self) -> None:
        """Take leave of the kept connections."""
        kept, self._kept = self._kept, []
        await asyncio.gather(*(session.quit() for session, _ in kept))

    async def _attempt(self, envelope: Envelope) -> Delivery:
        session = self._take_kept()
        if session is not None:
            try:
                return await self._send_over(session, envelope)
            except AttemptFailed as failure:
                if not _may_repeat(failure):
                    raise
                session.abandon()
        return await self._send_over(await self._open(), envelope)

    async def _send_over(self, session: SmtpSession, envelope: Envelope) -> Delivery:
        try:
            words = await session.send(envelope)
        finally:
            await self._keep(session)
        return Delivery(outcome=Outcome.SENT, detail=words)

    def _take_kept(self) -> SmtpSession | None:
        oldest = time.monotonic() - IDLE_SECONDS
        while self._kept:
            session, since = self._kept.pop()
            if session.is_open and since > oldest:
                return session
            session.abandon()
        return None

    async def _keep(self, session: SmtpSession) -> None:
        if not session.is_open:
            return
        if session.sent >= self._settings.messages_per_connection:
            await session.quit()
        else:
            self._kept.append((session, time.monotonic()))

    async def _open(self) -> SmtpSession:
        if not self._local_hostname:
            self._local_hostname = await asyncio.to_thread(_own_name)
        return await SmtpSession.open(
            self._settings, self._context, self._local_hostname, self._tokens
        )


def _may_repeat(failure: AttemptFailed) -> bool:
    """Only while the mail cannot have been taken, and only where a new connection may help."""
    if failure.phase is Phase.CONTENT:
        return False
    return failure.refusal is None or asks_for_new_session(failure.refusal)


def _own_name() -> str:
    """For EHLO: a full name, or an address literal where this host has none (RFC 5321, 4.1.3)."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() and not name.isspace() else "[127.0.0.1]"


def _tls_context(settings: Smtp) -> ssl.SSLContext | None:
    if settings.security is Security.NONE:
        return None
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(cafile=settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SenderUnavailable(f"smtp.ca_file {settings.ca_file}: {error}") from error
    return context


def _advice(failure: AttemptFailed) -> str:
    if isinstance(failure.__cause__, ssl.SSLCertVerificationError):
        return "if the server has a private CA, give its certificate as smtp.ca_file"
    advice = {
        Phase.CONNECT: "check smtp.host, smtp.port and smtp.security",
        Phase.LOGIN: "check smtp.user and smtp.password or smtp.oauth",
    }
    return advice.get(failure.phase, "see the server's words")
