"""The ownership policy, and work that began too early: write notes, tell people, revert changes."""

from collections.abc import Sequence
from dataclasses import replace

from intake.notify.effects import TicketEffects
from intake.notify.team import first_level, last_level, name_of, owner_or_first_level, tell_team
from intake.store.followups import StoredChange, revert
from routing.watch.change_sets import ChangeSet, same_person
from routing.watch.guard import Answer, violations
from routing.watch.started import early_start
from routing.watch.words import of_a_violation, of_an_early_start


async def guard(
    effects: TicketEffects, change_sets: Sequence[ChangeSet], stored: Sequence[StoredChange]
) -> None:
    """Check each set of changes against the ownership policy, in order.

    A field that was reverted once is not reverted again; instead the last level is told too.
    """
    procedure = effects.config.policy.procedure
    roster, zone = procedure.roster, procedure.calendar.zone
    guards = effects.config.settings.watch.guard.build()
    triage = [person.login for person in first_level(roster)]
    for change_set in change_sets:
        for violation in violations(
            change_set,
            guards=guards,
            first_level=triage,
            reverted=effects.follow_up.reverted,
            promised=effects.ticket.resolution_due,
        ):
            words = of_a_violation(violation, zone, lambda login: name_of(roster, login))
            effects.note(words.note)
            people = owner_or_first_level(roster, violation.owner)
            if violation.answer is Answer.CONFLICT:
                people = [*people, *last_level(roster)]
            tell_team(effects, people, words)
            if violation.answer is Answer.REVERT:
                change = next(each for each in stored if each.change is violation.change)
                await _put_back(effects, change)


async def _put_back(effects: TicketEffects, stored: StoredChange) -> None:
    field = stored.change.field
    await revert(effects.connection, effects.ticket.id, stored)
    held = replace(effects.ticket.held, **{field: stored.change.before})  # type: ignore[arg-type]
    effects.ticket = replace(effects.ticket, held=held)
    effects.follow_up = replace(effects.follow_up, reverted=(*effects.follow_up.reverted, field))
    effects.corrected = True


def note_early_starts(effects: TicketEffects, change_sets: Sequence[ChangeSet]) -> None:
    """For work that began too early, write a note and tell the owner and whoever began."""
    roster = effects.config.policy.procedure.roster
    for change_set in change_sets:
        start = early_start(change_set, promised=effects.ticket.resolution_due)
        if start is None:
            continue
        words = of_an_early_start(start, lambda login: name_of(roster, login))
        effects.note(words.note)
        people = owner_or_first_level(roster, start.owner)
        beginner = roster.person(start.who) if start.who else None
        if beginner is not None and not same_person(start.who, start.owner):
            people = [*people, beginner]
        tell_team(effects, people, words)
