"""Reads and moves the files of a Maildir (https://cr.yp.to/proto/maildir.html).

Everything here blocks.
"""

import os
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HEADER_END = (b"\r\n\r\n", b"\n\n")
TICK = 2.5
"""Seconds: longer than the coarsest timestamp step of any file system."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailFile:
    """A message in `new/` or `cur/`. `size` in bytes; `modified_at` is when it was delivered."""

    path: Path
    size: int
    modified_at: datetime

    @property
    def unique(self) -> str:
        """The part of the name that does not change with flags; always valid UTF-8."""
        name = self.path.name.partition(":")[0]
        return os.fsencode(name).decode("utf-8", "backslashreplace")


class MaildirFolder:
    """A Maildir. All methods raise OSError as the file system does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.new = path / "new"
        self.cur = path / "cur"

    def make(self) -> None:
        """Create the Maildir and its folders `tmp`, `new` and `cur` if they are missing."""
        for folder in (self.path, self.path / "tmp", self.new, self.cur):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def look(self) -> tuple[datetime, int]:
        """The current time by the file system's clock, and how many files are in `new` before it.

        Every file delivered from then on has that time or a later one.
        """
        there = [file.modified_at for file in self.files(self.new)]
        probe = self.path / "tmp" / f"central-intake.first-look.{os.getpid()}"
        until = time.monotonic() + TICK
        try:
            while True:
                probe.write_bytes(b"")
                at = _modified_at(probe.stat())
                # Wait while a file has the present timestamp: it could not be told from new ones.
                # Timestamps in the future mean nothing and are not waited for.
                if not any(date == at for date in there) or time.monotonic() > until:
                    return at, len(there)
                time.sleep(0.001)
        finally:
            probe.unlink(missing_ok=True)

    def files(self, folder: Path, but: Collection[str] = ()) -> list[MailFile]:
        """The regular files in `new` or `cur`, sorted by name.

        Names that begin with a dot are not mail. Names in `but` are skipped without reading them.
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
        """The whole file; None if it is gone."""
        try:
            return file.path.read_bytes()
        except FileNotFoundError:
            return None

    def read_beginning(self, file: MailFile, *, header: int, text: int) -> bytes | None:
        """At most `header` bytes of the header and, if that is complete, `text` bytes after it.

        None if the file is gone.
        """
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
            # Another program moved or deleted it. The store has it already.


def _modified_at(about: os.stat_result) -> datetime:
    return datetime.fromtimestamp(about.st_mtime, UTC)
