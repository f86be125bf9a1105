"""The chat's twin in memory, for tests and trials."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from intake.ports.chat import Author, ChannelState, ChatReply, Contact, NewLines, Written
from intake.ports.desk import DeskUnavailable


class MemoryChat:
    """Call `write` for what people write; `said` has the answers they got."""

    def __init__(self, contacts: Mapping[str, Sequence[Contact]] | None = None) -> None:
        self.name = "comandos de atendimento"
        self.known = dict(contacts or {})
        self.written: list[Written] = []
        self.said: list[ChatReply] = []
        self.is_away = False
        self.created_by_setup = False

    def write(self, html: str, author: Author, at: datetime) -> int:
        """Add a message and return its id."""
        number = len(self.written) + 1
        self.written.append(Written(id=number, at=at, html=html, author=author))
        return number

    async def enter(self) -> ChannelState:
        """See `Chat.enter`."""
        self._answer()
        last = self.written[-1] if self.written else None
        return ChannelState(
            id=1,
            newest=last.id if last else 0,
            newest_at=last.at if last else None,
            created_by_setup=self.created_by_setup,
        )

    async def after(self, last: int, *, seen: Collection[int] = ()) -> NewLines:
        """See `Chat.after`. The last message is returned once more, as a real chat does."""
        self._answer()
        found = [each for each in self.written if each.id > last and each.id not in seen]
        return NewLines(written=found, last=max(last, len(self.written) - 1))

    async def contacts(self, name: str) -> Sequence[Contact] | None:
        """See `Chat.contacts`."""
        self._answer()
        return self.known.get(name, ())

    async def say(self, room: int, answer: ChatReply) -> None:
        """See `Chat.say`."""
        self._answer()
        if answer.mark not in {each.mark for each in self.said}:
            self.said.append(answer)

    async def check(self) -> str:
        """See `Chat.check`."""
        self._answer()
        return f"memory: {len(self.written)} messages"

    def _answer(self) -> None:
        if self.is_away:
            raise DeskUnavailable("the chat does not answer")
