"""Tells the client the date that their ticket is scheduled for, and when that date moves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from intake.notify.client import Way, tell_client
from intake.notify.effects import TicketEffects
from routing.watch.change_sets import ChangeSet
from routing.watch.moved import DateNews, announcement, tell_at
from routing.watch.words import not_told, of_an_announcement

KINDS = {DateNews.SCHEDULED: "scheduled", DateNews.MOVED: "deadline-moved"}
NO_WAY = "a mensagem que abriu o chamado não tem um endereço de resposta"


def gather_moves(effects: TicketEffects, change_sets: Sequence[ChangeSet]) -> None:
    """Set when the client is told of a new date, `watch.debounce_minutes` after the first change.

    Further changes until then are told together with it.
    """
    gather = timedelta(minutes=effects.config.settings.watch.debounce_minutes)
    for change_set in change_sets:
        if change_set.of("deadline") is not None:
            pending = effects.follow_up.tell_deadline_at
            at = tell_at(pending, effects.now, gather=gather)
            effects.follow_up = replace(effects.follow_up, tell_deadline_at=at)


def announce(effects: TicketEffects, way: Way | None) -> None:
    """Tell the client the date as it is now, once `tell_deadline_at` has come.

    `way`: how the client is reached; None where they cannot be, then a note says so.
    """
    due = effects.follow_up.tell_deadline_at
    if due is None:
        return
    if effects.now < due:
        effects.looks.add(due)
        return
    effects.follow_up = replace(effects.follow_up, tell_deadline_at=None)
    held, watch = effects.ticket.held, effects.config.settings.watch
    said = announcement(
        effects.follow_up.told_deadline,
        held.deadline,
        is_closed=held.is_closed,
        notify_schedule=watch.notify_schedule,
        notify_reschedules=watch.notify_reschedules,
    )
    if held.deadline is not None:
        effects.follow_up = replace(effects.follow_up, told_deadline=held.deadline)
    if said is None:
        return
    if way is None:
        effects.note(not_told(NO_WAY))
        return
    dates = {"date": said.after} | ({"date_before": said.before} if said.before else {})
    tell_client(effects, way, KINDS[said.news], dates=dates)
    if said.news is DateNews.MOVED:
        zone = effects.config.policy.procedure.calendar.zone
        effects.note(of_an_announcement(said, zone))
