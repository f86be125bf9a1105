"""The desk is the one that the settings name."""

import subprocess
import sys
from typing import Any

import pytest

from intake.app.opening import opened
from intake.desk.embedded import EmbeddedDesk
from intake.desk.odoo.desk import OdooDesk
from intake.settings.database import Database
from tests.application import settings

ODOO = {
    "url": "http://127.0.0.1:9",
    "database": "nobody",
    "user": "nobody",
    "password": {"env": "NO_SUCH_VARIABLE"},
}


@pytest.mark.parametrize(
    ("sections", "kind", "watched"),
    [({}, EmbeddedDesk, False), ({"desk": {"backend": "odoo"}, "odoo": ODOO}, OdooDesk, True)],
)
async def test_it_opens_without_a_call_to_it(
    database_settings: Database, sections: dict[str, Any], kind: type, watched: bool
) -> None:
    async with opened(settings(database_settings, **sections)) as application:
        assert isinstance(application.context.desk, kind)
        assert (application.changes is not None) is watched


def test_whoever_has_no_odoo_does_not_load_its_library() -> None:
    code = (
        "import sys, intake.cli.main, intake.cli.doctor, intake.daemon;"
        "sys.exit('odoorpc' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
