"""The ownership guard and work that began too early: noted, told, and put back where asked."""

from collections.abc import Sequence
from dataclasses import replace

from intake.notify.effects import Following
from intake.notify.team import first_level, last_level, name_of, owner_or_first_level, tell_team
from intake.store.followups import StoredChange, put_back
from routing.watch.deeds import Deed, same_person
from routing.watch.guard import Answer, violations
from routing.watch.started import early_start
from routing.watch.words import of_a_violation, of_an_early_start


async def guard(
    following: Following, deeds: Sequence[Deed], stored: Sequence[StoredChange]
) -> None:
    """Look at each deed in turn; what was put back once is not fought over."""
    procedure = following.in_force.policy.procedure
    roster, zone = procedure.roster, procedure.calendar.zone
    guards = following.in_force.settings.watch.guard.build()
    triage = [person.login for person in first_level(roster)]
    for deed in deeds:
        for violation in violations(
            deed,
            guards=guards,
            first_level=triage,
            reverted=following.heed.reverted,
            promised=following.ticket.resolution_due,
        ):
            words = of_a_violation(violation, zone, lambda login: name_of(roster, login))
            following.note(words.note)
            people = owner_or_first_level(roster, violation.owner)
            if violation.answer is Answer.CONFLICT:
                people = [*people, *last_level(roster)]
            tell_team(following, people, words)
            if violation.answer is Answer.REVERT:
                change = next(each for each in stored if each.change is violation.change)
                await _put_back(following, change)


async def _put_back(following: Following, stored: StoredChange) -> None:
    field = stored.change.field
    await put_back(following.connection, following.ticket.id, stored)
    held = replace(following.ticket.held, **{field: stored.change.before})  # type: ignore[arg-type]
    following.ticket = replace(following.ticket, held=held)
    following.heed = replace(following.heed, reverted=(*following.heed.reverted, field))
    following.corrected = True


def note_early_starts(following: Following, deeds: Sequence[Deed]) -> None:
    """Noted on the ticket; the owner is told, and whoever began."""
    roster = following.in_force.policy.procedure.roster
    for deed in deeds:
        start = early_start(deed, promised=following.ticket.resolution_due)
        if start is None:
            continue
        words = of_an_early_start(start, lambda login: name_of(roster, login))
        following.note(words.note)
        people = owner_or_first_level(roster, start.owner)
        beginner = roster.person(start.who) if start.who else None
        if beginner is not None and not same_person(start.who, start.owner):
            people = [*people, beginner]
        tell_team(following, people, words)
