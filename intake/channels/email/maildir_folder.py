"""The files of a Maildir (https://cr.yp.to/proto/maildir.html). Everything here blocks."""

import os
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HEADER_END = (b"\r\n\r\n", b"\n\n")
TICK = 2.5
"""Seconds that the coarsest clock of a file system stands still, and some more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailFile:
    """A message in `new/` or `cur/`. `size` in bytes; `modified_at` is when it was delivered."""

    path: Path
    size: int
    modified_at: datetime

    @property
    def unique(self) -> str:
        """The part of the name that stays the same when flags change; always valid UTF-8."""
        name = self.path.name.partition(":")[0]
        return os.fsencode(name).decode("utf-8", "backslashreplace")


class MaildirFolder:
    """Raises OSError as the file system does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.new = path / "new"
        self.cur = path / "cur"

    def make(self) -> None:
        """Create what is missing of the three folders."""
        for folder in (self.path, self.path / "tmp", self.new, self.cur):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def look(self) -> tuple[datetime, int]:
        """An instant by the clock that dates these files, and how many are in `new` before it.

        Whatever is delivered from then on has that time or a later one.
        """
        there = [file.modified_at for file in self.files(self.new)]
        probe = self.path / "tmp" / f"central-intake.first-look.{os.getpid()}"
        until = time.monotonic() + TICK
        try:
            while True:
                probe.write_bytes(b"")
                at = _modified_at(probe.stat())
                # A file may be of the clock's present tick. What is dated in the future waits for
                # nothing: its time says nothing.
                if not any(date == at for date in there) or time.monotonic() > until:
                    return at, len(there)
                time.sleep(0.001)
        finally:
            probe.unlink(missing_ok=True)

    def files(self, folder: Path, but: Collection[str] = ()) -> list[MailFile]:
        """The regular files in `new` or `cur`, oldest name first. Names with a dot are not mail.

        Those of the names `but` are not even looked at.
        """
        found: list[MailFile] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in but:
                    continue
                try:
                    if not entry.is_file(follow_symlinks=False):
                        continue
                    about = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                found.append(
                    MailFile(
                        path=Path(entry.path),
                        size=about.st_size,
                        modified_at=_modified_at(about),
                    )
                )
        return sorted(found, key=lambda file: file.path.name)

    def read(self, file: MailFile) -> bytes | None:
        """The whole file; None where it is gone."""
        try:
            return file.path.read_bytes()
        except FileNotFoundError:
            return None

    def read_beginning(self, file: MailFile, *, header: int, text: int) -> bytes | None:
        """At most so many bytes of the header, and if that is whole, of the text after it."""
        try:
            with file.path.open("rb") as stream:
                start = stream.read(header + text)
        except FileNotFoundError:
            return None
        ends = [start.find(mark) + len(mark) for mark in HEADER_END if mark in start]
        end = min(ends, default=header)
        return start[:header] if end > header else start[: end + text]

    def keep(self, file: MailFile) -> None:
        """Move a file of `new` to `cur`, without flags."""
        try:
            file.path.rename(self.cur / f"{file.path.name.partition(':')[0]}:2,")
        except FileNotFoundError:
            if not self.cur.is_dir():
                raise
            # Somebody else moved or deleted it: the journal has it either way.


def _modified_at(about: os.stat_result) -> datetime:
    return datetime.fromtimestamp(about.st_mtime, UTC)
