"""A listener to the server that misbehaves."""

from pathlib import Path

from intake.channels.email.imap.listener import ImapListener
from intake.ports.memory_inbox import MemoryIntake, MemoryProgress, MemoryTokenStore
from intake.settings.listeners import Imap
from tests.listeners.writing import QUICK, now, subject
from tests.servers.scripted_imap import ScriptedImap


class Place:
    """A listener to the scripted server, and the journal behind it."""

    source = "imap:caixa/INBOX"

    def __init__(self, server: ScriptedImap, password_file: Path) -> None:
        password_file.write_text("x")
        self.server = server
        self.intake = MemoryIntake()
        self.progress = MemoryProgress()
        self._password_file = password_file

    def listener(self, **changes: object) -> ImapListener:
        settings = Imap.model_validate(
            {
                "name": "caixa",
                "host": self.server.host,
                "port": self.server.port,
                "security": "none",
                "user": "u",
                "password": {"file": str(self._password_file)},
                "timeout": 5,
                "poll": 0.05,
            }
            | changes
        )
        return ImapListener(
            settings,
            "INBOX",
            intake=self.intake,
            tokens=MemoryTokenStore(),
            progress=self.progress,
            max_message=100_000,
            clock=now,
            pace=QUICK,
        )

    @property
    def subjects(self) -> list[str]:
        return [subject(raw) for raw in self.intake.raws]

    def taken(self, count: int) -> bool:
        return len(self.intake.arrivals) == count
