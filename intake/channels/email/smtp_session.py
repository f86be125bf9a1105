"""One SMTP connection, which is opened, logged in and used for one mail after another.

aiosmtplib speaks the protocol. Its `sendmail` does not tell how far a failed attempt got, which
decides whether it may be repeated. So this module issues the commands one by one.
"""

import base64
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from intake.channels.email.smtp_answers import Phase, Refusal, ends_session
from intake.ports.email_addresses import Mailbox
from intake.ports.sender import SenderUnavailable
from intake.settings.credential import CredentialMissing
from intake.settings.listeners import Security
from intake.settings.replies import Smtp


class TokenSource(Protocol):
    """Provides OAuth access tokens (`intake.net.oauth.AccessTokens`)."""

    async def token(self) -> str:
        """A token that is valid now. Raises SenderUnavailable if none can be obtained."""
        ...

    def invalidate(self) -> None:
        """Forget the token, because the server refused it."""
        ...


class AttemptFailed(Exception):
    """the mail was not handed over"""

    def __init__(self, phase: Phase, reason: str, refusal: Refusal | None = None) -> None:
        super().__init__(f"{phase}: {reason}")
        self.phase = phase
        self.refusal = refusal
        """The server's reply; None if the connection failed instead."""

    @property
    def is_about_certificate(self) -> bool:
        """True if the server's certificate could not be verified."""
        error: BaseException | None = self
        while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
            error = error.__cause__
        return error is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """A mail ready to send: sender, recipient and bytes."""

    sender: Mailbox
    recipient: Mailbox
    content: bytes

    @property
    def needs_smtputf8(self) -> bool:
        return self.sender.needs_smtputf8 or self.recipient.needs_smtputf8


