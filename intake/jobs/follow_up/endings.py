"""Closes tickets and tells the client the solution or the reason, from a note written for them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from intake.jobs.follow_up.dates import NO_WAY
from intake.notify.client import Way, tell_client
from intake.notify.effects import TicketEffects
from intake.notify.team import first_level, name_of, owner_or_first_level, tell_team
from intake.store.followups import StoredNote, close, mark_used
from routing.vocabulary import Stage
from routing.watch.closing import Ask, Closing, Ending, closing, newest
from routing.watch.note_commands import Note, read_note
from routing.watch.words import not_told, of_an_ask

KINDS = {Stage.DONE.value: "closed-done", Stage.CANCELLED.value: "closed-cancelled"}


def begin_anew(effects: TicketEffects) -> None:
    """Forget an earlier end of the ticket, because it is open now or was open in between."""
    effects.follow_up = replace(
        effects.follow_up,
        ended_at=None,
        closing_told_at=None,
        asked_owner_at=None,
        asked_first_level_at=None,
    )


def read_notes(effects: TicketEffects, notes: Sequence[StoredNote]) -> list[Note]:
    """The notes with their commands, solution and reason parsed."""
    roster, watch = effects.config.policy.procedure.roster, effects.config.settings.watch
    return [read_note(each.body, levels=roster.levels, marks=watch.marks()) for each in notes]


async def end(effects: TicketEffects, notes: Sequence[StoredNote], way: Way | None) -> None:
    """For a ticket that people closed: record the close and tell the client, or ask for the note.

    `notes`: those not used yet. `way`: how the client is reached, None where they cannot be.
    """
    held = effects.ticket.held
    if not held.is_closed:
        return
    follow_up = effects.follow_up = replace(
        effects.follow_up, ended_at=effects.follow_up.ended_at or effects.now
    )
    read = read_notes(effects, notes)
    done = closing(
        Ending(
            stage=held.stage,
            closed=held.closed,
            told=follow_up.closing_told_at is not None,
            solution=newest([each.solution for each in read]),
            reason=newest([each.reason for each in read]),
            owner=held.owner,
            ended_at=follow_up.ended_at or effects.now,
            asked_owner_at=follow_up.asked_owner_at,
            asked_first_level_at=follow_up.asked_first_level_at,
        ),
        patience=timedelta(minutes=effects.config.settings.watch.ask_after_minutes),
        calendar=effects.config.policy.procedure.calendar,
        now=effects.now,
    )
    if done.close:
        await close(effects.connection, effects.ticket.id, at=effects.now)
        effects.corrected = True
    if done.text:
        _tell(effects, done.text, way)
        used = [
            stored.id
            for stored, note in zip(notes, read, strict=True)
            if note.solution or note.reason
        ]
        await mark_used(effects.connection, used, at=effects.now)
    if done.ask is not None:
        _ask(effects, done.ask)
    _look_again(effects, done)


def _tell(effects: TicketEffects, text: str, way: Way | None) -> None:
    effects.follow_up = replace(
        effects.follow_up, closing_told_at=effects.now, tell_deadline_at=None
    )
    if way is None:
        effects.note(not_told(NO_WAY))
        return
    tell_client(effects, way, KINDS[effects.ticket.held.stage], text=text)


def _ask(effects: TicketEffects, ask: Ask) -> None:
    roster, watch = effects.config.policy.procedure.roster, effects.config.settings.watch
    held = effects.ticket.held
    cancelled = held.stage == Stage.CANCELLED.value
    words = of_an_ask(
        ask,
        cancelled=cancelled,
        mark=watch.reason_mark if cancelled else watch.solution_mark,
        name=lambda login: name_of(roster, login),
        owner=held.owner,
    )
    effects.note(words.note)
    if ask is Ask.OWNER:
        effects.follow_up = replace(effects.follow_up, asked_owner_at=effects.now)
        tell_team(effects, owner_or_first_level(roster, held.owner), words)
    else:
        effects.follow_up = replace(effects.follow_up, asked_first_level_at=effects.now)
        tell_team(effects, first_level(roster), words)


def _look_again(effects: TicketEffects, done: Closing) -> None:
    if done.look_again_at is not None:
        effects.looks.add(done.look_again_at)
