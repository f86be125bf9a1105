"""`intake failed`: what could not be processed is shown, tried again, or settled with a reason."""

import asyncio
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from intake.ports.memory_desk import MemoryDesk
from intake.settings.database import Database
from intake.store.claims import claim, mark_suspects
from tests.application import SOURCE, application, arrival, mail, rows, take_in
from tests.cli.command import Ran, intake

HOSTILE = "ValueError: \x1b[2Jveneno [bold]"


@pytest.fixture
def settings_file(tmp_path: Path, database_settings: Database) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(
        f'[database]\nurl = "{database_settings.url}"\n[replies]\nbackend = "none"\n'
        "[http]\nenabled = false\n[rules]\nshipped = false\n",
        encoding="utf-8",
    )
    return path


async def _failed(database: Database, subjects: tuple[str, ...]) -> None:
    async with application(database, replies={"backend": "none"}) as running:
        mails = [
            mail(subject=subject, message_id=f"<{number}@exemplo.com.br>")
            for number, subject in enumerate(subjects)
        ]
        await take_in(running, *mails)
        await rows(running, "DELETE FROM ticket_entries RETURNING id")
        await rows(
            running,
            """UPDATE messages SET state = 'failed', error = %s, attempts = 1, outcome = NULL,
                      ticket_id = NULL RETURNING id""",
            [HOSTILE],
        )
        for table in (
            "replies",
            "mail_threads",
            "ticket_people",
            "ticket_copied",
            "client_contacts",
            "tickets",
        ):
            await rows(running, f"DELETE FROM {table} RETURNING 1 AS one")


@pytest.fixture
def two_failed(database_settings: Database) -> None:
    asyncio.run(_failed(database_settings, ("Um", "Dois \x1b[31m")))


async def _states(database: Database) -> list[tuple[str, list[str]]]:
    async with application(database, replies={"backend": "none"}) as running:
        found = await rows(running, "SELECT state, reasons FROM messages ORDER BY id")
        return [(row["state"], row["reasons"]) for row in found]


def states(database: Database) -> list[tuple[str, list[str]]]:
    return asyncio.run(_states(database))


def failed(settings: Path, *arguments: str) -> Ran:
    return intake("-c", str(settings), "failed", *arguments)


def test_nothing_failed(settings_file: Path) -> None:
    ran = failed(settings_file, "list")
    assert (ran.code, ran.out) == (0, "Nothing has failed.\n")


@pytest.mark.usefixtures("two_failed")
def test_the_list_says_why_and_speaks_to_no_terminal(settings_file: Path) -> None:
    ran = failed(settings_file, "list")
    assert ran.code == 0
    assert "imap:suporte/INBOX" in ran.out
    assert "24/11/2026 10:00" in ran.out
    assert "[2Jveneno [bold]" in ran.out.replace("\n", " ")
    assert "\x1b" not in ran.out


@pytest.mark.usefixtures("two_failed")
def test_show_gives_the_beginning_without_what_a_terminal_would_obey(settings_file: Path) -> None:
    ran = failed(settings_file, "show", "2")
    assert ran.code == 0
    assert "state     failed\n" in ran.out
    assert "why       ValueError: [2Jveneno [bold]\n" in ran.out
    assert "\nFrom: Bia Souza <bia@exemplo.com.br>\n" in ran.out
    assert "\x1b" not in ran.out


@pytest.mark.usefixtures("two_failed")
def test_raw_gives_every_byte(settings_file: Path) -> None:
    command = [Path(sys.executable).with_name("intake"), "-c", settings_file, "failed"]
    ran = subprocess.run([*command, "show", "1", "--raw"], capture_output=True, timeout=60)
    assert ran.stdout == mail(subject="Um", message_id="<0@exemplo.com.br>")
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_number_that_is_not_there(settings_file: Path) -> None:
    ran = failed(settings_file, "show", "99")
    assert ran.code == 1
    assert ran.err == "intake: there is no message 99; see `intake failed list`\n"


@pytest.mark.usefixtures("two_failed")
def test_retry_puts_back_those_that_are_named(
    settings_file: Path, database_settings: Database
) -> None:
    ran = failed(settings_file, "retry", "2")
    assert (ran.code, ran.out[:11]) == (0, "1 put back;")
    assert [state for state, _ in states(database_settings)] == ["failed", "new"]


@pytest.mark.usefixtures("two_failed")
def test_retry_all_brings_them_through_in_the_daemon_s_next_run(
    settings_file: Path, database_settings: Database
) -> None:
    assert failed(settings_file, "retry", "--all").code == 0
    assert intake("-c", str(settings_file), "run", "--once").code == 0
    assert [state for state, _ in states(database_settings)] == ["done", "done"]
    assert failed(settings_file, "list").out == "Nothing has failed.\n"
    assert len(intake("-c", str(settings_file), "tickets", "--json").json) == 2


