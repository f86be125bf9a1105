"""To-dos at the desk: what an alarm asks of a person, and when that is settled."""

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
"""The to-do's title in a person's list."""


def is_settled(kind: AlarmKind, state: TicketState, *, written_at: datetime, now: datetime) -> bool:
    """Whether a to-do of that kind is settled.

    It is if the ticket is done or cancelled, or was assigned anew or reopened since; else it
    depends on the kind of alarm.
    """
    if state.is_closed or state.owned_since > written_at:
        return True
    return _SETTLED[kind](state, now)


def _is_scheduled(state: TicketState, now: datetime) -> bool:
    """The alarm asks for scheduling."""
    return state.is_scheduled


def _is_answered(state: TicketState, now: datetime) -> bool:
    return state.acknowledged_at is not None


def _has_time_again(state: TicketState, now: datetime) -> bool:
    """The owner has set another deadline, which is still in the future."""
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
