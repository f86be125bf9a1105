"""An SMTP server that has a mail whole and keeps its "250" back until told."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.process import HOST, wait_until

ANSWERS = {b"EHLO": b"250 held", b"MAIL": b"250 OK", b"RCPT": b"250 OK", b"QUIT": b"221 Bye"}


class HeldSmtp(socketserver.ThreadingTCPServer):
    """Made by `held_smtp()`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self._go = threading.Event()
        super().__init__((HOST, 0), _Dialogue)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def wait_for(self, count: int) -> None:
        """Until so many mails have come in whole, answered or not."""
        wait_until(lambda: len(self.received) >= count, f"{count} mails at the SMTP server")

    def let_go(self) -> None:
        """Answer, now and from now on."""
        self._go.set()

    def take(self, mail: bytes) -> None:
        """Have it, and wait."""
        self.received.append(mail)
        self._go.wait()


class _Dialogue(socketserver.StreamRequestHandler):
    server: HeldSmtp

    def handle(self) -> None:
        try:
            self._talk()
        except ConnectionError:
            # The other side was killed.
            return

    def _talk(self) -> None:
        self._say(b"220 held ESMTP")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb != b"DATA":
                self._say(ANSWERS.get(verb, b"500 5.5.1 Unknown"))
                continue
            self._say(b"354 Go on")
            self.server.take(self._mail())
            self._say(b"250 OK")

    def _mail(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise ConnectionResetError
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def held_smtp() -> Iterator[HeldSmtp]:
    """A started one; it holds every mail until `let_go`."""
    with HeldSmtp() as server:
        thread = threading.Thread(target=server.serve_forever, name="held smtp")
        thread.start()
        try:
            yield server
        finally:
            server.let_go()
            server.shutdown()
            thread.join()
