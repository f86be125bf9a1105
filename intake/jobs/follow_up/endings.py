"""A ticket ends with a word for the client, from the note that was written for them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from intake.jobs.follow_up.dates import NO_WAY
from intake.notify.client import Way, tell_client
from intake.notify.effects import Following
from intake.notify.team import first_level, name_of, owner_or_first_level, tell_team
from intake.store.followups import StoredNote, close, mark_used
from routing.vocabulary import Stage
from routing.watch.closing import Ask, Closing, Ending, closing, newest
from routing.watch.note_commands import Note, read_note
from routing.watch.words import not_told, of_an_ask

KINDS = {Stage.DONE.value: "closed-done", Stage.CANCELLED.value: "closed-cancelled"}


def begin_anew(following: Following) -> None:
    """The ticket is, or was meanwhile, open: whatever was said of an end counts no more."""
    following.heed = replace(
        following.heed,
        ended_at=None,
        closing_told_at=None,
        asked_owner_at=None,
        asked_first_level_at=None,
    )


def read_notes(following: Following, notes: Sequence[StoredNote]) -> list[Note]:
    """As they were understood."""
    roster, watch = following.in_force.policy.procedure.roster, following.in_force.settings.watch
    return [read_note(each.body, levels=roster.levels, marks=watch.marks()) for each in notes]


async def end(following: Following, notes: Sequence[StoredNote], way: Way | None) -> None:
    """Close the status and tell the client, or ask for the note. `notes`: those not used yet."""
    held = following.ticket.held
    if not held.is_closed:
        return
    heed = following.heed = replace(
        following.heed, ended_at=following.heed.ended_at or following.now
    )
    read = read_notes(following, notes)
    done = closing(
        Ending(
            stage=held.stage,
            closed=held.closed,
            told=heed.closing_told_at is not None,
            solution=newest([each.solution for each in read]),
            reason=newest([each.reason for each in read]),
            owner=held.owner,
            ended_at=heed.ended_at or following.now,
            asked_owner_at=heed.asked_owner_at,
            asked_first_level_at=heed.asked_first_level_at,
        ),
        patience=timedelta(minutes=following.in_force.settings.watch.ask_after_minutes),
        calendar=following.in_force.policy.procedure.calendar,
        now=following.now,
    )
    if done.close:
        await close(following.connection, following.ticket.id, at=following.now)
        following.corrected = True
    if done.text:
        _tell(following, done.text, way)
        used = [
            stored.id
            for stored, note in zip(notes, read, strict=True)
            if note.solution or note.reason
        ]
        await mark_used(following.connection, used, at=following.now)
    if done.ask is not None:
        _ask(following, done.ask)
    _look_again(following, done)


def _tell(following: Following, text: str, way: Way | None) -> None:
    following.heed = replace(following.heed, closing_told_at=following.now, tell_deadline_at=None)
    if way is None:
        following.note(not_told(NO_WAY))
        return
    tell_client(following, way, KINDS[following.ticket.held.stage], text=text)


def _ask(following: Following, ask: Ask) -> None:
    roster, watch = following.in_force.policy.procedure.roster, following.in_force.settings.watch
    held = following.ticket.held
    cancelled = held.stage == Stage.CANCELLED.value
    words = of_an_ask(
        ask,
        cancelled=cancelled,
        mark=watch.reason_mark if cancelled else watch.solution_mark,
        name=lambda login: name_of(roster, login),
        owner=held.owner,
    )
    following.note(words.note)
    if ask is Ask.OWNER:
        following.heed = replace(following.heed, asked_owner_at=following.now)
        tell_team(following, owner_or_first_level(roster, held.owner), words)
    else:
        following.heed = replace(following.heed, asked_first_level_at=following.now)
        tell_team(following, first_level(roster), words)


def _look_again(following: Following, done: Closing) -> None:
    if done.look_again_at is not None:
        following.looks.add(done.look_again_at)
