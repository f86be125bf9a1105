"""An SMTP server that keeps what it gets, and fails when and how a test tells it to."""

import base64
import shutil
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.process import HOST, free_ports, wait_until


class Step(StrEnum):
    """When something can go wrong."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    """After the message has come in whole."""


DROP = "drop"
"""An answer that is none: the connection is cut."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """One message that the server took."""

    mail_from: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)
    tls: bool
    login: str

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass(slots=True)
class _Scripted:
    step: Step
    answer: str
    times: int
    recipient: str
    keep: bool


class ScriptedSmtp:
    """Made by `running_scripted_smtp()`. Works in a thread of its own.

    `port` speaks plain SMTP and STARTTLS, `tls_port` TLS from the start.
    """

    host = HOST

    def __init__(self, folder: Path) -> None:
        self.port, self.tls_port = free_ports(2)
        self.certificates: Certificates = make_certificates(folder)
        self.received: list[Received] = []
        self.sessions = 0
        """Connections that got a greeting."""
        self.passwords: dict[str, str] = {}
        """User to password; empty: nobody can log in."""
        self.access_tokens: dict[str, str] = {}
        """User to the token that XOAUTH2 accepts."""
        self.login_required = False
        self.messages_per_session: int | None = None
        """After so many, `452 4.5.3 Too many messages sent`, as OpenSMTPD says."""
        self._script: list[_Scripted] = []
        self._lock = threading.Lock()
        self._controllers: list[Controller] = []

    def will_answer(
        self, step: Step, answer: str, *, times: int = 1, recipient: str = "", keep: bool = False
    ) -> None:
        """The next `times` times at that step say `answer` (`451 4.3.0 later`), or DROP.

        With `recipient` only for that one. `keep`: at DATA, the message is kept all the same.
        """
        with self._lock:
            self._script.append(_Scripted(step, answer, times, recipient, keep))

    def forget_script(self) -> None:
        """From now on everything is accepted."""
        with self._lock:
            self._script.clear()

    def wait_for(self, count: int) -> list[Received]:
        """Until so many messages came in. Returns all of them."""
        wait_until(lambda: len(self.received) >= count, f"{count} messages at the SMTP server")
        return list(self.received)

    def start(self) -> None:
        """Also after `stop`, on the same ports."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificates.certificate, self.certificates.key)
        for port, implicit in ((self.port, None), (self.tls_port, context)):
            controller = _Controller(self, port, starttls=context, implicit=implicit)
            controller.start()
            self._controllers.append(controller)

    def stop(self) -> None:
        """Connections are refused until `start`."""
        while self._controllers:
            self._controllers.pop().stop()

    def _scripted(self, step: Step, recipients: list[str]) -> _Scripted | None:
        with self._lock:
            for each in self._script:
                if each.step is step and (not each.recipient or each.recipient in recipients):
                    each.times -= 1
                    if each.times <= 0:
                        self._script.remove(each)
                    return each
        return None


class _Peer(Session):
    """What the server remembers of one connection."""

    messages = 0
    user = ""


class _Dialogue(SMTP):
    def __init__(self, owner: ScriptedSmtp, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owner = owner

    def _create_session(self) -> _Peer:
        return _Peer(self.loop)

    async def _handle_client(self) -> None:
        scripted = self._owner._scripted(Step.CONNECT, [])
        if scripted is not None:
            if scripted.answer != DROP:
                await self.push(scripted.answer)
            if self.transport is not None:
                self.transport.close()
            return
        self._owner.sessions += 1
        await super()._handle_client()


class _Controller(Controller):
    def __init__(
        self,
        owner: ScriptedSmtp,
        port: int,
        *,
        starttls: ssl.SSLContext,
        implicit: ssl.SSLContext | None,
    ) -> None:
        self._owner = owner
        self._starttls = None if implicit else starttls
        self._implicit = implicit is not None
        super().__init__(_Handler(owner), HOST, port, ssl_context=implicit)

    def factory(self) -> SMTP:
        return _Dialogue(
            self._owner,
            self.handler,
            hostname="localhost",
            data_size_limit=100_000_000,
            enable_SMTPUTF8=True,
            tls_context=self._starttls,
            auth_required=self._owner.login_required,
            auth_require_tls=False,
            authenticator=self.handler.authenticate,
            loop=self.loop,
        )


class _Handler:
    """aiosmtpd calls these by name."""

    def __init__(self, owner: ScriptedSmtp) -> None:
        self._owner = owner

    async def handle_MAIL(  # noqa: N802
        self, server: Any, _session: _Peer, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        def accept() -> str:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
            return "250 2.1.0 OK"

        return self._answer(server, Step.MAIL, [address], accept)

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: _Peer, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        def accept() -> str:
            limit = self._owner.messages_per_session
            if limit is not None and session.messages >= limit:
                return "452 4.5.3 Too many messages sent"
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
            return "250 2.1.5 OK"

        return self._answer(server, Step.RCPT, [address], accept)

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: _Peer, envelope: Envelope
    ) -> str:
        def accept() -> str:
            session.messages += 1
            self._owner.received.append(
                Received(
                    mail_from=envelope.mail_from or "",
                    recipients=tuple(envelope.rcpt_tos),
                    raw=envelope.original_content or b"",
                    tls=server.transport.get_extra_info("cipher") is not None,
                    login=session.user,
                )
            )
            return "250 2.0.0 OK"

        return self._answer(server, Step.DATA, envelope.rcpt_tos, accept)

    def _answer(
        self, server: Any, step: Step, recipients: list[str], accept: Callable[[], str]
    ) -> str:
        scripted = self._owner._scripted(step, recipients)
        if scripted is None:
            return accept()
        if scripted.keep:
            accept()
        if scripted.answer == DROP:
            server.transport.abort()
            return "421 never heard"
        return scripted.answer

    def authenticate(
        self, _server: SMTP, session: _Peer, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        user, password = data.login.decode(), data.password.decode()
        if self._owner.passwords.get(user) != password:
            return AuthResult(success=False, handled=False)
        session.user = user
        return AuthResult(success=True)

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802
        response = args[1] if len(args) > 1 else ""
        user, _, rest = base64.b64decode(response).decode().partition("\1")
        user = user.removeprefix("user=")
        token = rest.partition("\1")[0].removeprefix("auth=Bearer ")
        if not token or self._owner.access_tokens.get(user) != token:
            await server.challenge_auth('{"status":"401","schemes":"bearer"}')
            return AuthResult(success=False, handled=False)
        server.session.user = user
        return AuthResult(success=True)


@contextmanager
def running_scripted_smtp() -> Iterator[ScriptedSmtp]:
    """A started server that accepts everything from everybody, until told otherwise."""
    folder = Path(tempfile.mkdtemp(prefix="ci-smtp-"))
    server = ScriptedSmtp(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
