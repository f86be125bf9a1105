"""What jobs work with: the open journal, the ports, and the firm's settings in force."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from intake.metrics import Meters
from intake.net.desk_trouble import DeskTrouble
from intake.ports.desk import Desk
from intake.ports.sender import Sender
from intake.replies.templates import Templates
from intake.settings.model import Settings
from intake.store.database import Database
from intake.store.process_run import ProcessRun
from intake.store.queue import Queue
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
