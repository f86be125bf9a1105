"""The clock with 100,000 open tickets: counting, taking changes in, and the delay of an alarm.

    python -m bench.clock [--tickets 100000] [--changes 10000] [--alarms 1000]

Prints one JSON object. The journal is an embedded PostgreSQL of its own; desk and mail server are
in memory, so what is measured is the daemon and its database. Changes come as the desk's watch has
them once Odoo's answer is read. While alarms ring, the changes are being heeded.
"""

import argparse
import asyncio
import json
import resource
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from intake.app.opening import Application, opened
from intake.jobs.desk_watch import DeskWatch
from intake.logs import configure_logs
from intake.notify.alarms import recompute_alarms, set_alarms
from intake.ports.memory_desk import MemoryDesk
from intake.ports.memory_sender import MemorySender
from intake.settings.model import Settings
from intake.settings.operations import Log
from tests.desk.watched import WatchedDesk

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PEOPLE = [
    {"login": f"p{n}", "name": f"P {n}", "email": f"p{n}@r3izzy.com.br", "levels": [level]}
    for n, level in enumerate(("N0", "N0", "N1", "N1", "N1", "Coordenação"))
]
TICKETS = """
    INSERT INTO tickets (number, lane, channel, sender, sender_name, subject, title, description,
                         description_html, language, kind, request_type, priority, level, owner,
                         owner_reason, tags, missing, received_at, first_response_due,
                         resolution_due, due_explanation, trace, rules_fingerprint, assigned_at,
                         acknowledged_at, desk_ref, desk_synced)
    SELECT 'R3-2026-' || lpad(n::text, 6, '0'), n %% 64, 'email', 'c' || n || '@exemplo.com.br',
           'C', 's', 'Chamado ' || n, 'd', 'd', 'pt-BR', 'client', 'usage', 'medium', 'N1',
           'p' || (2 + n %% 3), '', '{}', '{}', now(), now() + interval '1 hour',
           now() + interval '1 day' + n * interval '1 second', '{}', '{}', 'bench', now(),
           now(), n::text, '{}'
      FROM generate_series(1, %s) AS n
"""
SOON = """
    UPDATE tickets SET assigned_at = %s::timestamptz + (id %% %s) * interval '20 milliseconds'
     WHERE id > (SELECT max(id) FROM tickets) - %s
"""
DELAYS = """
    SELECT extract(epoch FROM fired_at - due_at)::float8 AS delay FROM alarms
     WHERE kind = 'unscheduled' AND fired_at IS NOT NULL
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("tickets", 100_000), ("changes", 10_000), ("alarms", 1_000)):
        parser.add_argument(f"--{name}", type=int, default=number)
    asked = parser.parse_args()
    configure_logs(Log(level="error"))
    folder = Path(tempfile.mkdtemp(prefix="intake-bench-clock-"))
    try:
        found = asyncio.run(_measured(folder, asked.tickets, asked.changes, asked.alarms))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(found, indent=1))


async def _measured(folder: Path, tickets: int, changes: int, alarms: int) -> dict[str, Any]:
    always = {day: ["00:00-24:00"] for day in DAYS}
    settings = Settings.model_validate(
        {
            "database": {"folder": str(folder)},
            "roster": {"person": PEOPLE},
            "replies": {"backend": "maildir", "outbox": str(folder / "outbox")},
            "calendar": {"hours": always, "holidays": {"country": ""}},
        }
    )
    async with opened(settings, desk=MemoryDesk(), outbox=MemorySender()) as application:
        await _execute(application, TICKETS, [tickets])
        say(f"{tickets} tickets")
        counting = await _timed(recompute_alarms(application.context))
        [row] = await _rows(application, "SELECT count(*) AS n FROM alarms")
        say(f"{row['n']} alarms in {counting:.1f} s")
        taking_in = await _take_in(application, changes)
        say(f"{changes} changes in {taking_in:.1f} s")
        delays, heeding = await _delays(application, alarms, changes)
        return {
            "open_tickets": tickets,
            "alarms": row["n"],
            "count_all_seconds": round(counting, 1),
            "changes": changes,
            "take_in_seconds": round(taking_in, 1),
            "heed_seconds": round(heeding, 1),
            "rung": len(delays),
            "delay_seconds": {
                "p50": round(statistics.median(delays), 3),
                "p99": round(statistics.quantiles(delays, n=100)[98], 3),
                "max": round(max(delays), 3),
            },
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


async def _take_in(application: Application, changes: int) -> float:
    """Seconds in which one poll of the desk reads that this many tickets were scheduled."""
    desk, due = WatchedDesk(), datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    for n in range(1, changes + 1):
        desk.stands(
            str(n),
            f"p{2 + n % 3}",
            stage="scheduled",
            closed=False,
            owner=f"p{2 + n % 3}",
            priority="medium",
            deadline=due,
            client=None,
        )
    return await _timed(DeskWatch(application.context, desk, application.leases, poll=1).look())


async def _delays(application: Application, alarms: int, changes: int) -> tuple[list[float], float]:
    """Let alarms come due one after the other while the daemon processes the changes.

    Returns the alarms' delays and how long the changes took, in seconds.
    """
    first = datetime.now(UTC) - timedelta(hours=2) + timedelta(seconds=20)
    await _execute(application, SOON, [first, alarms, alarms])
    async with application.database.transaction() as connection:
        newest = await connection.execute(
            "SELECT id FROM tickets ORDER BY id DESC LIMIT %s", [alarms]
        )
        await set_alarms(application.context, connection, [row["id"] async for row in newest])
    stopping, started = asyncio.Event(), time.monotonic()
    working = asyncio.create_task(application.worker_pool.run(stopping))
    heeded = 0.0
    while True:
        await asyncio.sleep(1)
        found = [float(row["delay"]) for row in await _rows(application, DELAYS)]
        [left] = await _rows(
            application, "SELECT count(*) AS n FROM desk_changes WHERE processed_at IS NULL"
        )
        if not left["n"] and not heeded:
            heeded = time.monotonic() - started
            say(f"heeded in {heeded:.0f} s")
        if len(found) >= alarms and heeded:
            break
    stopping.set()
    await working
    return found, heeded


async def _timed(work: Any) -> float:
    started = time.monotonic()
    await work
    return time.monotonic() - started


async def _execute(application: Application, query: str, values: list[Any]) -> None:
    async with application.database.transaction() as connection:
        await connection.execute(query.encode(), values or None)


async def _rows(application: Application, query: str) -> list[dict[str, Any]]:
    async with application.database.transaction() as connection:
        return list(await (await connection.execute(query.encode())).fetchall())


def say(line: str) -> None:
    """Print progress to standard error."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
