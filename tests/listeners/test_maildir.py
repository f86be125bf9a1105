"""A Maildir: from `new/` to `cur/` only after the journal has the bytes."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.channels.email.maildir import MaildirListener
from intake.channels.email.maildir_folder import MailFile
from intake.ports.arrivals import Arrival, Cursor
from intake.ports.listener import ListenerUnavailable
from intake.ports.memory_inbox import MemoryIntake, MemoryProgress
from intake.settings.listeners import Maildir
from tests.listeners.conftest import QUICK, mail, now, running, until


class Box:
    """A Maildir, and a listener to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.intake = MemoryIntake()
        self.progress = MemoryProgress()

    def listener(self, *, max_message: int = 1_000_000) -> MaildirListener:
        return MaildirListener(
            Maildir(name="caixa", path=self.path, poll=0.02),
            intake=self.intake,
            progress=self.progress,
            max_message=max_message,
            clock=now,
            pace=QUICK,
        )

    def deliver(self, name: str, raw: bytes, folder: str = "new") -> Path:
        for each in ("tmp", "new", "cur"):
            (self.path / each).mkdir(parents=True, exist_ok=True)
        written = self.path / "tmp" / name
        written.write_bytes(raw)
        return written.rename(self.path / folder / name)

    def names(self, folder: str) -> list[str]:
        return sorted(each.name for each in (self.path / folder).iterdir())


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "caixa")


async def test_makes_a_missing_maildir(box: Box) -> None:
    assert await box.listener().drain() == 0
    assert box.names("new") == box.names("cur") == box.names("tmp") == []


async def test_takes_in_new_and_keeps_it_in_cur(box: Box) -> None:
    box.deliver("1700000001.a.host", mail(1))
    box.deliver("1700000002.b.host", mail(2))
    assert await box.listener().drain() == 2
    assert list(box.intake.arrivals) == [
        "maildir:caixa:1700000001.a.host",
        "maildir:caixa:1700000002.b.host",
    ]
    assert box.intake.raws == [mail(1), mail(2)]
    assert box.names("new") == []
    assert box.names("cur") == ["1700000001.a.host:2,", "1700000002.b.host:2,"]


async def test_half_written_files_are_not_seen(box: Box) -> None:
    box.deliver("1.a", mail(1), folder="tmp")
    assert await box.listener().drain() == 0
    assert box.names("tmp") == ["1.a"]


async def test_received_at_is_the_files_time_but_never_later_than_now(box: Box) -> None:
    old = box.deliver("1.old", mail(1))
    coming = box.deliver("2.coming", mail(2))
    os.utime(old, (1_700_000_000, 1_700_000_000))
    os.utime(coming, (time.time() + 90_000, time.time() + 90_000))
    await box.listener().drain()
    first, second = box.intake.arrivals.values()
    assert first.received_at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert second.received_at <= now()


async def test_after_a_crash_before_the_move_the_file_is_only_moved(box: Box) -> None:
    file = box.deliver("1.a", mail(1))
    await box.listener().drain()
    (box.path / "cur" / "1.a:2,").rename(file)  # As if we had died between accept and move.
    assert await box.listener().drain() == 0
    assert len(box.intake.arrivals) == 1
    assert box.names("cur") == ["1.a:2,"]


async def test_nothing_moves_while_the_journal_refuses(box: Box) -> None:
    class Refusing(MemoryIntake):
        async def accept(
            self, arrivals: Sequence[Arrival], *, source: str, cursor: Cursor | None = None
        ) -> int:
            if arrivals:
                raise ConnectionError("no journal")
            return await super().accept(arrivals, source=source, cursor=cursor)

    box.intake = Refusing()
    box.deliver("1.a", mail(1))
    with pytest.raises(ConnectionError):
        await box.listener().drain()
    assert box.names("new") == ["1.a"]


async def test_an_unreadable_file_does_not_stop_the_rest(box: Box) -> None:
    box.deliver("1.a", mail(1))
    box.deliver("2.b", mail(2))
    box.deliver("3.c", mail(3))
    listener = box.listener()
    read = listener._folder.read
    listener._folder.read = lambda file: (  # type: ignore[method-assign]
        (_ for _ in ()).throw(PermissionError(13, "Permission denied", str(file.path)))
        if file.unique == "2.b"
        else read(file)
    )
    assert await listener.drain() == 2
    assert box.names("new") == ["2.b"]
    listener._folder.read = read  # type: ignore[method-assign]
    assert await listener.drain() == 1
    assert box.names("new") == []


