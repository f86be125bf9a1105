"""Run `intake` as from a shell, without the cost of a new process."""

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.cli.main import main


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


@contextlib.contextmanager
def _shell(arguments: tuple[str, ...], folder: Path | None) -> Iterator[None]:
    argv, here = sys.argv, Path.cwd()
    sys.argv = ["intake", *arguments]
    try:
        if folder is not None:
            os.chdir(folder)
        yield
    finally:
        sys.argv = argv
        os.chdir(here)


def intake(*arguments: str, folder: Path | None = None) -> Ran:
    """`folder` is where it runs. The environment is the test's own."""
    out, err = io.StringIO(), io.StringIO()
    code: int | str | None = None
    with (
        _shell(arguments, folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    assert isinstance(code, int)
    return Ran(code=code, out=out.getvalue(), err=err.getvalue())
