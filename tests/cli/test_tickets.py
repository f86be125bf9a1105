"""`intake tickets`: the table for people, and the JSON that checks outside the project read."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from intake.cli.ticket_table import ticket_table
from intake.settings.database import Database
from intake.store.tickets import TicketStore, TicketView, change_stage
from routing.vocabulary import Stage
from tests.application import application, mail, take_in
from tests.cli.command import intake

ZONE = ZoneInfo("America/Sao_Paulo")
CONTRACT = {
    "number", "channel", "sender", "subject", "kind", "request_type", "level", "priority", "owner",
    "stage", "missing", "received_at", "first_response_due", "resolution_due", "acknowledged_at",
    "desk_url",
}  # fmt: skip
HOSTILE = "[bold]Nota[/bold] :smile: \x1b]0;título\x07[/]"


@pytest.fixture
def settings_file(tmp_path: Path, database_settings: Database) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(f'[database]\nurl = "{database_settings.url}"\n', encoding="utf-8")
    return path


async def _open(database: Database, *mails: bytes) -> list[TicketView]:
    async with application(database) as running:
        await take_in(running, *mails)
        return await TicketStore(running.database).all()


def printed(views: list[TicketView], width: int) -> list[str]:
    screen = Console(width=width, color_system=None)
    with screen.capture() as captured:
        screen.print(ticket_table(views, ZONE, width))
    return captured.get().splitlines()


def test_no_ticket_yet(settings_file: Path) -> None:
    ran = intake("-c", str(settings_file), "tickets")
    assert ran.code == 0
    assert "No ticket yet" in ran.out
    assert intake("-c", str(settings_file), "tickets", "--json").json == []


def test_the_json_has_what_the_contract_names(
    settings_file: Path, database_settings: Database
) -> None:
    asyncio.run(_open(database_settings, mail(subject=HOSTILE)))
    ran = intake("-c", str(settings_file), "tickets", "--json")
    [ticket] = ran.json
    assert set(ticket) >= CONTRACT
    assert ticket["number"].endswith("-000001")
    assert (ticket["channel"], ticket["sender"]) == ("email", "bia@exemplo.com.br")
    assert (ticket["kind"], ticket["stage"], ticket["owner"]) == ("client", "new", "ana.n0")
    assert (ticket["missing"], ticket["level"]) == ([], "N0")
    for name in ("received_at", "first_response_due", "resolution_due", "acknowledged_at"):
        assert datetime.fromisoformat(ticket[name]).tzinfo is not None
    assert datetime.fromisoformat(ticket["received_at"]) == datetime(2026, 11, 24, 13, tzinfo=UTC)
    assert "\x1b" not in ran.out


def test_tickets_are_listed_in_the_order_of_their_numbers(
    settings_file: Path, database_settings: Database
) -> None:
    mails = [mail(subject=f"Nº {n}", message_id=f"<{n}@exemplo.com.br>") for n in range(12)]
    asyncio.run(_open(database_settings, *mails))
    found = [one["number"] for one in intake("-c", str(settings_file), "tickets", "--json").json]
    assert found == sorted(found)
    assert len(set(found)) == 12


def test_what_a_client_wrote_is_shown_as_it_is(database_settings: Database) -> None:
    views = asyncio.run(_open(database_settings, mail(subject=HOSTILE)))
    table = "\n".join(printed(views, 240))
    assert "[bold]Nota[/bold] :smile:" in table
    assert "\x1b" not in table
    assert "\x07" not in table


@pytest.mark.parametrize("width", [60, 80, 100, 120, 170, 240])
def test_the_table_fits_and_always_says_number_and_title(
    database_settings: Database, width: int
) -> None:
    views = asyncio.run(_open(database_settings, mail(subject="Nota fiscal não sai " * 9)))
    lines = printed(views, width)
    assert max(len(line) for line in lines) <= width
    table = "\n".join(lines)
    assert views[0].number in table
    assert "Nota fiscal" in table


def test_the_table_speaks_the_desk_s_words(database_settings: Database) -> None:
    [view] = asyncio.run(_open(database_settings, mail()))
    table = "\n".join(printed([view], 200))
    for word in ("Chamados", "Número", "Responsável", "Novo", "⭐⭐", "1ª resposta", "Solução"):
        assert word in table
    assert view.first_response_due.astimezone(ZONE).strftime("%d/%m %H:%M") in table


async def _close(database: Database) -> list[TicketView]:
    async with application(database) as running:
        await take_in(running, mail())
        [ticket] = await TicketStore(running.database).all()
        at = datetime.now(UTC) - timedelta(days=1)
        async with running.database.transaction() as connection:
            await change_stage(connection, ticket.number, Stage.DONE, at=at)
        return await TicketStore(running.database).all()


def test_a_closed_ticket_says_so(database_settings: Database) -> None:
    table = "\n".join(printed(asyncio.run(_close(database_settings)), 200))
    assert "Concluído" in table


def test_json_is_only_text_for_a_terminal_and_still_what_was_written(
    settings_file: Path, database_settings: Database
) -> None:
    subject = "Nota\u009b31m não sai\x7f"
    asyncio.run(_open(database_settings, mail(subject=subject)))
    ran = intake("-c", str(settings_file), "tickets", "--json")
    assert ran.out.replace("\n", "").isprintable()
    assert "\\u009b" in ran.out
    assert "\u009b" in ran.json[0]["subject"]
