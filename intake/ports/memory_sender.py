"""The sender's in-memory twin: for tests, trials, and to see what would be sent."""

from collections import deque
from collections.abc import Iterable

from intake.ports.sender import Delivery, Outcome, Outgoing


class MemorySender:
    """Keeps what it is given. `answers` are used up one a message; then everything is SENT."""

    def __init__(self, answers: Iterable[Delivery] = ()) -> None:
        self.answers = deque(answers)
        self.sent: list[Outgoing] = []
        self.attempts: list[Outgoing] = []

    async def send(self, outgoing: Outgoing) -> Delivery:
        """The next scripted answer, else SENT."""
        self.attempts.append(outgoing)
        delivery = self.answers.popleft() if self.answers else Delivery(outcome=Outcome.SENT)
        if delivery.outcome is Outcome.SENT:
            self.sent.append(outgoing)
        return delivery

    async def check(self) -> str:
        """Always fine."""
        return f"memory: {len(self.sent)} sent"

    async def close(self) -> None:
        """Nothing to let go of."""
