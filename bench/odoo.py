"""From mailbox to ticket in Odoo: through us, and through Odoo's own intake; JSON on stdout.

`python -m bench.odoo` starts a private Odoo 19, and gives the same messages to the real daemon and
then to Odoo's `message_process`, which is what its fetchmail calls, on the same server. In rounds,
by turns, since a machine that others share is not equally fast from one minute to the next.
"""

import argparse
import asyncio
import itertools
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.acknowledgements import sink
from bench.corpus import corpus
from bench.daemon import running_daemon
from bench.mail import SETTLED, say
from bench.mailbox import USER, Mailbox
from bench.processes import cpu_seconds
from bench.words import DESK
from intake.desk.odoo.odoorpc_client import OdoorpcSession
from tests.desk.odoo.carrying import PROJECT, set_up
from tests.desk.odoo.conftest import AGENT, AGENT_GROUPS, Call, login_of, make_user, sessions
from tests.servers.dovecot import running_dovecot
from tests.servers.odoo import OdooDatabase, OdooServer, running_odoo
from tests.servers.postgres import running_postgres
from tests.servers.process import ServerUnavailable

TASK = "project.task"
PEOPLE = ("ana.n0", "edu.n1", "eva.coord")
"""The logins in the daemon's settings; Odoo must have users with them."""
PASSWORD = "BENCH_ODOO_PASSWORD"
SETTINGS = """
[desk]
backend = "odoo"
[odoo]
url = "{url}"
database = "{database}"
user = "{user}"
password = {{ env = "{password}" }}
project = "{project}"
attach_raw = {raw}
"""
ON_THE_WAY = """
    SELECT (SELECT count(*) FROM tickets WHERE desk_ref IS NOT NULL),
           (SELECT count(*) FROM ticket_entries WHERE synced_at IS NULL),
           (SELECT count(*) FROM procrastinate_jobs WHERE task_name IN ('triage', 'desk_sync')),
           (SELECT count(*) FROM tickets WHERE acknowledged_at IS NOT NULL)
"""
ODOO_S_OWN = """
import json, time
from pathlib import Path

mails = [path.read_bytes() for path in sorted(Path({folder!r}).iterdir())]
threads = env["mail.thread"].with_context(fetchmail_cron_running=True)
failed = []
began = time.monotonic()
for mail in mails:
    try:
        threads.message_process("project.task", mail, custom_values={{"project_id": {project}}})
        env.cr.commit()
    except Exception as error:
        env.cr.rollback()
        failed.append(repr(error))
print(json.dumps({{"seconds": time.monotonic() - began, "failed": failed}}))
"""
"""A script for Odoo's shell that works as fetchmail does: a commit or rollback after each mail."""
PARTS = 1_000_000
"""Distance between the seeds of two parts of the corpus."""
PATIENCE = 600.0
"""Seconds in which all messages must be processed."""

Result = dict[str, Any]


def main() -> int:
    """Measure and print. Returns the exit code: 1 if it was not possible."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="intake-bench-odoo-"))
    try:
        result = _measure(options, folder)
    except (ServerUnavailable, TimeoutError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(result, indent=2))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.odoo", description=__doc__)
    parser.add_argument("--messages", type=int, default=500, help="of a round, at once")
    parser.add_argument("--rounds", type=int, default=3, help="each with messages of its own")
    parser.add_argument("--seed", type=int, default=1, help="of the corpus")
    parser.add_argument(
        "--raw", action="store_true", help="we also attach each mail as it came; Odoo's does not"
    )
    return parser.parse_args()


def _measure(options: argparse.Namespace, folder: Path) -> Result:
    began = datetime.now(UTC)
    takeable = _takeable(options.seed)
    with ExitStack() as stack:
        say("starting Odoo")
        server = stack.enter_context(running_odoo(stack.enter_context(running_postgres())))
        odoo = server.new_database()
        bench = Bench(server, odoo, _prepare(odoo), raw=options.raw)
        load = os.getloadavg()[0]
        rounds = []
        for number in range(1, options.rounds + 1):
            messages = list(itertools.islice(takeable, options.messages))
            say(f"round {number} of {options.rounds}: {len(messages)} messages")
            inside = folder / f"round-{number}"
            inside.mkdir()
            rounds.append(bench.round(messages, inside))
    ours, theirs = (
        _rate(options.messages * len(rounds), sum(each[way]["seconds"] for each in rounds))
        for way in ("ours", "odoo_message_process")
    )
    return {
        "at": began.isoformat(timespec="seconds"),
        "seed": options.seed,
        "attach_raw": options.raw,
        "machine": {"cores": os.cpu_count(), "load_before": round(load, 2)},
        "rounds": rounds,
        "ours": ours,
        "odoo_message_process": theirs,
        "ratio": _ratio(ours, theirs),
    }


def _takeable(seed: int) -> Iterator[bytes]:
    """Messages of the corpus without its random PNG images, on which Odoo's own intake fails."""
    for part in itertools.count():
        for _, raw in corpus(100, seed + part * PARTS):
            if b"image/png" not in raw:
                yield raw


