"""What cannot work ends at once with one clear line, and no traceback."""

import subprocess

import psycopg

from tests.daemon.workplace import PLAIN, Workplace
from tests.servers.process import unprivileged


def the_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    """Standard error's only line that is no log."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "defect" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert len(lines) == 1, lines
    assert done.stdout == ""
    return lines[0]


def test_every_wrong_setting_is_told_with_file_and_line(place: Workplace) -> None:
    place.write("[http]\nport = 70000\n\n[replies]\nsendr = 'x'\n")
    done = place.command("run")
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{place.settings}:2: ")
    assert "http.port" in first
    assert second.startswith(f"{place.settings}:5: ")
    assert "sender" in second


def test_a_settings_file_that_is_no_toml_is_one_line(place: Workplace) -> None:
    place.write("[http]\nport = = 1\n")
    line = the_line(place.command("run"), 2)
    assert line.startswith(f"{place.settings}:2: ")


def test_a_settings_file_that_is_missing_is_one_line(place: Workplace) -> None:
    place.settings.unlink()
    assert str(place.settings) in the_line(place.command("run"), 2)


def test_a_secret_that_is_not_there_is_one_line(place: Workplace) -> None:
    place.write(
        PLAIN
        + """
[database]
url = "postgresql://intake@127.0.0.1:1/x"
password = { env = "NO_SUCH_VARIABLE" }
"""
    )
    assert "NO_SUCH_VARIABLE" in the_line(place.command("run"), 2)


def test_a_port_that_is_taken_is_one_line_and_leaves_no_server_behind(place: Workplace) -> None:
    daemon = place.started()
    port = daemon.address.rpartition(":")[2]
    place.write(PLAIN.replace("port = 0", f"port = {port}") + '[database]\nfolder = "other"\n')
    line = the_line(place.command("run"), 1)
    assert f"127.0.0.1:{port}" in line
    assert "http.port" in line
    assert (place.folder / "other" / "pgdata").is_dir()
    assert not (place.folder / "other" / "pgdata" / "postmaster.pid").exists()


def test_a_database_that_is_newer_is_one_line(place: Workplace) -> None:
    daemon = place.started()
    with psycopg.connect(place.journal.url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert daemon.terminate() == 0
    line = the_line(place.command("run"), 1)
    assert "9999" in line
    assert "newer" in line


def test_a_database_that_does_not_answer_is_one_line(place: Workplace) -> None:
    place.write(PLAIN + '[database]\nurl = "postgresql://intake@127.0.0.1:1/x"\n')
    assert "127.0.0.1" in the_line(place.command("run"), 1)


def test_a_journal_folder_that_may_not_be_written_is_one_line(place: Workplace) -> None:
    place.account = unprivileged()
    folder = place.folder / "closed"
    folder.mkdir(mode=0o555)
    place.write(PLAIN + '[database]\nfolder = "closed"\n')
    line = the_line(place.command("run"), 1)
    assert str(folder) in line
    assert "Permission denied" in line


def test_a_journal_folder_that_cannot_be_made_is_one_line(place: Workplace) -> None:
    (place.folder / "file").touch()
    place.write(PLAIN + '[database]\nfolder = "file/journal"\n')
    assert str(place.folder / "file") in the_line(place.command("run"), 1)
