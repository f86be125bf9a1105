"""A small IMAP server that misbehaves when and how a test tells it to (RFC 3501, 2177).

It knows one folder, takes any login, and only the commands that our listener needs. For what a
well-behaved server does there is Dovecot.
"""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers.process import HOST


@dataclass(slots=True)
class Message:
    """`withheld`: FETCH of the body leaves it out, `refused`: is answered by NO, `deadly`: the
    connection breaks. `headless`: the same goes for the header."""

    uid: int
    raw: bytes
    withheld: bool = False
    refused: bool = False
    deadly: bool = False
    headless: bool = False


@dataclass(slots=True)
class ScriptedImap:
    """Made by `running_scripted_imap()`. What tests set applies at once."""

    port: int = 0
    capabilities: str = "IMAP4rev1 IDLE"
    uid_validity: int = 7
    uid_next: int | None = None
    """What it announces as UIDNEXT, where that is not the highest UID's successor; 0: nothing."""
    messages: list[Message] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    """All that clients said, without tags."""
    sessions: int = 0
    mute: bool = False
    """Accepts connections and never says anything."""
    greeting: str = "* OK ready"
    login_answer: str = "OK logged in"
    cut_at: str = ""
    """Breaks the connection instead of answering this command, once."""
    garbled_at: str = ""
    """Answers this command with what is no IMAP, once."""
    permanent_flags: str = "\\Seen \\*"
    """What clients may set; `\\*` stands for keywords of their own."""
    at_idle: Callable[["Dialogue"], None] | None = None
    """Called once instead of the answer to the next IDLE."""
    during_fetch: Callable[["Dialogue"], None] | None = None
    """Called once before the answer to the next FETCH of a body is complete."""
    dialogues: list["Dialogue"] = field(default_factory=list)

    host = HOST

    def add(self, raw: bytes, **faults: bool) -> Message:
        """A new message; nobody is told."""
        uid = max((message.uid for message in self.messages), default=0) + 1
        self.messages.append(Message(uid, raw, **faults))
        return self.messages[-1]

    def push(self) -> None:
        """Tell all connections how many messages there are."""
        for dialogue in list(self.dialogues):
            dialogue.say(self.exists)

    @property
    def exists(self) -> str:
        return f"* {len(self.messages)} EXISTS"

    @property
    def effects(self) -> list[str]:
        """The line about UIDNEXT, if any."""
        highest = max((message.uid for message in self.messages), default=0)
        effects = highest + 1 if self.uid_next is None else self.uid_next
        return [f"* OK [UIDNEXT {effects}] so"] if effects else []

    def cut(self) -> None:
        """All connections break."""
        for dialogue in list(self.dialogues):
            dialogue.cut()


