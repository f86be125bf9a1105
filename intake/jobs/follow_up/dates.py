"""The client hears of the date that their ticket is scheduled for, and when it moves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from intake.notify.client import Way, tell_client
from intake.notify.effects import Following
from routing.watch.deeds import Deed
from routing.watch.moved import News, announcement, tell_at
from routing.watch.words import not_told, of_an_announcement

KINDS = {News.SCHEDULED: "scheduled", News.MOVED: "deadline-moved"}
NO_WAY = "a mensagem que abriu o chamado não tem um endereço de resposta"


def gather_moves(following: Following, deeds: Sequence[Deed]) -> None:
    """The first move of several sets when the client is told."""
    gather = timedelta(minutes=following.in_force.settings.watch.gather_minutes)
    for deed in deeds:
        if deed.of("deadline") is not None:
            pending = following.heed.tell_deadline_at
            at = tell_at(pending, following.now, gather=gather)
            following.heed = replace(following.heed, tell_deadline_at=at)


def announce(following: Following, way: Way | None) -> None:
    """Tell the client what has become of the moves, when their time has come."""
    due = following.heed.tell_deadline_at
    if due is None:
        return
    if following.now < due:
        following.looks.add(due)
        return
    following.heed = replace(following.heed, tell_deadline_at=None)
    held, watch = following.ticket.held, following.in_force.settings.watch
    said = announcement(
        following.heed.told_deadline,
        held.deadline,
        is_closed=held.is_closed,
        tell_schedule=watch.tell_schedule,
        tell_moves=watch.tell_moves,
    )
    if held.deadline is not None:
        following.heed = replace(following.heed, told_deadline=held.deadline)
    if said is None:
        return
    if way is None:
        following.note(not_told(NO_WAY))
        return
    dates = {"date": said.after} | ({"date_before": said.before} if said.before else {})
    tell_client(following, way, KINDS[said.news], dates=dates)
    if said.news is News.MOVED:
        zone = following.in_force.policy.procedure.calendar.zone
        following.note(of_an_announcement(said, zone))
