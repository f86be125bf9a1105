"""The result for people: each measurement beside its target."""

from collections.abc import Iterator
from typing import Any

MB = 1_000_000


def table(result: dict[str, Any]) -> str:
    """The result as a few aligned lines."""
    rows = list(_rows(result))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = (f"{name:<{widths[0]}}  {value:>{widths[1]}}  {note}" for name, value, note in rows)
    return "\n".join(line.rstrip() for line in ("", *lines, ""))


def _rows(result: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    end, rest, memory = result["end_to_end"], result["at_rest_seconds"], result["memory_bytes"]
    yield "mailbox to acknowledgement", f"{end['messages_per_second']:.0f}/s", "to reach: 150/s"
    yield "delivery to acknowledgement, p50", f"{rest['p50']:.2f} s", ""
    yield "delivery to acknowledgement, p99", f"{rest['p99']:.2f} s", "to reach: under 1 s"
    started, worked = memory["at_rest_after_start"], memory["at_rest_after_work"]
    yield "memory at rest, after start", f"{started / MB:.0f} MB", "to reach: under 150 MB"
    yield "memory at rest, after work", f"{worked / MB:.0f} MB", "to reach: under 150 MB"
    yield "memory at most", f"{memory['peak'] / MB:.0f} MB", ""
    yield "PostgreSQL beside it (PSS)", f"{memory['postgres_pss'] / MB:.0f} MB", ""
    for row in result.get("endurance", ()):
        speed = f"{row['messages_per_second']:.0f}/s"
        yield f"memory after {row['messages']} more", f"{row['rss'] / MB:.0f} MB", speed
    for name, each in end["cpu_ms_per_message"].items():
        yield f"CPU a message, {name}", f"{each:.2f} ms", ""
    for name, each in result["bare_per_second"].items():
        yield f"alone: {name.replace('_', ' ')}", f"{each:.0f}/s", ""
