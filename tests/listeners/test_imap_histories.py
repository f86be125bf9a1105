"""Whatever a mailbox goes through, every message that a look could see is in the journal, once."""

import asyncio
import copy
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.listeners.place import Place
from tests.listeners.writing import mail
from tests.servers.scripted_imap import Message, running_scripted_imap

STEPS = (
    "add",
    "add",
    "add",
    "delete",
    "look",
    "reconcile",
    "renumber",
    "back up",
    "restore",
    "late",
)


class History:
    """A mailbox as its users and its administrator treat it, and what must be in the journal."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.server = place.server
        self.server.uid_next = 1
        self.backup: list[Message] = []
        self.backed_up_at = 1
        self.written = 0
        self.used: set[int] = set()
        """UIDs that are not to be given out again, as long as UIDVALIDITY stays."""
        self.seen: set[bytes] = set()
        self.renumbered = False

    async def do(self, step: str, which: int) -> None:
        messages = self.server.messages
        if step == "add":
            self._write(self.server.uid_next or 1)
        elif step == "late" and messages and (unused := set(range(1, messages[0].uid)) - self.used):
            # Against all rules, but it happens: below what was there.
            self._write(max(unused), first=True)
            await self._look(reconcile=True)
        elif step == "skip":
            self.server.uid_next = (self.server.uid_next or 1) + 1 + which % 3
        elif step == "delete" and messages:
            messages.pop(which % len(messages))
        elif step == "renumber":
            self.renumbered = True
            self.server.uid_validity += 1
            for uid, message in enumerate(messages, 1):
                message.uid = uid
            self.server.uid_next = len(messages) + 1
            self.used = {message.uid for message in messages}
            self.backup = []
        elif step == "back up":
            self.backup, self.backed_up_at = copy.deepcopy(messages), self.server.uid_next or 1
        elif step == "restore" and self.backup:
            self.renumbered = True
            messages[:] = copy.deepcopy(self.backup)
            self.server.uid_next = self.backed_up_at
            self.used = set(range(1, self.backed_up_at))
            await self._look()
        elif step in ("look", "reconcile"):
            await self._look(reconcile=step == "reconcile")

    def _write(self, uid: int, *, first: bool = False) -> None:
        self.written += 1
        self.used.add(uid)
        messages = self.server.messages
        messages.insert(0 if first else len(messages), Message(uid, mail(self.written)))
        self.server.uid_next = max(self.server.uid_next or 1, uid + 1)

    async def _look(self, *, reconcile: bool = False) -> None:
        there = {message.raw for message in self.server.messages}
        listener = self.place.listener(batch=2)
        await listener.drain()
        if reconcile:
            await listener.reconcile()
        self.seen |= there
        late = {message.raw for message in self.server.messages} - set(self.place.intake.raws)
        assert not (late and reconcile), "a comparison leaves nothing out"


async def _live(steps: list[tuple[str, int]]) -> None:
    with running_scripted_imap() as server, tempfile.TemporaryDirectory() as folder:
        history = History(Place(server, Path(folder) / "password"))
        for step, which in steps:
            await history.do(step, which)
        await history.do("reconcile", 0)
        raws = history.place.intake.raws
        assert history.seen == set(raws)
        if not history.renumbered:
            assert len(raws) == len(set(raws)), "once each"


def _steps(*names: str) -> list[tuple[str, int]]:
    return [(name, 0) for name in names]


@example(_steps("add", "back up", "add", "look", "restore", "add", "look"))
@example(_steps("add", "add", "look", "delete", "renumber", "add", "look"))
@example(_steps("add", "look", "skip", "add", "look", "late", "add"))
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 50)), max_size=12))
def test_nothing_that_was_there_is_left_out(steps: list[tuple[str, int]]) -> None:
    asyncio.run(_live(steps))