async def test_an_unreadable_file_is_told_until_it_is_gone(box: Box) -> None:
    file = box.deliver("1.a", mail(1))
    listener = box.listener()
    read = listener._folder.read

    def refuse(file: MailFile) -> bytes | None:
        raise PermissionError(13, "Permission denied", str(file.path))

    listener._folder.read = refuse  # type: ignore[method-assign]
    async with running(listener):
        await until(lambda: box.progress.failures)
        assert box.progress.ok == {}
        listener._folder.read = read  # type: ignore[method-assign]
        file.unlink()
        await until(lambda: box.progress.ok)
    assert box.progress.failures[listener.source] == [
        f"1 messages in {box.path / 'new'} cannot be read"
    ]


async def test_a_large_file_is_taken_in_from_its_beginning(box: Box) -> None:
    raw = mail(1, body=b"x" * 400_000)
    box.deliver("1.large", raw)
    await box.listener(max_message=300_000).drain()
    [arrival] = box.intake.arrivals.values()
    assert not arrival.complete
    assert arrival.details["size"] == str(len(raw))
    assert raw.startswith(arrival.raw)
    assert 256 * 1024 <= len(arrival.raw) < 300_000


async def test_folders_pipes_links_and_dot_files_are_not_mail(box: Box) -> None:
    box.deliver("1.a", mail(1))
    new = box.path / "new"
    (new / "folder").mkdir()
    os.mkfifo(new / "pipe")
    (new / "link").symlink_to("/etc/passwd")
    (new / ".hidden").write_bytes(b"x")
    assert await box.listener().drain() == 1


async def test_names_that_are_not_utf8_have_keys_that_are(box: Box) -> None:
    box.deliver(os.fsdecode(b"1.caf\xe9"), mail(1))
    assert await box.listener().drain() == 1
    [key] = box.intake.arrivals
    key.encode()
    assert await box.listener().drain() == 0


async def test_run_sees_what_comes_and_stops(box: Box) -> None:
    async with running(box.listener()):
        await until(lambda: box.progress.ok.get("maildir:caixa"))
        box.deliver("1.a", mail(1))
        await until(lambda: box.intake.arrivals)
        await until(lambda: box.names("cur") == ["1.a:2,"])


async def test_run_survives_the_folder_going_away(box: Box) -> None:
    async with running(box.listener()):
        await until(lambda: box.progress.ok.get("maildir:caixa"))
        box.path.rename(box.path.with_name("gone"))
        box.path.write_text("in the way")
        await until(lambda: box.progress.failures)
        box.path.unlink()
        box.path.with_name("gone").rename(box.path)
        box.deliver("1.a", mail(1))
        await until(lambda: box.intake.arrivals)


async def test_reconcile_finds_what_another_reader_moved(box: Box) -> None:
    seen_before_us = box.deliver("0.old:2,S", mail(0), folder="cur")
    os.utime(seen_before_us, (1_700_000_000, 1_700_000_000))
    await box.listener().drain()
    box.deliver("1.a:2,S", mail(1), folder="cur")
    assert await box.listener().reconcile() == 1
    assert box.intake.raws == [mail(1)]
    assert box.names("cur") == ["0.old:2,S", "1.a:2,S"]
    assert await box.listener().reconcile() == 0


async def test_two_listeners_never_both_listen(box: Box) -> None:
    box.deliver("1.a", mail(1))
    async with box.intake.lease("maildir:caixa"):
        with pytest.raises(ListenerUnavailable, match="another daemon"):
            await box.listener().drain()
    assert box.names("new") == ["1.a"]


async def test_check_says_what_is_there(box: Box) -> None:
    box.deliver("1.a", mail(1))
    assert "1 messages waiting" in await box.listener().check()
    assert box.names("new") == ["1.a"]


async def test_check_says_what_is_wrong(box: Box) -> None:
    box.path.write_text("a file")
    with pytest.raises(ListenerUnavailable, match="caixa"):
        await box.listener().check()
