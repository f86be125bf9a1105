"""Reads text files that operators write with their editors."""

from pathlib import Path


class Unreadable(Exception):
    """a file cannot be read as text: `line` (1-based), and what would be right"""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def read_text(path: Path) -> str:
    """The file's text, without a byte order mark and with lines ended by LF.

    Raises Unreadable.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(1, f"cannot be read: {error.strerror}") from error
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, "this line is not UTF-8: save the file as UTF-8") from error
