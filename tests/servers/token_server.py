"""An OAuth 2.0 token server (RFC 6749, 7662) whose access tokens the test Dovecot accepts."""

import base64
import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from tests.servers.dovecot import Dovecot
from tests.servers.process import HOST


@dataclass(slots=True)
class TokenServer:
    """Made by `running_token_server()`. Every refresh token is good for one use."""

    user: str
    dovecot: Dovecot | None
    opaque: bool = False
    """Its access tokens mean something to itself only, and Dovecot asks it; else they are JWTs."""
    url: str = ""
    client_id: str = "the-client"
    client_secret: str = "the-secret"
    refresh_token: str = "refresh-0"
    """The only one that is valid now."""
    rotates: bool = True
    expires_in: float = 3600
    token_expires_in: float | None = None
    """How long its tokens really last, where that is not `expires_in`."""
    requests: list[dict[str, str]] = field(default_factory=list)
    """All forms that were posted, with `basic_user` where HTTP Basic was used."""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    """What to say instead, to the next requests: status and body."""
    introspected: list[str] = field(default_factory=list)
    """The access tokens that it was asked about."""
    _valid_until: dict[str, float] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, form: dict[str, str]) -> tuple[int, bytes]:
        """Status and body for a form."""
        with self._lock:
            self.requests.append(form)
            if self.answers:
                return self.answers.pop(0)
            secret = form.get("client_secret") or form.get("basic_password")
            if secret != self.client_secret:
                return _error("invalid_client", 401)
            answer: dict[str, Any] = {
                "access_token": self._access_token(),
                "token_type": "Bearer",
                "expires_in": self.expires_in,
            }
            if form["grant_type"] == "refresh_token":
                if form["refresh_token"] != self.refresh_token:
                    return _error("invalid_grant", 400)
                if self.rotates:
                    self.refresh_token = f"refresh-{next(self._numbers)}"
                    answer["refresh_token"] = self.refresh_token
            elif form["grant_type"] != "client_credentials":
                return _error("unsupported_grant_type", 400)
            return 200, json.dumps(answer).encode()

    def introspect(self, token: str) -> tuple[int, bytes]:
        """What there is to say of an access token."""
        with self._lock:
            self.introspected.append(token)
            if self._valid_until.get(token, 0) < time.time():
                return 200, b'{"active": false}'
            return 200, json.dumps({"active": True, "email": self.user}).encode()

    def revoke(self) -> None:
        """All access tokens of before are worth nothing any more."""
        with self._lock:
            self._valid_until.clear()

    def _access_token(self) -> str:
        lasts = self.expires_in if self.token_expires_in is None else self.token_expires_in
        if self.dovecot is None or self.opaque:
            token = f"access-{len(self.requests)}"
            self._valid_until[token] = time.time() + lasts
            return token
        return self.dovecot.access_token(self.user, expires_in=lasts)


def _error(code: str, status: int) -> tuple[int, bytes]:
    body = {"error": code, "error_description": f"{code} it is\r\nTrace ID: 1234"}
    return status, json.dumps(body).encode()


class _Request(BaseHTTPRequestHandler):
    server: "_Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        form = dict(parse_qsl(body.decode()))
        scheme, _, credentials = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            decoded = base64.b64decode(credentials).decode()
            form["basic_user"], _, form["basic_password"] = decoded.partition(":")
        tokens = self.server.tokens
        if self.path == "/introspect":
            status, answer = tokens.introspect(form["token"])
        else:
            status, answer = tokens.answer(form)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    tokens: TokenServer


@contextmanager
def running_token_server(
    user: str, dovecot: Dovecot | None = None, *, opaque: bool = False
) -> Iterator[TokenServer]:
    """Gives out access tokens for `user`: real ones for that Dovecot, else made-up ones."""
    port = dovecot.ports.tokens if dovecot is not None else 0
    with _Server((HOST, port), _Request) as server:
        url = f"http://{HOST}:{server.server_port}/token"
        server.tokens = TokenServer(user, dovecot, opaque=opaque, url=url)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.tokens
        finally:
            server.shutdown()
            thread.join()
