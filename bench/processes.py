"""What processes use, as the kernel counts it (/proc)."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT = 1
_USED = slice(11, 15)
"""Among the fields of `stat` after the name: ppid; utime, stime, cutime, cstime."""


@dataclass(frozen=True, slots=True)
class Memory:
    """In bytes. `rss` counts shared pages whole, `pss` by the share of each who has them."""

    rss: int
    pss: int
    peak_rss: int


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        if fields := _fields(path):
            children.setdefault(int(fields[_PARENT]), []).append(int(path.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time, with that of children that have ended."""
    ticks = 0
    for pid in pids:
        fields = _fields(Path(f"/proc/{pid}/stat"))
        ticks += sum(int(field) for field in fields[_USED])
    return ticks / _TICKS


def memory(pid: int) -> Memory:
    """Of one process."""
    rollup = _table(Path(f"/proc/{pid}/smaps_rollup"))
    status = _table(Path(f"/proc/{pid}/status"))
    return Memory(
        rss=rollup.get("Rss", 0), pss=rollup.get("Pss", 0), peak_rss=status.get("VmHWM", 0)
    )


def pss(pids: Iterable[int]) -> int:
    """Bytes that several processes have together."""
    return sum(memory(pid).pss for pid in pids)


def _fields(stat: Path) -> list[str]:
    return _read(stat).rpartition(")")[2].split()


def _table(path: Path) -> dict[str, int]:
    """Lines like `Rss:   1234 kB`, in bytes."""
    lines = (line.split() for line in _read(path).splitlines())
    return {line[0][:-1]: int(line[1]) * 1024 for line in lines if line[2:] == ["kB"]}


def _read(path: Path) -> str:
    """Nothing where the process ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return ""
