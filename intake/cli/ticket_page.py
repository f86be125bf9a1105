"""Shows one ticket in full on the terminal."""

from datetime import datetime
from zoneinfo import ZoneInfo

from rich.text import Text

from intake.cli.mail_path import path_tables
from intake.cli.table import console, titled
from intake.cli.ticket_table import STAGES, STARS
from intake.ports.desk_snapshots import Value
from intake.ports.mail_path import MailPath
from intake.replies.presentable import one_line
from intake.store.cards import CardView
from intake.store.history import Event, History
from routing.calendar.wording import moment

KINDS = {"message": "cliente", "reply": "resposta", "note": "nota", "change": "mudança"}
FIELDS = {
    "stage": "estágio",
    "closed": "status (⚪) fechado",
    "owner": "responsável",
    "priority": "prioridade",
    "deadline": "data final",
    "client": "cliente",
}
CARDS = {"wanted": "ainda não foi criado", "refused": "não foi criado"}
MOST = 2000
"""Most characters shown of one message or note."""


def page(found: History, path: MailPath | None, zone: ZoneInfo) -> None:
    """Print the ticket's fields, its history, and the path of the mail that opened it."""
    ticket, screen = found.ticket, console()
    facts = titled(f"{ticket.number}  {one_line(ticket.title, 120)}", "", "")
    facts.show_header = False
    for name, value in (
        ("Estágio", STAGES.get(ticket.stage, ticket.stage) + _closed(ticket.closed_at, zone)),
        ("Responsável", f"{ticket.owner or '—'} ({ticket.level})"),
        ("Prioridade", STARS.get(ticket.priority, ticket.priority)),
        ("Solicitação", ticket.request_type),
        ("Cliente", ticket.client or "—"),
        ("De", f"{ticket.sender_name} {ticket.sender} ({ticket.channel})".strip()),
        ("Recebido", _at(ticket.received_at, zone)),
        ("Primeira resposta até", _at(ticket.first_response_due, zone)),
        ("Solução até", _at(ticket.resolution_due, zone)),
        ("Data final", _at(ticket.deadline, zone)),
        ("Faltam", ", ".join(ticket.missing) or "—"),
    ):
        facts.add_row(name, Text(one_line(value, 300)))
    for card in found.cards:
        facts.add_row("Cartão no Trello", Text(one_line(_card(card), 300)))
    screen.print(facts)
    history = titled("Histórico", "Quando", "O quê", "Quem", "")
    for event in found.events:
        history.add_row(*_row(event, zone))
    screen.print(history)
    if path is not None:
        screen.print(*path_tables(path, zone), sep="\n")


def change_in_words(field: str, after: Value, zone: ZoneInfo) -> str:
    """A change as text: `data final: terça-feira, 01/12/2026, às 18:00`."""
    if isinstance(after, datetime):
        return f"{FIELDS[field]}: {moment(after.astimezone(zone))}"
    if isinstance(after, bool):
        return f"{FIELDS[field]}: {'sim' if after else 'não'}"
    return f"{FIELDS[field]}: {STAGES.get(after or '', after) or '—'}"


def _row(event: Event, zone: ZoneInfo) -> tuple[Text, ...]:
    lines = (one_line(line, 400) for line in event.what[:MOST].splitlines())
    return (
        Text(event.at.astimezone(zone).strftime("%d/%m/%Y %H:%M")),
        Text(KINDS.get(event.kind, event.kind)),
        Text(one_line(event.who, 60) or "—"),
        Text("\n".join(line for line in lines if line)),
    )


def _card(card: CardView) -> str:
    where = card.url or CARDS.get(card.state, card.state)
    return f"{card.board or card.spoken or '—'}: {where}"


def _at(at: datetime | None, zone: ZoneInfo) -> str:
    return moment(at.astimezone(zone).replace(second=0, microsecond=0)) if at else "—"


def _closed(at: datetime | None, zone: ZoneInfo) -> str:
    return f", encerrado em {at.astimezone(zone):%d/%m/%Y %H:%M}" if at else ""
