"""The running daemon, as apps call it: documented clients, the printed command, schemathesis."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from intake.cli.main import intake
from tests.apps.house import SECRET, TOKEN
from tests.daemon.process import Daemon
from tests.daemon.workplace import PLAIN, Workplace, get, workplace
from tools.openapi import TARGET, written

DOCS = TARGET.parent
APPS = """
[[app]]
name = "site"
secrets = [{ env = "SITE" }]

[[app]]
name = "crm"
tokens = [{ env = "CRM" }]
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Workplace]:
    with workplace() as made:
        made.write(PLAIN + APPS)
        yield made


@pytest.fixture(scope="module")
def daemon(place: Workplace) -> Daemon:
    return place.started({"SITE": SECRET, "CRM": TOKEN})


def test_the_document_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == written(), "run: python tools/openapi.py"


def test_the_document_is_served(daemon: Daemon) -> None:
    status, served = get(f"{daemon.address}/v1/openapi.json")
    assert status == 200
    assert json.loads(served) == json.loads(TARGET.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "client", [[sys.executable, "request.py"], ["node", "request.mjs"]], ids=["python", "node"]
)
def test_the_documented_clients_open_a_ticket(
    place: Workplace, daemon: Daemon, client: list[str]
) -> None:
    done = subprocess.run(
        [*client, daemon.address, "Pedido do exemplo", "Com texto."],
        cwd=DOCS / "clients",
        env={**os.environ, "INTAKE_SECRET": SECRET},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    status = json.loads(done.stdout)
    assert status["title"] == "Pedido do exemplo"
    assert status["number"] in [ticket["number"] for ticket in place.tickets()]


@pytest.mark.parametrize("options", [[], ["--token"]], ids=["signed", "token"])
def test_the_printed_command_opens_a_ticket(
    place: Workplace, daemon: Daemon, options: list[str]
) -> None:
    added = place.command("app", "add", "novo", *options)
    assert added.returncode == 0, added.stderr
    assert "[[app]]" in added.stdout
    # What it prints is for the secret that it made; the running daemon knows another.
    made = _secret_of(added.stdout)
    known = TOKEN if options else SECRET
    script = added.stdout.partition("try it:\n")[2]
    script = script.replace(made, known).replace("http://127.0.0.1:0", daemon.address)
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert "number" in json.loads(done.stdout), (done.stdout, done.stderr)


def _secret_of(printed: str) -> str:
    return printed.partition("<<< '")[2].partition("'")[0]


def test_an_app_without_its_secret_ends_the_start_with_one_line(place: Workplace) -> None:
    done = place.command("run")
    assert done.returncode == 2
    assert "[[app]]: environment variable SITE is not set" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list"], "environment variable SITE is not set"),
        (["rotate", "site"], "whsec_"),
        (["rotate", "x"], "no app 'x'; known: site, crm"),
        (["add", "site"], "already"),
        (["add", "Não"], "lower-case"),
    ],
)
def test_apps_at_the_command_line(place: Workplace, arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(intake, ["-c", str(place.settings), "app", *arguments])
    assert words in " ".join(done.output.split())


@pytest.mark.timeout(250)
def test_schemathesis_finds_nothing(place: Workplace, daemon: Daemon, tmp_path: Path) -> None:
    done = _schemathesis(daemon.address, tmp_path)
    assert done.returncode == 0, done.stdout[-6000:]


CHECKS = """
# What no schema says: hosts of the settings, and years around today.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 422]
"""


def _schemathesis(address: str, folder: Path) -> "subprocess.CompletedProcess[Any]":
    (folder / "schemathesis.toml").write_text(CHECKS)
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{address}/v1/openapi.json",
            "--header",
            f"Authorization: Bearer {TOKEN}",
            "--phases=examples,coverage,fuzzing",
            "--max-examples=8",
            "--seed=1",
            "--generation-database=none",
            "--no-color",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
