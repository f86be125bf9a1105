"""A wheel, installed into an empty environment outside the checkout, does the main job."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]


def run(*command: str | Path, cwd: Path) -> str:
    """Its standard output; no variable or folder of the checkout's reaches it."""
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    pip = {key: value for key, value in os.environ.items() if key.startswith("PIP_")}
    done = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env={**environment, **pip, "LANG": "C.UTF-8"},
        text=True,
        capture_output=True,
        timeout=540,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `intake` of an environment that has the wheel and what it declares."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT, cwd=folder)
    [wheel] = folder.glob("central_intake-*.whl")
    run(sys.executable, "-m", "venv", folder / "environment", cwd=folder)
    theirs = (folder / "environment/bin/python", *pip[1:])
    lock = ROOT / "requirements.lock"
    run(*theirs, "install", "--require-hashes", "-r", lock, cwd=folder)
    run(*theirs, "install", "--no-deps", wheel, cwd=folder)
    return folder / "environment/bin/intake"


def test_the_demo_runs_where_there_is_nothing(command: Path, tmp_path: Path) -> None:
    said = run(command, "demo", "--once", cwd=tmp_path)
    assert "26 of 26 samples processed" in said
    assert (tmp_path / "settings.toml").exists()
    assert "R3-2026-000001" in run(command, "tickets", cwd=tmp_path)


def test_the_templates_come_along(command: Path, tmp_path: Path) -> None:
    run(command, "replies", "check", cwd=tmp_path)
