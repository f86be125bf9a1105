"""What was in a mailbox before us is never answered; what arrives after the first look is."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from intake.app.opening import Application
from intake.channels.email.first_look import Treatment, in_folder, in_maildir
from intake.channels.email.maildir import MaildirListener
from intake.ports.arrivals import Cursor
from intake.ports.memory_inbox import MemoryIntake, MemoryProgress
from intake.settings.database import Database
from intake.settings.listeners import ImportExisting, Maildir
from tests.application import application, rows
from tests.listeners.conftest import Desk, mail, now, subject
from tests.servers.dovecot import append

OLD = datetime.fromisoformat("2022-03-04T10:00:00+00:00")
FOLDER = "Suporte"
LOOK = datetime.fromisoformat("2026-11-24T12:00:00+00:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PLACE = Cursor(uid_validity=1, last_uid=0, first_uid=9, first_look_at=LOOK, looked_at=LOOK)


def put(desk: Desk, *numbers: int, folder: str = "INBOX", at: datetime | None = None) -> None:
    """Mails as they were delivered at that time."""
    with desk.dovecot.client(desk.user) as client:
        if not client.folder_exists(folder):
            client.create_folder(folder)
        for number in numbers:
            append(client, mail(number), folder, received_at=at)


def taken(intake: MemoryIntake) -> dict[str, bool]:
    """Subject → whether it is to be answered by nobody."""
    return {subject(a.raw): bool(a.details.get("existing")) for a in intake.arrivals.values()}


async def answered(running: Application) -> list[str]:
    """Subjects of the tickets that were acknowledged."""
    await running.worker_pool.drain()
    found = await rows(
        running,
        """SELECT t.subject FROM replies r JOIN tickets t ON t.id = r.ticket_id
            WHERE r.kind = 'acknowledgement' AND r.state <> 'suppressed' ORDER BY 1""",
    )
    return [row["subject"] for row in found]


async def tickets(running: Application) -> list[str]:
    await running.worker_pool.drain()
    return [row["subject"] for row in await rows(running, "SELECT subject FROM tickets ORDER BY 1")]


# The decision


@pytest.mark.parametrize(
    ("uid", "received_at", "expected"),
    [
        (9, OLD, Treatment.SILENTLY),
        # The server's clock is ahead: it was there all the same.
        (9, LOOK + 10 * MINUTE, Treatment.SILENTLY),
        (9, None, Treatment.SILENTLY),
        (10, LOOK + MINUTE, Treatment.AS_NEW),
        # The server's clock is behind.
        (10, LOOK - 59 * MINUTE, Treatment.AS_NEW),
        # Moved here by hand, or by imapsync.
        (10, LOOK - 61 * MINUTE, Treatment.SILENTLY),
        (10, None, Treatment.AS_NEW),
    ],
)
def test_age_is_by_uid_and_by_the_servers_date(
    uid: int, received_at: datetime | None, expected: Treatment
) -> None:
    assert in_folder(PLACE, uid, received_at, ImportExisting.SILENT) is expected
    assert in_folder(PLACE, uid, received_at, ImportExisting.ACKNOWLEDGE) is Treatment.AS_NEW
    left = expected if expected is Treatment.AS_NEW else Treatment.NOT_AT_ALL
    assert in_folder(PLACE, uid, received_at, ImportExisting.NO) is left


@pytest.mark.parametrize("ahead", [-10 * MINUTE, timedelta(), 10 * MINUTE])
def test_with_new_uids_the_servers_own_dates_tell(ahead: timedelta) -> None:
    """However its clock differs from ours: the newest that was there is the border."""
    newest = LOOK + ahead
    anew = replace(PLACE, uid_validity=2, first_uid=0, newest_existing=newest)
    assert in_folder(anew, 1, newest, ImportExisting.SILENT) is Treatment.SILENTLY
    after = newest + timedelta(seconds=1)
    assert in_folder(anew, 2, after, ImportExisting.SILENT) is Treatment.AS_NEW


def test_after_a_restored_database_nothing_that_came_since_is_left_out() -> None:
    again = replace(PLACE, first_uid=30, looked_at=LOOK + 48 * HOUR)
    since = LOOK + HOUR
    assert in_folder(again, 30, since, ImportExisting.NO) is Treatment.SILENTLY
    assert in_folder(again, 30, OLD, ImportExisting.NO) is Treatment.NOT_AT_ALL
    assert in_folder(again, 31, LOOK + 49 * HOUR, ImportExisting.NO) is Treatment.AS_NEW


def test_a_files_time_is_its_age() -> None:
    box = Cursor(uid_validity=0, last_uid=0, first_look_at=LOOK, looked_at=LOOK)
    assert in_maildir(box, LOOK - MINUTE, ImportExisting.SILENT) is Treatment.SILENTLY
    assert in_maildir(box, LOOK - MINUTE, ImportExisting.NO) is Treatment.NOT_AT_ALL
    assert in_maildir(box, LOOK, ImportExisting.SILENT) is Treatment.AS_NEW


# A mailbox


@pytest.mark.servers
async def test_of_a_mailbox_only_what_comes_after_the_first_look_is_new(desk: Desk) -> None:
    put(desk, 1, at=OLD)
    put(desk, 2)
    await desk.listener().drain()
    # While the daemon is down, and what somebody copies in meanwhile.
    put(desk, 3)
    put(desk, 4, at=OLD)
    await desk.listener().drain()
    assert taken(desk.intake) == {
        "Mensagem 1": True,
        "Mensagem 2": True,
        "Mensagem 3": False,
        "Mensagem 4": True,
    }


@pytest.mark.servers
async def test_a_look_without_its_import_is_a_look(desk: Desk) -> None:
    """As after a kill between the two."""

    class Cut(Exception):
        pass

    class Killed(MemoryIntake):
        async def accept(self, arrivals, *, source, cursor=None):  # type: ignore[no-untyped-def]
            if arrivals:
                raise Cut
            return await super().accept(arrivals, source=source, cursor=cursor)

    put(desk, 1)
    killed = Killed()
    with pytest.raises(Cut):
        await desk.listener(intake=killed).drain()
    desk.intake.cursors = killed.cursors
    put(desk, 2)
    await desk.listener().drain()
    assert taken(desk.intake) == {"Mensagem 1": True, "Mensagem 2": False}


@pytest.mark.servers
async def test_each_folder_has_a_first_look_of_its_own(desk: Desk) -> None:
    await desk.listener().drain()
    put(desk, 1)
    put(desk, 2, folder=FOLDER)
    await desk.listener().drain()
    await desk.listener(FOLDER).drain()
    assert taken(desk.intake) == {"Mensagem 1": False, "Mensagem 2": True}


@pytest.mark.servers
@pytest.mark.parametrize("wanted", ["silent", "no"])
async def test_new_uids_make_no_old_mail_new(desk: Desk, wanted: str) -> None:
    """Minutes old at the first look, and not yet fetched: still old after it."""
    shortly_before = now() - MINUTE
    put(desk, 1, folder=FOLDER, at=OLD)
    put(desk, 2, folder=FOLDER, at=shortly_before)
    await desk.listener(FOLDER, import_existing=wanted).drain()
    desk.intake.arrivals.clear()
    desk.dovecot.recreate_folder(desk.user, FOLDER)
    put(desk, 1, folder=FOLDER, at=OLD)
    put(desk, 2, folder=FOLDER, at=shortly_before)
    put(desk, 3, folder=FOLDER)
    await desk.listener(FOLDER, import_existing=wanted).drain()
    old = {"Mensagem 1": True, "Mensagem 2": True} if wanted == "silent" else {}
    assert taken(desk.intake) == {**old, "Mensagem 3": False}
    assert await desk.listener(FOLDER, import_existing=wanted).reconcile() == 0


@pytest.mark.servers
async def test_the_nightly_comparison_answers_nothing_old(desk: Desk) -> None:
    put(desk, 1, 2, at=OLD)
    await desk.listener().drain()
    desk.intake.arrivals.clear()
    assert await desk.listener().reconcile() == 2
    assert taken(desk.intake) == {"Mensagem 1": True, "Mensagem 2": True}


@pytest.mark.servers
async def test_the_nightly_comparison_leaves_alone_what_is_left_alone(desk: Desk) -> None:
    put(desk, 1, at=OLD)
    await desk.listener(import_existing="no").drain()
    put(desk, 2, at=OLD)
    put(desk, 3)
    assert await desk.listener(import_existing="no").drain() == 1
    assert await desk.listener(import_existing="no").reconcile() == 0
    assert taken(desk.intake) == {"Mensagem 3": False}


# What comes of it


@pytest.mark.servers
@pytest.mark.parametrize("wanted", ["silent", "no", "acknowledge"])
async def test_old_mail_on_a_real_journal(
    desk: Desk, database_settings: Database, wanted: str
) -> None:
    put(desk, 1, 2, at=OLD)
    async with application(database_settings) as running:
        listener = desk.listener(intake=running.inbox, import_existing=wanted)
        await listener.drain()
        old = ["Mensagem 1", "Mensagem 2"]
        assert await tickets(running) == ([] if wanted == "no" else old)
        assert await answered(running) == (old if wanted == "acknowledge" else [])
    put(desk, 3)
    async with application(database_settings) as running:
        listener = desk.listener(intake=running.inbox, import_existing=wanted)
        await listener.drain()
        assert "Mensagem 3" in await answered(running)
        assert len(await answered(running)) == (3 if wanted == "acknowledge" else 1)


@pytest.mark.servers
async def test_an_emptied_database_is_a_first_start(
    desk: Desk, database_settings: Database, second_database_settings: Database
) -> None:
    for settings in (database_settings, second_database_settings):
        put(desk, 1)
        async with application(settings) as running:
            await desk.listener(intake=running.inbox).drain()
            assert await answered(running) == []


@pytest.mark.servers
async def test_a_restored_database_is_a_first_start_for_what_came_meanwhile(
    desk: Desk, database_settings: Database
) -> None:
    """As after pg_restore: the same rows, in a table that was made anew."""
    async with application(database_settings) as running:
        put(desk, 1)
        await desk.listener(intake=running.inbox, import_existing="no").drain()
        put(desk, 2)
        async with running.database.transaction() as connection:
            await connection.execute("CREATE TABLE copied (LIKE mailbox_cursors INCLUDING ALL)")
            await connection.execute("INSERT INTO copied SELECT * FROM mailbox_cursors")
            await connection.execute("DROP TABLE mailbox_cursors")
            await connection.execute("ALTER TABLE copied RENAME TO mailbox_cursors")
        await desk.listener(intake=running.inbox, import_existing="no").drain()
        # What came before the very first look stays left out, what came since is not lost.
        assert await tickets(running) == ["Mensagem 2"]
        assert await answered(running) == []
        put(desk, 3)
        await desk.listener(intake=running.inbox, import_existing="no").drain()
        assert await answered(running) == ["Mensagem 3"]


@pytest.mark.servers
async def test_a_copy_that_is_new_is_answered_although_another_was_old_for_its_mailbox(
    desk: Desk, database_settings: Database
) -> None:
    async with application(database_settings) as running:
        inbox = desk.listener(intake=running.inbox)
        await inbox.drain()
        put(desk, 1)
        put(desk, 1, folder=FOLDER)
        await desk.listener(FOLDER, intake=running.inbox).drain()
        assert await answered(running) == []
        await inbox.drain()
        assert await tickets(running) == ["Mensagem 1"]
        assert await answered(running) == ["Mensagem 1"]


# A Maildir


class Box:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.intake = MemoryIntake()

    def listener(self, wanted: str = "silent") -> MaildirListener:
        return MaildirListener(
            Maildir(name="caixa", path=self.path, import_existing=ImportExisting(wanted)),
            intake=self.intake,
            progress=MemoryProgress(),
            max_message=1_000_000,
            clock=now,
        )

    def deliver(self, number: int, at: datetime | None = None) -> None:
        for each in ("tmp", "new", "cur"):
            (self.path / each).mkdir(parents=True, exist_ok=True)
        written = self.path / "tmp" / f"{number}.host"
        written.write_bytes(mail(number))
        if at is not None:
            os.utime(written, (at.timestamp(), at.timestamp()))
        written.rename(self.path / "new" / written.name)

    @property
    def new(self) -> list[str]:
        return sorted(each.name for each in (self.path / "new").iterdir())


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "caixa")


async def test_of_a_maildir_only_what_comes_after_the_first_look_is_new(box: Box) -> None:
    box.deliver(1, OLD)
    box.deliver(2)
    await box.listener().drain()
    box.deliver(3)
    box.deliver(4, OLD)
    await box.listener().drain()
    assert taken(box.intake) == {
        "Mensagem 1": True,
        "Mensagem 2": True,
        "Mensagem 3": False,
        "Mensagem 4": True,
    }
    assert box.new == []


async def test_what_is_left_alone_in_a_maildir_stays_in_new(box: Box) -> None:
    box.deliver(1, OLD)
    listener = box.listener("no")
    assert await listener.drain() == 0
    box.deliver(2)
    assert await listener.drain() == 1
    assert await listener.reconcile() == 0
    assert box.new == ["1.host"]
    assert taken(box.intake) == {"Mensagem 2": False}


async def test_of_a_maildir_all_may_be_answered(box: Box) -> None:
    box.deliver(1, OLD)
    await box.listener("acknowledge").drain()
    assert taken(box.intake) == {"Mensagem 1": False}


async def test_the_look_leaves_nothing_behind(box: Box) -> None:
    await box.listener().drain()
    assert list((box.path / "tmp").iterdir()) == []


# What is said


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("silent", "messages already there: 2; they become tickets, nobody is answered"),
        ("no", "messages already there: 2; they are left alone"),
        ("acknowledge", "messages already there: 2; they become tickets and every sender is"),
    ],
)
async def test_it_is_said_what_becomes_of_what_is_there(
    box: Box, capsys: pytest.CaptureFixture[str], wanted: str, words: str
) -> None:
    box.deliver(1)
    box.deliver(2)
    assert words in await box.listener(wanted).check()
    await box.listener(wanted).drain()
    assert f"maildir:caixa: first start: {words}" in capsys.readouterr().out
    assert "already there" not in await box.listener(wanted).check()
    await box.listener(wanted).drain()
    assert capsys.readouterr().out == ""


@pytest.mark.servers
async def test_of_a_mailbox_it_is_said_too(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    put(desk, 1, 2, at=OLD)
    assert "messages already there: 2; they become tickets" in await desk.listener().check()
    await desk.listener().drain()
    assert "imap:suporte/INBOX: first start: messages already there: 2" in capsys.readouterr().out
    assert "already there" not in await desk.listener().check()
