"""The embedded PostgreSQL: shared, killed, inherited, and always stopped by the last one out."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from intake.store.embedded import EmbeddedPostgres, EmbeddedUnavailable
from tests.servers.process import Account, children, private_folder, wait_until

NOBODY = 65534
STARTS = (
    "import sys; from pathlib import Path; from intake.store.embedded import EmbeddedPostgres;"
    "EmbeddedPostgres(Path(sys.argv[1])).start()"
)
KEEPS_ONE = (
    "import os, sys; from pathlib import Path;"
    "from intake.store.embedded import EmbeddedPostgres;"
    f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY});"
    "server = EmbeddedPostgres(Path(sys.argv[1])); server.start();"
    "print('started', flush=True); sys.stdin.read(); server.stop()"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's own folder: another run of pytest closes that to the server's user."""
    parent = private_folder("journal", Account("", os.getuid(), os.getgid()))
    yield parent / "journal"
    leftover = EmbeddedPostgres(parent / "journal")
    if leftover.is_running():
        leftover.start()
        leftover.stop()
    shutil.rmtree(parent, ignore_errors=True)


def value(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def kill(server: EmbeddedPostgres) -> None:
    os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.is_running():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_starts_without_a_port_and_keeps_durability_on(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    url = server.start()
    assert value(url, "SHOW listen_addresses") == ""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        assert value(url, f"SHOW {setting}") == "on"
    server.stop()
    assert not server.is_running()


def test_the_last_one_out_stops_the_server(folder: Path) -> None:
    first, second = EmbeddedPostgres(folder), EmbeddedPostgres(folder)
    assert first.start() == second.start()
    first.stop()
    assert second.is_running()
    second.stop()
    assert not second.is_running()


def test_a_killed_user_leaves_a_server_that_the_next_one_inherits_and_stops(folder: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path;"
        "from intake.store.embedded import EmbeddedPostgres;"
        "EmbeddedPostgres(Path(sys.argv[1])).start(); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(folder)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    heir = EmbeddedPostgres(folder)
    assert heir.is_running()
    heir.start()
    heir.stop()
    assert not heir.is_running()


def test_a_killed_server_comes_back_with_what_was_committed(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    url = server.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    for _ in range(3):
        kill(server)
        assert server.ensure_running()
        assert value(url, "SELECT answer FROM kept") == 42
    server.stop()


@pytest.mark.parametrize("initdb_too", [False, True])
def test_a_first_start_that_is_killed_half_way_is_begun_anew(
    folder: Path, initdb_too: bool
) -> None:
    first = subprocess.Popen([sys.executable, "-c", STARTS, str(folder)])
    wait_until(lambda: any(folder.glob("*/PG_VERSION")), "initdb is at work")
    workers = children(first.pid)
    first.kill()
    first.wait()
    for worker in workers if initdb_too else ():
        os.kill(worker, signal.SIGKILL)
    server = EmbeddedPostgres(folder)
    assert value(server.start(), "SELECT 1") == 1
    server.stop()
    assert [each.name for each in folder.glob("*/PG_VERSION")] == ["PG_VERSION"]


def test_a_server_that_somebody_else_is_just_starting_is_waited_for(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.start()
    server.stop()
    options = f"-c unix_socket_directories='{folder / 'socket'}' -c listen_addresses=''"
    server._run("pg_ctl", "-W", "-D", str(server.data), "-l", "/dev/null", "-o", options, "start")
    wait_until(server.is_running, "the postmaster is there")
    assert value(server.start(), "SELECT 1") == 1
    server.stop()


def test_a_deep_folder_gets_a_socket_elsewhere(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    server = EmbeddedPostgres(deep)
    assert value(server.start(), "SELECT 1") == 1
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look into another user's folder")
def test_root_joins_another_users_server_but_neither_starts_nor_stops_it() -> None:
    # Not under tmp_path, which only its owner may enter.
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "journal"
        os.chown(made, NOBODY, NOBODY)
        daemon = subprocess.Popen(
            [sys.executable, "-c", KEEPS_ONE, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == b"started\n"
        visitor = EmbeddedPostgres(folder)
        assert value(visitor.start(), "SELECT 1") == 1
        visitor.stop()
        assert visitor.is_running()
        daemon.communicate(b"\n", timeout=30)
        assert not visitor.is_running()
        with pytest.raises(EmbeddedUnavailable, match="belongs to the user nobody"):
            EmbeddedPostgres(folder).start()


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedUnavailable, match="file"):
        EmbeddedPostgres(tmp_path / "file" / "journal").start()
