"""The daemon's mailbox: it is filled beforehand, then its mail is made visible at once."""

import smtplib
import time
from collections.abc import Iterable

from bench.words import DESK
from tests.servers.dovecot import Dovecot, append

USER = DESK
STAGE = "Espera"
"""A folder to which nobody listens. One command moves its messages to INBOX."""


class Mailbox:
    """One user's mailbox on a Dovecot."""

    def __init__(self, dovecot: Dovecot) -> None:
        self._dovecot = dovecot
        dovecot.add_user(USER)
        with dovecot.client(USER) as client:
            client.create_folder(STAGE)

    def prepare(self, raws: Iterable[bytes]) -> None:
        """Put messages into a folder that the daemon does not read."""
        with self._dovecot.client(USER) as client:
            for raw in raws:
                append(client, raw, STAGE)

    def release(self) -> float:
        """Move all prepared messages to INBOX. Returns when the move began (monotonic clock)."""
        with self._dovecot.client(USER) as client:
            client.select_folder(STAGE)
            began = time.monotonic()
            client.move("1:*", "INBOX")
        return began

    def deliver(self, raw: bytes) -> float:
        """Deliver one message by LMTP. Returns when the server had accepted it (monotonic
        clock)."""
        with smtplib.LMTP(self._dovecot.host, self._dovecot.ports.lmtp) as client:
            client.sendmail("cliente@exemplo.com.br", [USER], raw)
            return time.monotonic()

    def empty(self) -> None:
        """Delete all messages in INBOX."""
        with self._dovecot.client(USER) as client:
            client.select_folder("INBOX")
            client.delete_messages("1:*", silent=True)
            client.expunge()
