"""Explains step by step how a due time was counted (pt-BR)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from routing.calendar import BusinessCalendar
from routing.calendar.wording import clock, day_name, length, moment, why_closed
from routing.sla.term import BusinessDays, BusinessTime, ByService, MonthEvaluation, Term

_DAY = timedelta(days=1)


def explain_receipt(received_at: datetime, calendar: BusinessCalendar) -> Iterator[str]:
    """When the clock starts, and why."""
    received = received_at.astimezone(calendar.zone)
    if calendar.is_open(received_at):
        yield f"Recebido {moment(received)}, dentro do expediente: o relógio começa nessa hora."
    else:
        opening = calendar.next_opening(received_at)
        yield (
            f"Recebido {moment(received)}, fora do expediente: "
            f"o relógio começa na próxima abertura, {moment(opening)}."
        )


def explain_term(
    name: str, term: Term, received_at: datetime, calendar: BusinessCalendar
) -> Iterator[str]:
    """A term's name and length, each stretch of time that counts, and the due time."""
    yield f"{name}: {term}."
    if isinstance(term, ByService):
        yield "  Nenhum serviço conhecido foi pedido: vale o prazo geral dos serviços."
        term = term.otherwise
    if isinstance(term, BusinessTime):
        yield from _hours(term, received_at, calendar)
    elif isinstance(term, BusinessDays):
        yield from _days(term, received_at, calendar)
    elif isinstance(term, MonthEvaluation):
        yield _evaluation(term)
    due = term.due(received_at, calendar)
    if due is None:
        yield "  Sem data de vencimento: lembrete a cada dia útil até resolver."
    else:
        yield f"  Vence {moment(due)}."


def _hours(term: BusinessTime, start: datetime, calendar: BusinessCalendar) -> Iterator[str]:
    left = term.length
    before: date | None = None
    for span in calendar.counted(start, term.length):
        if before is not None:
            yield from _closed_between(before, span.day, calendar)
        before = span.day
        left -= span.length
        opens = span.opens.astimezone(calendar.zone)
        closes = span.closes.astimezone(calendar.zone)
        rest = f"faltam {length(left)}" if left else "completo"
        yield (
            f"  {day_name(span.day)}, {clock(opens)} às {clock(closes)}: "
            f"conta {length(span.length)}; {rest}."
        )


def _days(term: BusinessDays, start: datetime, calendar: BusinessCalendar) -> Iterator[str]:
    first, *counted = calendar.business_days(start, term.days)
    yield f"  {day_name(first)}: dia do início, não conta."
    before = first
    for number, day in enumerate(counted, start=1):
        yield from _closed_between(before, day, calendar)
        before = day
        last = " (último, vence no fechamento)" if number == term.days else ""
        yield f"  {day_name(day)}: dia útil {number} de {term.days}{last}."


def _evaluation(term: MonthEvaluation) -> str:
    if term.day is None:
        return "  Conta até o fechamento do último dia útil do mês em que o relógio começa."
    return (
        f"  Conta até o fechamento do dia {term.day} do mês (ou do último dia útil antes dele); "
        "depois disso, vai para o mês seguinte."
    )


def _closed_between(before: date, after: date, calendar: BusinessCalendar) -> Iterator[str]:
    """A line for each closed day between two open days."""
    day = before + _DAY
    while day < after:
        yield f"  {day_name(day)}: fechado ({why_closed(calendar.day(day))})."
        day += _DAY
