"""[watch]: what keeps the procedure's promises after the ticket is opened."""

from pydantic import Field

from intake.settings.section import Section
from routing.watch.guard import Guard
from routing.watch.note_commands import Marks


class Guards(Section):
    """[watch.guard]: what follows when somebody other than the owner changes a field."""

    client: Guard = Guard.NOTE
    deadline: Guard = Guard.NOTE
    priority: Guard = Guard.NOTE

    def build(self) -> dict[str, Guard]:
        return {"client": self.client, "deadline": self.deadline, "priority": self.priority}


class Watch(Section):
    """The clock, and what follows from what people do."""

    enabled: bool = True
    guard: Guards = Guards()
    tell_schedule: bool = True
    """Whether the client is told the date when the ticket is scheduled."""
    tell_moves: bool = True
    """Whether the client is told when that date moves."""
    gather_minutes: float = Field(default=10, ge=0, le=1440)
    """Minutes in which several moves of a date are gathered into one message."""
    solution_mark: str = Field(default="Solução:", min_length=2, max_length=60)
    """How an internal note begins that is sent to the client when the ticket is done."""
    reason_mark: str = Field(default="Motivo:", min_length=2, max_length=60)
    """The same for a ticket that is cancelled."""

    def marks(self) -> Marks:
        return Marks(solution=self.solution_mark, reason=self.reason_mark)
