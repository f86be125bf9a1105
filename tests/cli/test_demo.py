"""`intake demo` shows what comes by every door becoming tickets, and ends by itself with --once."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from intake.cli import demo_call, demo_phone

ROOT = Path(__file__).parents[2]
INTAKE = [str(Path(sys.executable).with_name("intake"))]


@pytest.mark.servers
def test_every_sample_is_taken_in_and_a_burst_is_one_ticket(tmp_path: Path) -> None:
    shutil.copy(ROOT / "settings.toml", tmp_path)
    shown = subprocess.run(
        [*INTAKE, "demo", "--once"], cwd=tmp_path, capture_output=True, text=True, timeout=100
    )
    assert shown.returncode == 0, shown.stderr
    assert "could not be processed" not in shown.stdout
    listed = subprocess.run(
        [*INTAKE, "tickets", "--json"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    tickets = json.loads(listed.stdout)
    writers = [talk[0]["From"].removeprefix("whatsapp:") for talk in demo_phone.talks()]
    by_phone = [ticket for ticket in tickets if ticket["sender"] in writers]
    assert sorted(ticket["sender"] for ticket in by_phone) == sorted(writers)
    assert all(ticket["acknowledged_at"] for ticket in by_phone)
    [call] = [ticket for ticket in tickets if ticket["channel"] == "voice"]
    assert call["sender"] == demo_call.calls()[0]["From"]
    # By what was understood of it.
    assert call["request_type"] == "bug"
    [request] = [ticket for ticket in tickets if ticket["channel"] == "app"]
    assert request["acknowledged_at"]
