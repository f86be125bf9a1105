"""A proxy in front of Odoo that behaves as proxies do on bad days, when a test tells it to."""

import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.servers.certificates import Certificates
from tests.servers.process import HOST

PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said instead of asking Odoo."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html"


BAD_GATEWAY = Answer(502, b"<html><h1>502 Bad Gateway</h1></html>")
OWN_PAGE = Answer(200, b"<html><h1>Em manuten\xc3\xa7\xc3\xa3o</h1></html>")
EMPTY = Answer(200, b"", "application/json")
NOT_JSON_RPC = Answer(200, b'{"ok": true}', "application/json")
CUT = Answer(0)
"""The connection is closed without an answer."""
LOST = Answer(-1)
"""Odoo is asked, and its answer is lost."""
SILENT = Answer(-2)
"""Nothing comes until the test calls `speak`."""
HELD = Answer(-3)
"""Odoo is asked, and its answer is kept back until the test calls `speak`."""


class OdooFront:
    """Made by `running_odoo_front()`."""

    def __init__(self, target: str, url: str) -> None:
        self.url = url
        self.paths: list[str] = []
        """What was asked for, in order."""
        self.databases: list[str | None] = []
        """Which database each of them named in its headers."""
        self._target = target
        self._lock = threading.Lock()
        self._instead: list[Answer] = []
        self._always: Answer | None = None
        self._choking: dict[bytes, Answer] = {}
        self._speak = threading.Event()
        self.holding = threading.Event()
        """Set when Odoo has done what was asked, and nobody has been told."""

    def answer_next(self, *answers: Answer) -> None:
        """To the next requests, one each."""
        with self._lock:
            self._instead += answers

    def answer_always(self, answer: Answer | None) -> None:
        """To all that come from now on; None: ask Odoo again."""
        with self._lock:
            self._always = answer

    def choke_on(self, words: bytes, answer: Answer) -> None:
        """Give that answer to every request in which these words stand."""
        with self._lock:
            self._choking[words] = answer

    def speak(self) -> None:
        """End the silence, with a 502, and all silences after it."""
        self._speak.set()

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        """One request."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        with self._lock:
            self.paths.append(handler.path)
            self.databases.append(handler.headers.get("X-Odoo-Database"))
            chosen = self._instead.pop(0) if self._instead else self._always
            choked = [each for words, each in self._choking.items() if words in body]
            chosen = chosen or next(iter(choked), None)
        if chosen == SILENT:
            self._speak.wait(PATIENCE)
            chosen = BAD_GATEWAY
        if chosen in (None, LOST, HELD):
            answer = self._ask(handler, body)
            if chosen == HELD:
                self.holding.set()
                self._speak.wait(PATIENCE)
            chosen = CUT if chosen == LOST else answer
        assert chosen is not None
        if chosen == CUT:
            handler.close_connection = True
            return
        handler.send_response(chosen.status)
        handler.send_header("Content-Type", chosen.content_type)
        handler.send_header("Content-Length", str(len(chosen.body)))
        handler.end_headers()
        handler.wfile.write(chosen.body)

    def _ask(self, handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
        request = urllib.request.Request(
            self._target + handler.path, data=body, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, answer.read(), answer.headers["Content-Type"])
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), error.headers["Content-Type"])
        except OSError:
            return BAD_GATEWAY


@contextmanager
def running_odoo_front(
    target: str, certificates: Certificates | None = None
) -> Iterator[OdooFront]:
    """In front of the Odoo at `target`; with certificates by TLS, as proxies should be."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                front.respond(self)
            except (BrokenPipeError, ConnectionResetError):
                # The client has given up waiting.
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    if certificates is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate, certificates.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if certificates is None else "https"
    front = OdooFront(target, f"{scheme}://{HOST}:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield front
    finally:
        front.speak()
        server.shutdown()
        server.server_close()
        thread.join()
