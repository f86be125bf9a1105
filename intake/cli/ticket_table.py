"""Tickets as a table that fits the terminal's width."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from intake.replies.presentable import one_line
from intake.store.tickets import TicketView

STARS = {"high": "⭐⭐⭐", "medium": "⭐⭐", "low": "⭐"}
STAGES = {
    "new": "Novo",
    "scheduled": "Agendado",
    "in_progress": "Em andamento",
    "done": "Concluído",
    "cancelled": "Cancelado",
}
TITLE = "Título"
LEAST_TITLE = 20
GAP = 3
"""Characters between two columns."""
PIPED_WIDTH = 170
"""Characters per line in a file or pipe: enough for almost every column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, its width in characters, and how early it is dropped when space is short."""

    header: str
    width: int
    goes: int
    """Columns with higher numbers are dropped first; 0: never."""
    value: Callable[[TicketView, ZoneInfo], str]


COLUMNS = (
    Column("Número", 14, 0, lambda t, _: t.number),
    Column("Canal", 8, 9, lambda t, _: t.channel),
    Column("De", 24, 6, lambda t, _: t.sender or "—"),
    Column(TITLE, LEAST_TITLE, 0, lambda t, _: t.title),
    Column("Tipo", 18, 1, lambda t, _: t.request_type),
    Column("Prior.", 6, 5, lambda t, _: STARS.get(t.priority, t.priority)),
    Column("Nível", 11, 2, lambda t, _: t.level),
    Column("Responsável", 14, 3, lambda t, _: t.owner or "—"),
    Column("Estágio", 12, 8, lambda t, _: STAGES.get(t.stage, t.stage)),
    Column("1ª resposta", 11, 7, lambda t, zone: _instant(t.first_response_due, zone)),
    Column("Solução", 11, 4, lambda t, zone: _instant(t.resolution_due, zone)),
    Column("Conf.", 5, 5, lambda t, _: "✓" if t.acknowledged_at else "…"),
)


def ticket_table(found: Sequence[TicketView], zone: ZoneInfo, width: int) -> Table:
    """The tickets in Portuguese, within `width` characters. The most important columns are kept."""
    shown = _fitting(width)
    spare = width - _width(shown)
    table = Table(title="Chamados", title_justify="left", header_style="bold")
    for column in shown:
        room = column.width + (max(0, spare) if column.header == TITLE else 0)
        table.add_column(column.header, no_wrap=True, overflow="ellipsis", max_width=min(room, 60))
    for ticket in found:
        table.add_row(*(_cell(column.value(ticket, zone)) for column in shown))
    return table


def _cell(value: str) -> Text:
    """Clients wrote some of the text: remove markup and control characters."""
    return Text(one_line(value, 200))


def _fitting(width: int) -> list[Column]:
    shown = list(COLUMNS)
    while _width(shown) > width and any(column.goes for column in shown):
        shown.remove(max(shown, key=lambda column: column.goes))
    return shown


def _width(columns: Sequence[Column]) -> int:
    return sum(column.width + GAP for column in columns) + 1


def _instant(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%d/%m %H:%M") if at else "—"
