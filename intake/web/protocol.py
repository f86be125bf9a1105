"""uvicorn's HTTP/1.1 with limits: the size and time of a request's head, and pipelined requests.

Source: RFC 9112; *Slowloris* (CWE-400). Checked against the uvicorn version in the lock file.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from intake.net.client_addresses import plain
from intake.web.connections import Connections, Phase

MOST_AHEAD = 16
"""Requests that a client may send before it has read the response to the first."""
OFFERS = (b"upgrade", b"http2-settings")


class LimitedConfig(uvicorn.Config):
    """uvicorn's configuration, with the limits that `Wire` needs."""

    def __init__(self, *, connections: Connections, head_bytes: int, **others: Any) -> None:
        self.connections = connections
        self.head_bytes = head_bytes
        super().__init__(http=LimitedProtocol, ws="none", **others)


class LimitedProtocol(HttpToolsProtocol):
    """One client's connection."""

    config: LimitedConfig

    def __init__(self, config: LimitedConfig, *more: Any, **others: Any) -> None:
        super().__init__(config, *more, **others)
        self._house = config.connections
        self._in_head = False
        self._in_message = False
        self._head_size = 0
        self._refusal = HTTPStatus.BAD_REQUEST

    # Opening and closing

    def connection_made(self, transport: Any) -> None:
        """Admit the connection, or refuse it if the limits are reached."""
        super().connection_made(transport)
        host, port = self.client or ("", 0)
        address = plain(host)
        if address is not None:
            # uvicorn compares this address with the trusted proxies.
            self.client = (str(address), port)
        if not self._house.admit(self, host):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection as closed."""
        self._house.left(self)
        super().connection_lost(exc)

    def end(self, phase: Phase) -> None:
        """See `Connection.end`. A request whose head is incomplete is told the reason."""
        if phase is Phase.HEAD and self._in_head and self._at_rest:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        elif phase is Phase.WORK:
            self.transport.abort()
        else:
            self.transport.close()

    def cut(self) -> None:
        """See `Connection.cut`."""
        self.transport.abort()

    # Incoming data

    def data_received(self, data: bytes) -> None:
        """Like uvicorn's, but limits the head's size and logs nothing about invalid requests.

        Otherwise strangers could fill the disk with log lines.
        """
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        of = self.scope if self._in_head else None
        rest = data
        try:
            while rest:
                rest = self._read(rest)
        except httptools.HttpParserError:
            self._refuse(self._refusal)
        if self._in_head and self.scope is of:
            # All of the data belongs to one head that has not ended yet.
            self._head_size += len(data)
            if self._head_size > self.config.head_bytes:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A request's head has begun."""
        super().on_message_begin()
        self._in_head = self._in_message = True
        self._head_size = 0
        if self._at_rest:
            self._house.enter(self, Phase.HEAD)

    def on_headers_complete(self) -> None:
        """A head has ended: the request is processed now, or after those before it."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.config.head_bytes:
            self._refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise ValueError("the head is too large")
        if self.parser.get_method() == b"CONNECT":
            raise ValueError("we are no proxy")
        if len(self.pipeline) >= MOST_AHEAD:
            self.transport.abort()
            raise ValueError("too many requests in advance")
        self._in_head = False
        at_rest = self._at_rest
        super().on_headers_complete()
        if at_rest:
            self._house.enter(self, Phase.WORK)

    def on_message_complete(self) -> None:
        """A request's body has ended."""
        self._in_message = False
        super().on_message_complete()
        if self._at_rest:
            self._house.enter(self, Phase.IDLE)

    def on_response_complete(self) -> None:
        """A response has been sent: enter the next phase."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._house.enter(self, Phase.ENDING)
        elif not self._at_rest:
            self._house.enter(self, Phase.WORK)
        elif self._in_head:
            self._house.enter(self, Phase.HEAD)
        else:
            self._house.enter(self, Phase.REST if self._in_message else Phase.IDLE)

    @property
    def _at_rest(self) -> bool:
        """Whether every request has been answered."""
        return self.cycle is None or self.cycle.response_complete

    # Offers to switch to another protocol

    def _should_upgrade(self) -> bool:
        # True stops uvicorn from processing the request yet: its parser stops at the offer and
        # would treat the request's body as data of the other protocol.
        return True

    def _read(self, data: bytes) -> bytes:
        """Parse data. Returns what is still to be parsed: after an offer, the request without the
        offer."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            return self._as_we_are() + data[offer.args[0] :]
        return b""

    def _as_we_are(self) -> bytes:
        """The request's head without its offer, which may be ignored (RFC 9110, 7.8)."""
        head = [self.parser.get_method(), b" ", self.url, b" HTTP/1.1\r\n"]
        for name, value in _without_offer(self.headers):
            head += [name, b": ", value, b"\r\n"]
        self.parser = httptools.HttpRequestParser(self)
        return b"".join(head) + b"\r\n"

    # Responses that the application does not write

    def _refuse(self, status: HTTPStatus) -> None:
        """Close the connection, with an error response unless another response is being sent."""
        if self.transport.is_closing():
            return
        if self._at_rest:
            words = f"{status.phrase}\n".encode()
            self.transport.write(
                STATUS_LINE[status]
                + b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
                + b"content-length: %d\r\n\r\n%b" % (len(words), words)
            )
        self._house.enter(self, Phase.ENDING)
        self.transport.close()


def _without_offer(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    for name, value in headers:
        if name == b"connection":
            kept = [each.strip() for each in value.split(b",")]
            kept = [each for each in kept if each.lower() not in OFFERS]
            if kept:
                yield name, b", ".join(kept)
        elif name not in OFFERS:
            yield name, value