def _prepare(odoo: OdooDatabase) -> Call:
    """Create the project as `intake odoo setup` does, the daemon's user, and the owners."""

    async def set_up_project() -> None:
        async with sessions(login_of(odoo)) as as_admin:
            await set_up(as_admin, TASK)

    asyncio.run(set_up_project())
    session = OdoorpcSession(login_of(odoo), timeout=60)

    def call(model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        return session.call(model, method, list(args), kwargs)

    for login in (AGENT, *PEOPLE):
        make_user(call, login, *AGENT_GROUPS)
    return call


class Bench:
    """Both ways into the same Odoo."""

    def __init__(self, server: OdooServer, odoo: OdooDatabase, call: Call, *, raw: bool) -> None:
        self._server = server
        self._odoo = odoo
        self._call = call
        self._raw = raw
        self._project = self._project_of_its_own()

    def round(self, messages: Sequence[bytes], folder: Path) -> Result:
        """The same messages first through the daemon, then through Odoo's own intake."""
        ours = self._through_us(messages, folder)
        theirs = self._through_odoo(messages, folder)
        return {
            "mean_bytes": round(sum(map(len, messages)) / len(messages)),
            "ours": ours,
            "odoo_message_process": theirs,
            "ratio": _ratio(ours, theirs),
        }

    def _through_us(self, messages: Sequence[bytes], folder: Path) -> Result:
        settings = SETTINGS.format(
            url=self._odoo.url,
            database=self._odoo.name,
            user=AGENT,
            password=PASSWORD,
            project=PROJECT,
            raw=str(self._raw).lower(),
        )
        secrets = {PASSWORD: AGENT}
        before = self._count("name", "ilike", "[R3-")
        with sink() as acknowledgements, running_dovecot() as dovecot:
            mailbox = Mailbox(dovecot)
            mailbox.prepare(messages)
            with running_daemon(
                dovecot, USER, acknowledgements.port, folder, more=settings, secrets=secrets
            ) as daemon:
                time.sleep(SETTLED)
                used = cpu_seconds([daemon.pid])
                began = mailbox.release()
                seconds, acknowledged = _carried(folder, len(messages), began)
                used = cpu_seconds([daemon.pid]) - used
        return {
            **_rate(len(messages), seconds),
            "last_acknowledgement_after": round(acknowledged, 3),
            "daemon_cpu_ms_per_message": round(used * 1000 / len(messages), 2),
            "in_odoo": self._count("name", "ilike", "[R3-") - before,
        }

    def _through_odoo(self, messages: Sequence[bytes], folder: Path) -> Result:
        mails = folder / "mails"
        mails.mkdir()
        for number, raw in enumerate(messages):
            (mails / f"{number:06}.eml").write_bytes(raw)
        script = folder / "intake_of_odoo.py"
        script.write_text(ODOO_S_OWN.format(folder=str(mails), project=self._project))
        before = self._count("project_id", "=", self._project)
        said = self._server.run_script(script, self._odoo, PATIENCE)
        done = json.loads(said.strip().splitlines()[-1])
        return {
            **_rate(len(messages), done["seconds"]),
            "failed": len(done["failed"]),
            "failures": sorted(set(done["failed"]))[:3],
            "in_odoo": self._count("project_id", "=", self._project) - before,
        }

    def _project_of_its_own(self) -> int:
        local, _, domain = DESK.partition("@")
        self._call("mail.alias.domain", "create", [{"name": domain}])
        values = {"name": "Odoo", "privacy_visibility": "employees", "alias_name": local}
        [project] = self._call("project.project", "create", [values])
        return int(project)

    def _count(self, *condition: Any) -> int:
        return int(self._call(TASK, "search_count", [condition]))


def _carried(folder: Path, count: int, began: float) -> tuple[float, float]:
    """Seconds from `began` until the desk has every ticket with all its entries, and until all
    messages were acknowledged."""
    socket = folder / "journal" / "socket"
    acknowledged = 0.0
    with psycopg.connect(
        f"postgresql://postgres@/postgres?host={socket}", autocommit=True
    ) as connection:
        while time.monotonic() - began < PATIENCE:
            row = connection.execute(ON_THE_WAY).fetchone()
            assert row is not None
            now = time.monotonic() - began
            if not acknowledged and row[3] == count:
                acknowledged = now
            if row[:3] == (count, 0, 0):
                return now, acknowledged
            time.sleep(0.05)
    raise TimeoutError(f"not all {count} tickets are in Odoo after {PATIENCE:.0f} s: {row}")


def _rate(count: int, seconds: float) -> Result:
    return {"messages_per_second": round(count / seconds, 2), "seconds": round(seconds, 3)}


def _ratio(ours: Result, theirs: Result) -> float:
    return round(float(ours["messages_per_second"] / theirs["messages_per_second"]), 2)


if __name__ == "__main__":
    sys.exit(main())
