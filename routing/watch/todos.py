"""What an alarm asks of a person, as a to-do at the desk, and when that is done."""

from collections.abc import Callable, Mapping
from datetime import datetime

from routing.watch.alarms import AlarmKind
from routing.watch.state import TicketState

SUMMARIES: Mapping[AlarmKind, str] = {
    AlarmKind.RESOLUTION_BREACH: "Prazo de solução vencido: {number}",
    AlarmKind.DEADLINE_BREACH: "Data final vencida: {number}",
    AlarmKind.FIRST_RESPONSE: "Cliente sem resposta inicial: {number}",
    AlarmKind.URGENT: "Chamado urgente: {number}",
    AlarmKind.UNSCHEDULED: "À espera de agendamento: {number}",
    AlarmKind.RESOLUTION_NEAR: "Prazo de solução acabando: {number}",
    AlarmKind.DEADLINE_NEAR: "Data final chegando: {number}",
    AlarmKind.REMINDER: "Ainda sem solução: {number}",
}
"""As they stand in a person's list."""


def is_settled(kind: AlarmKind, state: TicketState, *, written_at: datetime, now: datetime) -> bool:
    """Whether a to-do of that kind asks for nothing any more.

    Done or cancelled, or another's since, no ticket owes anything to anybody; else it depends on
    what the alarm was about.
    """
    if state.is_closed or state.owned_since > written_at:
        return True
    return _SETTLED[kind](state, now)


def _is_scheduled(state: TicketState, now: datetime) -> bool:
    """Scheduling is what the alarm asks for."""
    return state.is_scheduled


def _is_answered(state: TicketState, now: datetime) -> bool:
    return state.acknowledged_at is not None


def _has_time_again(state: TicketState, now: datetime) -> bool:
    """The owner has given another date, which has not come yet."""
    return state.deadline is not None and state.deadline > now


def _never(state: TicketState, now: datetime) -> bool:
    return False


_SETTLED: Mapping[AlarmKind, Callable[[TicketState, datetime], bool]] = {
    AlarmKind.RESOLUTION_BREACH: _never,
    AlarmKind.DEADLINE_BREACH: _has_time_again,
    AlarmKind.FIRST_RESPONSE: _is_answered,
    AlarmKind.URGENT: _is_scheduled,
    AlarmKind.UNSCHEDULED: _is_scheduled,
    AlarmKind.RESOLUTION_NEAR: _never,
    AlarmKind.DEADLINE_NEAR: _never,
    AlarmKind.REMINDER: _never,
}
