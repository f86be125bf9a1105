"""What jobs work with: the open database, the ports, and the active config."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from intake.active_config import ActiveConfig
from intake.metrics import Metrics
from intake.net.desk_trouble import DeskTrouble
from intake.ports.desk import Desk
from intake.ports.messages import StoredMessage
from intake.ports.sender import Sender
from intake.settings.mail import Mail
from intake.store.database import Database
from intake.store.process_run import ProcessRun
from intake.store.queue import Queue
from routing.message import Message

MessageReader = Callable[[StoredMessage, Mail, frozenset[str]], Message]
"""Reads what a channel stored, within the limits, for a firm with these own addresses.

Raises ChannelUnknown if no reader exists for the channel.
"""


@dataclass(kw_only=True, slots=True)
class Context:
    """Shared by all jobs of this daemon. Only `config` and `sender` are ever replaced."""

    database: Database
    queue: Queue
    run: ProcessRun
    desk: Desk
    sender: Sender
    config: ActiveConfig
    metrics: Metrics
    read: MessageReader
    clock: Callable[[], datetime]
    desk_trouble: DeskTrouble = field(default_factory=DeskTrouble)
