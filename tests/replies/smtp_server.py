"""A small SMTP server that does at each command what a test tells it to."""

import asyncio
import base64
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

DROP = "drop"
"""Close the connection instead of answering."""
HANG = "hang"
"""Never answer."""

_FRIENDLY = {
    "CONNECT": "220 test ESMTP",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    "CONTENT": "250 2.0.0 taken",
    "RSET": "250 2.0.0 ok",
    "NOOP": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 bye",
}


@dataclass
class ScriptedSmtp:
    """`script[verb]` answers the next commands of that kind, one after the other; then all is well.

    `taken` holds every mail for which it reached its answer to the content, whatever that was.
    """

    port: int = 0
    extensions: tuple[str, ...] = ("SIZE 1000000", "8BITMIME", "SMTPUTF8")
    logins: dict[str, str] = field(default_factory=dict)
    """user → password or token; empty: no AUTH is offered."""
    tls: ssl.SSLContext | None = None
    mails_per_session: int = 0
    """After so many, 452 to each MAIL, as OpenSMTPD does; 0: no limit."""
    script: defaultdict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    sessions: int = 0
    commands: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while a command waits for an answer that never comes."""

    def say(self, verb: str, *answers: str) -> None:
        self.script[verb].extend(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        try:
            await _Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


class _Dropped(ConnectionError):
    pass


class _Session:
    def __init__(
        self, server: ScriptedSmtp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.encrypted = False
        self.mails = 0

    async def run(self) -> None:
        await self.answer("CONNECT")
        while line := await self.reader.readline():
            command = line.decode().strip()
            self.server.commands.append(command)
            verb = command.partition(" ")[0].upper()
            match verb:
                case "EHLO":
                    await self.write(self.greeting())
                case "STARTTLS":
                    await self.write("220 go ahead")
                    assert self.server.tls is not None
                    await self.writer.start_tls(self.server.tls)
                    self.encrypted = True
                case "AUTH":
                    await self.authenticate(command)
                case "MAIL" if 0 < self.server.mails_per_session <= self.mails:
                    await self.write("452 4.5.3 Too many messages sent")
                case "DATA":
                    await self.data()
                case "QUIT":
                    await self.answer("QUIT")
                    return
                case _:
                    await self.answer(verb)

    def greeting(self) -> str:
        lines = ["test", *self.server.extensions]
        if self.server.tls is not None and not self.encrypted:
            lines.append("STARTTLS")
        if self.server.logins:
            lines.append("AUTH PLAIN XOAUTH2 OAUTHBEARER")
        return "\r\n".join(["250-" + line for line in lines[:-1]] + ["250 " + lines[-1]])

    async def data(self) -> None:
        if not (await self.answer("DATA")).startswith("354"):
            return
        content = await self.reader.readuntil(b"\r\n.\r\n")
        self.server.taken.append(content[:-3].replace(b"\r\n..", b"\r\n."))
        await self.answer("CONTENT")
        self.mails += 1

    async def authenticate(self, command: str) -> None:
        _, mechanism, initial = command.split(" ", 2)
        said = base64.b64decode(initial).decode()
        expected = {
            "PLAIN": "\0{0}\0{1}",
            "XOAUTH2": "user={0}\x01auth=Bearer {1}\x01\x01",
            "OAUTHBEARER": "n,a={0},\x01auth=Bearer {1}\x01\x01",
        }[mechanism.upper()]
        if any(said == expected.format(*login) for login in self.server.logins.items()):
            await self.write("235 2.7.0 welcome")
            return
        if mechanism.upper() != "PLAIN":
            await self.write("334 " + base64.b64encode(b'{"status":"401"}').decode())
            await self.reader.readline()
        await self.write("535 5.7.8 no")

    async def answer(self, verb: str) -> str:
        scripted = self.server.script[verb]
        answer = scripted.popleft() if scripted else _FRIENDLY.get(verb, "250 ok")
        if answer == DROP:
            raise _Dropped
        if answer == HANG:
            self.server.hanging.set()
            await self.reader.read()
            raise _Dropped
        await self.write(answer)
        if answer.startswith("421"):
            raise _Dropped
        return answer

    async def write(self, text: str) -> None:
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()


@asynccontextmanager
async def scripted_smtp(server: ScriptedSmtp, *, implicit_tls: bool = False) -> AsyncIterator[None]:
    """Serve on a free port of 127.0.0.1 until the end of the context."""
    listening = await asyncio.start_server(
        server.serve, "127.0.0.1", server.port, ssl=server.tls if implicit_tls else None
    )
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield
        listening.close()