class SmtpSession:
    """An open connection. After AttemptFailed it may be used again only if `is_ready`."""

    def __init__(self, settings: Smtp, client: SMTP) -> None:
        self._settings = settings
        self._client = client
        self._between_mails = True
        self.sent = 0
        """Number of mails that the server accepted over this connection."""

    @classmethod
    async def open(
        cls,
        settings: Smtp,
        context: ssl.SSLContext | None,
        local_hostname: str,
        tokens: TokenSource | None,
    ) -> "SmtpSession":
        """Connect, start TLS and log in. Raises AttemptFailed."""
        client = SMTP(
            hostname=settings.host,
            port=settings.effective_port,
            local_hostname=local_hostname,
            timeout=settings.timeout,
            use_tls=settings.security is Security.TLS,
            start_tls=settings.security is Security.STARTTLS,
            tls_context=context,
        )
        session = cls(settings, client)
        try:
            async with _phase(Phase.CONNECT):
                await client.connect()
                if client.is_ehlo_or_helo_needed:
                    await _greet(client)
            async with _phase(Phase.LOGIN):
                await session._login(tokens)
        except BaseException:
            client.close()
            raise
        return session

    @property
    def is_ready(self) -> bool:
        """True if the next mail may be sent over this connection."""
        return self._between_mails and self._client.is_connected

    def describe(self) -> str:
        """For `intake doctor`: encryption, login and maximum mail size."""
        tls = self._client.get_transport_info("ssl_object")
        parts = [
            str(tls.version()) if tls else "not encrypted",
            f"logged in as {self._settings.user}" if self._settings.user else "no login",
        ]
        if size := self._client.esmtp_extensions.get("size"):
            parts.append(f"takes mails up to {size} bytes")
        return ", ".join(parts)

    async def send(self, envelope: Envelope) -> str:
        """Send one mail; returns the server's reply. Raises AttemptFailed."""
        # This stays False if we are cancelled between a command and its reply: the next mail would
        # read that reply as its own.
        self._between_mails = False
        try:
            words = await self._commands(envelope)
        except AttemptFailed as failure:
            await self._recover(failure)
            raise
        self.sent += 1
        self._between_mails = True
        return words

    async def _commands(self, envelope: Envelope) -> str:
        encoding = "utf-8" if envelope.needs_smtputf8 else "ascii"
        async with _phase(Phase.MAIL):
            options = self._options(envelope)
            await self._client.mail(envelope.sender.address, options=options, encoding=encoding)
        async with _phase(Phase.RCPT):
            await self._client.rcpt(envelope.recipient.address, encoding=encoding)
        async with _phase(Phase.DATA):
            begun = await self._client.execute_command(b"DATA")
            if begun.code != 354:
                raise SMTPResponseException(begun.code, begun.message)
        async with _phase(Phase.CONTENT):
            return await self._hand_over(envelope.content)

    async def _hand_over(self, content: bytes) -> str:
        protocol = self._client.protocol
        if protocol is None:
            raise SMTPServerDisconnected("connection lost")
        protocol.write(_on_the_wire(content))
        # RFC 5321, 4.5.3.2.6: wait long after the final dot, or the mail may be sent twice.
        answer = await protocol.read_response(timeout=self._settings.timeout * 10)
        if not 200 <= answer.code < 300:
            raise SMTPResponseException(answer.code, answer.message)
        return f"{answer.code} {answer.message}"

    def _options(self, envelope: Envelope) -> list[str]:
        options = []
        if self._client.supports_extension("size"):
            options.append(f"SIZE={len(envelope.content)}")
        if envelope.needs_smtputf8:
            if not self._client.supports_extension("smtputf8"):
                reason = "553 5.6.7 our server cannot send to addresses with letters beyond ASCII"
                refusal = Refusal(phase=Phase.RCPT, code=553, text=reason[4:])
                raise AttemptFailed(Phase.RCPT, reason, refusal)
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        return options

    async def _recover(self, failure: AttemptFailed) -> None:
        """Reset the connection for the next mail after a refusal; close it after other failures."""
        refusal = failure.refusal
        if refusal is None or ends_session(refusal) or not self._client.is_connected:
            self.abandon()
            return
        try:
            await self._client.rset()
        except (SMTPException, OSError):
            self.abandon()
        else:
            self._between_mails = True

    async def _login(self, tokens: TokenSource | None) -> None:
        settings = self._settings
        if settings.password is not None:
            await self._client.login(settings.user, settings.password.read())
        elif settings.oauth is not None:
            if tokens is None:
                raise SenderUnavailable("smtp.oauth is set, but there is no source of tokens")
            try:
                await self._login_with(await tokens.token())
            except SMTPAuthenticationError:
                tokens.invalidate()
                await self._login_with(await tokens.token())

    async def _login_with(self, token: str) -> None:
        settings = self._settings
        if settings.oauth is not None and settings.oauth.mechanism == "oauthbearer":
            # RFC 7628, 3.1. A refusal begins with a challenge, to be answered by 0x01 (3.2.3).
            response = f"n,a={settings.user},\x01auth=Bearer {token}\x01\x01"
            answer = await self._client.execute_command(
                b"AUTH", b"OAUTHBEARER", base64.b64encode(response.encode())
            )
            if answer.code == 334:
                answer = await self._client.execute_command(base64.b64encode(b"\x01"))
            if answer.code != 235:
                raise SMTPAuthenticationError(answer.code, answer.message)
        else:
            await self._client.auth_xoauth2(settings.user, token)

    async def quit(self) -> None:
        """Send QUIT and close the connection."""
        try:
            await self._client.quit(timeout=2)
        except (SMTPException, OSError):
            self.abandon()

    def abandon(self) -> None:
        """Close the connection without QUIT."""
        self._client.close()


def _on_the_wire(content: bytes) -> bytes:
    """`content` with dots doubled at the start of lines, and the final dot (RFC 5321, 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"


async def _greet(client: SMTP) -> None:
    try:
        await client.ehlo()
    except SMTPResponseException:
        await client.helo()


@asynccontextmanager
async def _phase(phase: Phase) -> AsyncIterator[None]:
    try:
        yield
    except SMTPResponseException as error:
        refusal = Refusal(phase=phase, code=error.code, text=error.message)
        raise AttemptFailed(phase, f"{error.code} {error.message}", refusal) from error
    except (SMTPException, OSError, SenderUnavailable, CredentialMissing) as error:
        raise AttemptFailed(phase, str(error) or type(error).__name__) from error
