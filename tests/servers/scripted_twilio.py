"""Twilio on loopback as no description has it: slow, redirecting, failing, as the test says."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.servers.process import HOST


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer. `pause` in seconds, between the head and the rest."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    authorization: str
    body: bytes = b""


class ScriptedTwilio:
    """Answers each path with its answers in turn; the last one for ever. Else 404."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Answer]] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self.port = self._server.server_address[1]
        self.url = f"http://{HOST}:{self.port}"

    def say(self, path: str, *answers: Answer) -> None:
        """`path` without its query."""
        self._answers[path] = list(answers)

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            left = self._answers.get(asked.path.partition("?")[0], [Answer(status=404)])
            return left.pop(0) if len(left) > 1 else left[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, self.path, self.headers.get("Authorization", ""), body)
                answer = scripted._next(asked)
                try:
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    self.wfile.flush()
                    time.sleep(answer.pause)
                    self.wfile.write(answer.body)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Handler


@contextmanager
def running_scripted_twilio() -> Iterator[ScriptedTwilio]:
    """Until the block ends."""
    server = ScriptedTwilio()
    server.start()
    try:
        yield server
    finally:
        server.stop()