class Dialogue(socketserver.StreamRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True
    server: "_Server"

    def say(self, *lines: str | bytes) -> None:
        """All in one packet."""
        data = b"".join((x.encode() if isinstance(x, str) else x) + b"\r\n" for x in lines)
        self.wfile.write(data)

    def cut(self) -> None:
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def handle(self) -> None:
        script = self.server.script
        script.sessions += 1
        script.dialogues.append(self)
        try:
            if script.mute:
                self.rfile.read()
                return
            self.say(script.greeting)
            while line := self.rfile.readline():
                tag, _, command = line.decode().strip().partition(" ")
                script.commands.append(command)
                self._answer(tag, command)
                if command == "LOGOUT":
                    return
        except (OSError, ValueError):
            return
        finally:
            script.dialogues.remove(self)

    def _answer(self, tag: str, command: str) -> None:
        script = self.server.script
        verb = command.upper().removeprefix("UID ").partition(" ")[0]
        if verb == script.cut_at:
            script.cut_at = ""
            self.cut()
            return
        if verb == script.garbled_at:
            script.garbled_at = ""
            self.say(f"* {verb} ((\xff {{x}} nonsense", f"{tag} WHAT")
            return
        match verb:
            case "CAPABILITY":
                self.say(f"* CAPABILITY {script.capabilities}", f"{tag} OK done")
            case "LOGIN":
                self.say(f"{tag} {script.login_answer}")
            case "SELECT" | "EXAMINE":
                self.say(
                    script.exists,
                    "* 0 RECENT",
                    "* FLAGS (\\Seen)",
                    f"* OK [PERMANENTFLAGS ({script.permanent_flags})] so",
                    f"* OK [UIDVALIDITY {script.uid_validity}] so",
                    *script.effects,
                    f"{tag} OK [READ-WRITE] done",
                )
            case "SEARCH":
                self._search(tag, command)
            case "FETCH":
                self._fetch(tag, command)
            case "IDLE":
                self._idle(tag)
            case "LOGOUT":
                self.say("* BYE bye", f"{tag} OK done")
            case _:
                self.say(f"{tag} OK done")

    def _search(self, tag: str, command: str) -> None:
        uids = self._uids(command.partition("SEARCH UID ")[2].split()[0])
        self.say(" ".join(["* SEARCH", *map(str, uids)]), f"{tag} OK done")

    def _uids(self, wanted: str) -> list[int]:
        """`5`, `3:7`, `*`, `9:*` (which always means the last message too, RFC 3501) and lists."""
        there = [message.uid for message in self.server.script.messages]
        wanted = wanted.replace("*", str(max(there, default=0)))
        found: set[int] = set()
        for part in wanted.split(","):
            ends = sorted(int(end) for end in part.split(":"))
            found |= {uid for uid in there if ends[0] <= uid <= ends[-1]}
        return sorted(found)

    def _fetch(self, tag: str, command: str) -> None:
        script = self.server.script
        wanted, _, items = command.partition("FETCH ")[2].partition(" ")
        body, head = "BODY.PEEK[]" in items, "BODY.PEEK[HEADER]" in items
        answer: list[str | bytes] = []
        for uid in self._uids(wanted):
            number, message = next((n, m) for n, m in enumerate(script.messages, 1) if m.uid == uid)
            if body or (head and message.headless):
                if message.deadly:
                    self.cut()
                    return
                if message.refused:
                    self.say(f"{tag} NO cannot read it")
                    return
                if message.withheld:
                    continue
            answer.append(_line(number, message, body=body, head=head))
        self.say(*answer[:1])
        if body and script.during_fetch is not None:
            act, script.during_fetch = script.during_fetch, None
            act(self)
        self.say(*answer[1:], f"{tag} OK done")

    def _idle(self, tag: str) -> None:
        script = self.server.script
        if script.at_idle is not None:
            act, script.at_idle = script.at_idle, None
            act(self)
        else:
            self.say("+ idling")
        if not self.rfile.readline():
            raise ConnectionError
        self.say(f"{tag} OK idle done")


def _line(number: int, message: Message, *, body: bool, head: bool) -> bytes:
    start = b"* %d FETCH (UID %d " % (number, message.uid)
    if body:
        return start + b"BODY[] {%d}\r\n%s)" % (len(message.raw), message.raw)
    if head:
        header, mark, text = message.raw.partition(b"\r\n\r\n")
        header += mark
        parts = (len(header), header, len(text[:1]), text[:1])
        return start + b"BODY[HEADER]<0> {%d}\r\n%s BODY[TEXT]<0> {%d}\r\n%s)" % parts
    date = b'"24-Nov-2026 12:00:00 +0000"'
    return start + b"RFC822.SIZE %d INTERNALDATE %s)" % (len(message.raw), date)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    script: ScriptedImap


@contextmanager
def running_scripted_imap() -> Iterator[ScriptedImap]:
    """A listening server with an empty folder."""
    with _Server((HOST, 0), Dialogue) as server:
        server.script = ScriptedImap(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.script
        finally:
            server.shutdown()
            server.script.cut()
            thread.join()
