"""Where a crash test plays: mailboxes, a journal, a daemon or two, and an SMTP sink."""

import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from imapclient.exceptions import IMAPClientError

from intake.settings.listeners import PostFetchAction
from tests.crash.corpus import MAILBOXES, Piece, write_mail
from tests.daemon.workplace import PEOPLE, QUIET, Workplace, workplace
from tests.servers.dovecot import Dovecot, append
from tests.servers.process import wait_until
from tests.servers.scripted_smtp import ScriptedSmtp

COUNTS = """
    SELECT (SELECT count(*) FROM messages),
           (SELECT count(*) FROM messages WHERE state <> 'new'),
           (SELECT count(*) FROM replies WHERE state <> 'queued'),
           (SELECT count(*) FROM replies WHERE state = 'queued'),
           (SELECT count(*) FROM procrastinate_jobs
             WHERE NOT (task_name IN ('fire_alarms', 'follow_up', 'digest')
                        AND scheduled_at > now()))
"""
PASSWORD = "CRASH_TEST_PASSWORD"
DONE, KEYWORD = "Processados", "CentralIntake"
NO_SECRETS: Mapping[str, str] = {}
PATIENCE = 120.0
"""Seconds within which all must have settled after the last kill."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the journal is."""

    accepted: int = 0
    processed: int = 0
    answered: int = 0
    unanswered: int = 0
    jobs: int = 0


class Scene:
    """Made by `scene()`."""

    def __init__(
        self,
        place: Workplace,
        dovecot: Dovecot,
        smtp: ScriptedSmtp,
        database: str,
        post_fetch_action: PostFetchAction,
        *,
        desk: str = "",
        secrets: Mapping[str, str] = NO_SECRETS,
    ) -> None:
        """`database` is the URL of a given server; empty for the embedded one. `desk`: more
        settings, and `secrets` the environment that they name."""
        self.place = place
        self.dovecot = dovecot
        self.smtp = smtp
        self.delivered = 0
        self.post_fetch_action = post_fetch_action
        self._database = database
        self._secrets = secrets
        self._mails: dict[str, bytes] = {}
        self._watch: psycopg.Connection | None = None
        place.write(_settings(dovecot, smtp, database, post_fetch_action) + desk)

    @property
    def environment(self) -> dict[str, str]:
        """For daemons: the passwords that the settings name."""
        return {PASSWORD: "segredo", **self._secrets}

    # Mail

    def deliver(self, pieces: Sequence[Piece], gaps: random.Random | None = None) -> None:
        """Into the mailboxes by IMAP, at once or with pauses between. Tried until it is done."""
        for piece in pieces:
            if gaps is not None:
                time.sleep(gaps.uniform(0, 0.15))
            raw = self._mail(piece)
            wait_until(lambda piece=piece, raw=raw: self._appended(piece, raw), "delivery")
            self.delivered += 1

    @contextmanager
    def delivering(self, pieces: Sequence[Piece], gaps: random.Random) -> Iterator[None]:
        """Deliver beside what the block does; all is delivered when it ends."""
        thread = threading.Thread(target=self.deliver, args=(pieces, gaps), name="delivery")
        thread.start()
        try:
            yield
        finally:
            thread.join()

    def _appended(self, piece: Piece, raw: bytes) -> bool:
        try:
            with self.dovecot.client(piece.mailbox) as client:
                append(client, raw)
        except (OSError, IMAPClientError):
            # Dovecot is being restarted. If it has the mail all the same, there is a copy more.
            time.sleep(0.05)
            return False
        return True

    def _mail(self, piece: Piece) -> bytes:
        if piece.message_id not in self._mails:
            sent = [m for m in self.smtp.received if piece.client in m.recipients]
            answered = str(sent[0].message["Message-ID"]) if sent else None
            self._mails[piece.message_id] = write_mail(piece, answered)
        return self._mails[piece.message_id]

    def in_mailboxes(self) -> int:
        """How many mails there are to take in."""
        return sum(
            len(self.dovecot.uids(user, folder)) for user in MAILBOXES for folder in ("INBOX", DONE)
        )

    def untended(self) -> int:
        """Mails to which what `post_fetch_action` says has not been done yet."""
        if self.post_fetch_action is PostFetchAction.LEAVE:
            return 0
        search = "ALL" if self.post_fetch_action is PostFetchAction.MOVE else f"UNKEYWORD {KEYWORD}"
        found = 0
        for user in MAILBOXES:
            with self.dovecot.client(user) as client:
                client.select_folder("INBOX", readonly=True)
                found += len(client.search(search))
        return found

    # The journal

    @property
    def journal_url(self) -> str:
        socket = self.place.folder / "var" / "journal" / "socket"
        return self._database or f"postgresql://postgres@/postgres?host={socket}"

    def counts(self) -> Counts | None:
        """None while the journal's server is away or has no tables yet."""
        for fresh in (self._watch is None, True):
            try:
                if self._watch is None:
                    self._watch = psycopg.connect(self.journal_url, autocommit=True)
                row = self._watch.execute(COUNTS).fetchone()
                break
            except psycopg.Error:
                self.look_away()
                if fresh:
                    return None
        assert row is not None
        return Counts(*row)

    def look_away(self) -> None:
        """Close the connection by which `counts` looks."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def wait_settled(self) -> None:
        """Until everything is taken in, processed, answered and known to the desk."""

        def settled() -> bool:
            now = self.counts()
            return (
                now is not None
                and now.accepted == now.processed
                and now.unanswered == now.jobs == 0
                and self.untended() == 0
                # Counted last: a mail that is being moved stands in both folders, or in neither.
                and now.accepted == self.in_mailboxes()
            )

        try:
            wait_until(settled, "every message settled", PATIENCE)
        except TimeoutError as error:
            there = self.in_mailboxes()
            raise AssertionError(f"{error}; {there} mails, the journal has {self.counts()}") from (
                error
            )


def _settings(
    dovecot: Dovecot, smtp: ScriptedSmtp, database: str, post_fetch_action: PostFetchAction
) -> str:
    mailboxes = "".join(
        f"""
[[imap]]
name = "{user.partition("@")[0]}"
host = "{dovecot.host}"
port = {dovecot.ports.plain}
security = "none"
user = "{user}"
password = {{ env = "{PASSWORD}" }}
batch = 5
post_fetch_action = "{post_fetch_action.value}"
# Each of the mails must be answered once, those too that are there before the daemon.
import_existing = "acknowledge"
move_to = "{DONE}"
keyword = "{KEYWORD}"
"""
        for user in MAILBOXES
    )
    return (
        QUIET
        + PEOPLE
        + mailboxes
        + f"""
[database]
url = "{database}"
[replies]
backend = "smtp"
[smtp]
host = "{smtp.host}"
port = {smtp.port}
security = "none"
"""
    )


@contextmanager
def scene(
    dovecot: Dovecot,
    smtp: ScriptedSmtp,
    database: str = "",
    post_fetch_action: PostFetchAction = PostFetchAction.LEAVE,
    *,
    desk: str = "",
    secrets: Mapping[str, str] = NO_SECRETS,
) -> Iterator[Scene]:
    """With empty mailboxes and no daemon yet."""
    for user in MAILBOXES:
        dovecot.add_user(user, "segredo")
    with workplace() as place:
        made = Scene(place, dovecot, smtp, database, post_fetch_action, desk=desk, secrets=secrets)
        try:
            yield made
        finally:
            made.look_away()
