"""What jobs work with: the open journal, the ports, and the firm's settings in force."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from intake.desk.port import Desk
from intake.http.meters import Meters
from intake.journal.database import Database
from intake.replies.sender import Sender
from intake.replies.templates import Templates
from intake.settings.model import Settings
from intake.work.desk_trouble import DeskTrouble
from intake.work.process_run import ProcessRun
from intake.work.queue import Queue
from routing.reception import Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """One version of the settings and of all that is made from them.

    A job takes it once and keeps it, so that a reload never falls into the middle of a decision.
    """

    settings: Settings
    policy: Policy
    templates: Templates


@dataclass(kw_only=True, slots=True)
class Context:
    """Shared by all jobs of this daemon. Only `in_force` and `sender` are ever replaced."""

    database: Database
    queue: Queue
    run: ProcessRun
    desk: Desk
    sender: Sender
    in_force: InForce
    meters: Meters
    clock: Callable[[], datetime]
    desk_trouble: DeskTrouble = field(default_factory=DeskTrouble)