@pytest.mark.usefixtures("two_failed")
def test_retry_of_what_has_not_failed_says_so(settings_file: Path) -> None:
    ran = failed(settings_file, "retry", "1", "99")
    assert ran.code == 1
    assert "1 put back" in ran.out
    assert "some of these numbers are not failed" in ran.err


@pytest.mark.parametrize("arguments", [(), ("1", "--all")])
def test_retry_wants_numbers_or_all(settings_file: Path, arguments: tuple[str, ...]) -> None:
    ran = failed(settings_file, "retry", *arguments)
    assert ran.code == 2
    assert "name message numbers, or --all" in ran.err


@pytest.mark.usefixtures("two_failed")
def test_discard_keeps_the_message_and_the_reason(
    settings_file: Path, database_settings: Database
) -> None:
    ran = failed(settings_file, "discard", "1", "--reason", "propaganda")
    assert (ran.code, ran.out) == (0, "1 discarded.\n")
    assert states(database_settings) == [("discarded", ["propaganda"]), ("failed", [])]
    assert "state     discarded\n" in failed(settings_file, "show", "1").out


async def _died_with(database: Database) -> None:
    async with application(database, replies={"backend": "none"}) as running:
        await running.inbox.accept([arrival(mail())], source=SOURCE)
        run = uuid4()
        async with running.database.transaction() as connection:
            await claim(connection, [1], run)
            await mark_suspects(connection, [run])


@pytest.fixture
def under_attempt(database_settings: Database) -> None:
    """A message that was in hand when a process died, and waits to be tried alone."""
    asyncio.run(_died_with(database_settings))


@pytest.mark.usefixtures("under_attempt")
def test_a_message_under_attempt_is_listed_and_can_be_discarded(
    settings_file: Path, database_settings: Database
) -> None:
    listed = failed(settings_file, "list").out
    assert "em tentativa" in listed
    assert "terminou 1 vez" in listed
    assert failed(settings_file, "retry", "1").code == 1
    ran = failed(settings_file, "discard", "1", "--reason", "veneno")
    assert (ran.code, ran.out) == (0, "1 discarded.\n")
    assert failed(settings_file, "list").out == "Nothing has failed.\n"
    assert intake("-c", str(settings_file), "run", "--once").code == 0
    assert states(database_settings) == [("discarded", ["veneno"])]


@pytest.mark.usefixtures("two_failed")
def test_the_list_tells_what_failed_from_what_is_under_attempt(settings_file: Path) -> None:
    listed = failed(settings_file, "list").out
    assert "falhou" in listed
    assert "em tentativa" not in listed


@pytest.mark.usefixtures("two_failed")
def test_discard_wants_a_reason(settings_file: Path) -> None:
    ran = failed(settings_file, "discard", "1")
    assert ran.code == 2
    assert "--reason" in ran.err


async def _refused(database: Database) -> str:
    desk = MemoryDesk()
    desk.refuses = {"App travando": "O campo X\x1b[2J é obrigatório."}
    async with application(database, desk=desk, replies={"backend": "none"}) as running:
        await take_in(running, mail())
        [row] = await rows(running, "SELECT number FROM tickets")
        return str(row["number"])


@pytest.fixture
def refused(database_settings: Database) -> str:
    """The number of a ticket that the desk refused."""
    return asyncio.run(_refused(database_settings))


def test_a_ticket_that_the_desk_refused_is_listed_with_its_words(
    settings_file: Path, refused: str
) -> None:
    ran = failed(settings_file, "list")
    assert ran.code == 0
    assert refused in ran.out
    assert "O campo X[2J é obrigatório." in ran.out
    assert "\x1b" not in ran.out


def test_show_tells_how_a_refused_ticket_stands(settings_file: Path, refused: str) -> None:
    ran = failed(settings_file, "show", refused)
    assert ran.code == 0
    assert f"ticket    {refused}\n" in ran.out
    assert "state     refused\n" in ran.out
    assert "desk says O campo X" in ran.out
    assert "\x1b" not in ran.out
    assert failed(settings_file, "show", "R3-1999-000001").code == 1


def test_a_refused_ticket_goes_to_the_desk_when_it_is_tried_again(
    settings_file: Path, refused: str
) -> None:
    assert failed(settings_file, "retry", refused).out[:11] == "1 put back;"
    # The desk of the settings is the embedded one, which takes it.
    assert intake("-c", str(settings_file), "run", "--once").code == 0
    assert failed(settings_file, "list").out == "Nothing has failed.\n"
    assert "state     not refused\n" in failed(settings_file, "show", refused).out


def test_a_refused_ticket_can_be_left_out_of_the_desk(settings_file: Path, refused: str) -> None:
    ran = failed(settings_file, "discard", refused, "--reason", "só teste")
    assert (ran.code, ran.out) == (0, "1 discarded.\n")
    assert failed(settings_file, "list").out == "Nothing has failed.\n"
    shown = failed(settings_file, "show", refused).out
    assert "state     discarded\n" in shown
    assert "discarded só teste\n" in shown
    assert failed(settings_file, "retry", refused).code == 1
