"""[watch]: alarms and messages after a ticket is opened."""

from typing import Annotated

from pydantic import AfterValidator, Field

from intake.settings.digest import Digest
from intake.settings.section import Section
from intake.settings.sla import CountedTerm, counted
from routing.watch.alarms import AlarmKind, AlarmPolicy
from routing.watch.guard import Guard
from routing.watch.note_commands import Marks


class Guards(Section):
    """[watch.guard]: what happens when somebody other than the owner changes a field."""

    client: Guard = Guard.NOTE
    deadline: Guard = Guard.NOTE
    priority: Guard = Guard.NOTE

    def build(self) -> dict[str, Guard]:
        return {"client": self.client, "deadline": self.deadline, "priority": self.priority}


def _term_or_never(text: str) -> str:
    return text if text == NEVER else str(counted(text))


NEVER = "never"
TermOrNever = Annotated[str, AfterValidator(_term_or_never)]


class Watch(Section):
    """Alarms for the procedure's deadlines, and reactions to what people do at the desk."""

    enabled: bool = True
    schedule_within: CountedTerm = "2h úteis"
    """Time from the assignment within which the ticket needs a date. If it has none by then, its
    owner and N0 are notified."""
    unscheduled_again: TermOrNever = "9h úteis"
    """Time after which that alarm is repeated, as long as the owner has done nothing on the ticket;
    or `never`."""
    warn_at: float = Field(default=0.2, gt=0, lt=1)
    """The owner is warned when this share of a term is left."""
    escalate_breach: bool = False
    """Whether a ticket goes to the next level when its resolution is overdue."""
    alarms_off: tuple[AlarmKind, ...] = ()
    """Alarms that are never fired."""
    guard: Guards = Guards()
    digest: Digest = Digest()
    notify_schedule: bool = True
    """Whether the client is told the date when the ticket is scheduled."""
    notify_reschedules: bool = True
    """Whether the client is told when that date changes."""
    debounce_minutes: float = Field(default=10, ge=0, le=1440)
    """Changes of a date within this many minutes are sent to the client as one message."""
    solution_mark: str = Field(default="Solução:", min_length=2, max_length=60)
    """How an internal note must begin to be sent to the client when the ticket is done."""
    reason_mark: str = Field(default="Motivo:", min_length=2, max_length=60)
    """How an internal note must begin to be sent to the client when the ticket is cancelled."""

    def alarms(self) -> AlarmPolicy:
        again = self.unscheduled_again
        return AlarmPolicy(
            schedule_within=counted(self.schedule_within),
            again_after=None if again == NEVER else counted(again),
            warn_at=self.warn_at,
            escalate_breach=self.escalate_breach,
            off=frozenset(self.alarms_off),
        )

    ask_after_minutes: float = Field(default=15, ge=0, le=1440)
    """Minutes that the owner has to write that note before being asked for it."""

    def marks(self) -> Marks:
        return Marks(solution=self.solution_mark, reason=self.reason_mark)
