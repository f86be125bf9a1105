"""The mailbox that the daemon listens to: filled beforehand, opened at one stroke."""

import smtplib
import time
from collections.abc import Iterable

from bench.words import DESK
from tests.servers.dovecot import Dovecot, append

USER = DESK
STAGE = "Espera"
"""A folder nobody listens to; its messages are moved to INBOX by one command."""


class Mailbox:
    """One user's mail on a Dovecot."""

    def __init__(self, dovecot: Dovecot) -> None:
        self._dovecot = dovecot
        dovecot.add_user(USER)
        with dovecot.client(USER) as client:
            client.create_folder(STAGE)

    def prepare(self, raws: Iterable[bytes]) -> None:
        """Put messages where the daemon does not look."""
        with self._dovecot.client(USER) as client:
            for raw in raws:
                append(client, raw, STAGE)

    def release(self) -> float:
        """Make all that is prepared available. Returns when the first was (monotonic clock)."""
        with self._dovecot.client(USER) as client:
            client.select_folder(STAGE)
            began = time.monotonic()
            client.move("1:*", "INBOX")
        return began

    def deliver(self, raw: bytes) -> float:
        """One message by LMTP. Returns when the server had it, by the monotonic clock."""
        with smtplib.LMTP(self._dovecot.host, self._dovecot.ports.lmtp) as client:
            client.sendmail("cliente@exemplo.com.br", [USER], raw)
            return time.monotonic()

    def empty(self) -> None:
        """Delete what the daemon has taken in."""
        with self._dovecot.client(USER) as client:
            client.select_folder("INBOX")
            client.delete_messages("1:*", silent=True)
            client.expunge()
