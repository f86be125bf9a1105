"""The sender's twin in memory, for tests, trials, and to see what would be sent."""

from collections import deque
from collections.abc import Iterable

from intake.ports.sender import Delivery, Outcome, Outgoing


class MemorySender:
    """Keeps what it is given. Each message uses up one of the `answers`; then everything is
    SENT.
    """

    def __init__(self, answers: Iterable[Delivery] = ()) -> None:
        self.answers = deque(answers)
        self.sent: list[Outgoing] = []
        self.attempts: list[Outgoing] = []

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Return the next scripted answer, else SENT."""
        self.attempts.append(outgoing)
        delivery = self.answers.popleft() if self.answers else Delivery(outcome=Outcome.SENT)
        if delivery.outcome is Outcome.SENT:
            self.sent.append(outgoing)
        return delivery

    async def check(self) -> str:
        """Always succeeds."""
        return f"memory: {len(self.sent)} sent"

    async def close(self) -> None:
        """Does nothing: there is nothing to release."""
