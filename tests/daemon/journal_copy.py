"""A migrated, empty embedded journal, copied to where a daemon will find it.

Making one takes seconds, and most tests of a daemon are about what comes after. The first start
from nothing has tests of its own (tests/journal, test_user.py, the demo's).
"""

import atexit
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from intake.store.embedded import EmbeddedPostgres
from intake.store.migrate import migrate


def lay_journal(folder: Path) -> None:
    """Fill the folder of a journal, which must not be there yet."""
    folder.mkdir(parents=True)
    # With its owner: as root, the server runs as another user.
    subprocess.run(["cp", "-a", str(_made()), str(folder / "pgdata")], check=True)


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ci-journal-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = EmbeddedPostgres(folder)
    migrate(server.start())
    server.stop()
    return server.data
