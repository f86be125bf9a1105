"""Processor time and memory of processes, from /proc."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT = 1
_USED = slice(11, 15)
"""Fields of `stat` after the process's name: ppid; and utime, stime, cutime, cstime."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. `rss` counts shared pages in full; `pss` divides each by the number of its users."""

    rss: int
    pss: int
    peak_rss: int


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        if fields := _fields(path):
            children.setdefault(int(fields[_PARENT]), []).append(int(path.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time, including that of children that have ended."""
    ticks = 0
    for pid in pids:
        fields = _fields(Path(f"/proc/{pid}/stat"))
        ticks += sum(int(field) for field in fields[_USED])
    return ticks / _TICKS


def memory(pid: int) -> Memory:
    """Memory of one process."""
    rollup = _table(Path(f"/proc/{pid}/smaps_rollup"))
    status = _table(Path(f"/proc/{pid}/status"))
    return Memory(
        rss=rollup.get("Rss", 0), pss=rollup.get("Pss", 0), peak_rss=status.get("VmHWM", 0)
    )


def pss(pids: Iterable[int]) -> int:
    """PSS of several processes together, in bytes."""
    return sum(memory(pid).pss for pid in pids)


def _fields(stat: Path) -> list[str]:
    return _read(stat).rpartition(")")[2].split()


def _table(path: Path) -> dict[str, int]:
    """Lines such as `Rss:   1234 kB`, in bytes."""
    lines = (line.split() for line in _read(path).splitlines())
    return {line[0][:-1]: int(line[1]) * 1024 for line in lines if line[2:] == ["kB"]}


def _read(path: Path) -> str:
    """The file's text; empty if the process has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""
