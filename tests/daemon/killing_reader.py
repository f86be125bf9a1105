"""A folder for PYTHONPATH that makes the reader of the real daemon abort on a certain mail.

The product itself has no such switch: Python imports a `sitecustomize` of this folder at start.
"""

from collections.abc import Mapping
from pathlib import Path

SITECUSTOMIZE = """
import os
import sys

if sys.argv[0].endswith("intake") or "intake" in "".join(sys.orig_argv):
    from intake.app import reading

    _read = reading.read_message

    def read_message(stored, *arguments):
        if {marker!r} in stored.raw:
            os.abort()
        return _read(stored, *arguments)

    reading.read_message = read_message
"""


def killing_reader(folder: Path, marker: bytes) -> Mapping[str, str]:
    """The environment of a daemon that aborts while it reads a mail with these bytes."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SITECUSTOMIZE.format(marker=marker))
    return {"PYTHONPATH": str(folder)}
