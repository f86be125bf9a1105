"""The job `triage`: turn waiting messages into tickets, entries of tickets, or records.

It loads the state in one round trip, decides with pure functions, and writes all rows and the jobs
that follow from them in one transaction.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.jobs.app_events import record_opened
from intake.jobs.bursts import Unit, units, whole_bursts
from intake.jobs.chat_replies import PATIENCE, chat_answer, waits_for_desk
from intake.jobs.claiming import claim_messages
from intake.jobs.message_updates import earlier_text
from intake.jobs.opt_outs import record_opt_outs
from intake.jobs.triage_rows import (
    Decision,
    answer_entry,
    further_files,
    message_done,
    message_entries,
    rest_done,
    strangers_notes,
    ticket_row,
)
from intake.notify import notices
from intake.notify.acknowledgements import acknowledgement, summary_of
from intake.notify.notes import note
from intake.notify.outbox import Outbox
from intake.ports.messages import StoredMessage
from intake.store.batch import (
    EVERY_YEAR,
    Batch,
    ReopenedRow,
    StartedRow,
    new_ticket_ids,
    new_ticket_numbers,
)
from intake.store.claims import record_read
from intake.store.database import Connection
from intake.store.error_words import words_of
from intake.store.ledger import load_ledger
from intake.store.message_files import files_came
from intake.store.messages import load_messages, lock_waiting, mark_failed
from intake.store.ticket_summary import OurReply, TicketSummary, load_summaries, our_replies
from intake.store.transient_errors import is_away
from routing.ledger import Ledger
from routing.message import Message
from routing.reception import IMPORTED, Outcome, receive, surroundings
from routing.threading import referenced_ids

log = structlog.get_logger()

SMALL = 8_000
"""Bytes up to which a batch is parsed in the event loop. Larger ones are parsed in a thread, since
they could hold up everything else that the daemon does."""


async def triage_messages(context: Context, ids: Sequence[int], *, ended: bool = False) -> None:
    """Triage those of the messages that still wait, in order.

    `ended`: no further messages will come, so bursts are triaged at once. A message that cannot be
    processed is marked as failed, and the first level is told; it does not hold up the others.
    Raises only where the database is away.
    """
    async with context.run.shared():
        claimed = await claim_messages(context, ids)
        waiting = await whole_bursts(context, claimed, ids, ended=ended)
        await _triage(context, waiting)


async def triage_alone(context: Context, stored: StoredMessage) -> None:
    """Triage a claimed suspect (see `quarantine`), after committing that reading it did no harm."""
    config = context.config
    try:
        [message] = await _read(context, [stored], config)
        config.policy.rules.classify(message, surroundings(config.policy, context.clock()))
        async with context.database.transaction() as connection:
            await record_read(connection, stored.id)
    except Exception as error:
        if is_away(error):
            raise
        log.exception("triage.failed", message=stored.id, source=stored.source)
        await fail_message(context, stored, words_of(error))
        return
    await _triage(context, [stored])


async def _triage(context: Context, waiting: Sequence[StoredMessage]) -> None:
    if len(waiting) > 1:
        try:
            await _process(context, waiting)
            return
        except Exception as error:
            if is_away(error):
                raise
            # One of them is at fault. Processing each alone finds out which.
            log.warning("triage.batch_split", messages=len(waiting), exc_info=True)
    for stored in waiting:
        try:
            await _process(context, [stored])
        except Exception as error:
            if is_away(error):
                raise
            log.exception("triage.failed", message=stored.id, source=stored.source)
            await fail_message(context, stored, words_of(error))


async def _process(context: Context, waiting: Sequence[StoredMessage]) -> None:
    config = context.config
    messages = await _read(context, waiting, config)
    now = context.clock()
    async with context.database.transaction() as connection:
        ours = await lock_waiting(connection, [stored.id for stored in waiting])
        if await files_came(connection, waiting):
            waiting = await load_messages(connection, sorted(ours))
            messages = await _read(context, waiting, config)
        pairs = [pair for pair in zip(waiting, messages, strict=True) if pair[0].id in ours]
        if not pairs:
            return
        await record_opt_outs(connection, [message for _, message in pairs], now)
        together = units(pairs)
        ledger, new_ids = await _gather(connection, together, config, now)
        earlier = await earlier_text(context, connection, [unit.message for unit in together])
        decided = await _decide(together, config, ledger, new_ids, now, earlier)
        batch = await _compose(connection, decided, config, now)
        await Outbox(context, connection).write(batch, later=_later(batch, context.clock()))
        await record_opened(context, connection, (ticket.id for ticket in batch.tickets))
    for one in decided:
        context.metrics.processed(one.stored.channel.value, one.reception.outcome.value)


async def _read(
    context: Context, waiting: Sequence[StoredMessage], config: ActiveConfig
) -> list[Message]:
    limits, own = config.settings.mail, config.policy.own_addresses

    def read() -> list[Message]:
        return [context.read(stored, limits, own) for stored in waiting]

    if sum(len(stored.raw) for stored in waiting) <= SMALL:
        return read()
    return await asyncio.to_thread(read)


async def _gather(
    connection: Connection,
    together: Sequence[Unit],
    config: ActiveConfig,
    now: datetime,
) -> tuple[Ledger, Iterator[int]]:
    policy = config.policy
    ledger = await load_ledger(
        connection,
        [unit.message for unit in together],
        [unit.stored.digest for unit in together],
        logins=[person.login for person in policy.procedure.roster.people],
        most_answers=policy.caps.overall,
        now=now,
    )
    return ledger, iter(await new_ticket_ids(connection, len(together)))


async def _decide(
    together: Sequence[Unit],
    config: ActiveConfig,
    ledger: Ledger,
    new_ids: Iterator[int],
    now: datetime,
    earlier: Mapping[str, str],
) -> list[Decision]:
    decided = []
    for unit in together:
        reception = receive(
            unit.message,
            source=unit.stored.source,
            digest=unit.stored.digest,
            policy=config.policy,
            ledger=ledger,
            new_ids=new_ids,
            now=now,
        )
        decided.append(
            Decision(
                stored=unit.stored,
                message=unit.message,
                rest=unit.rest,
                earlier_text=next(
                    (earlier[i] for i in unit.message.in_reply_to if i in earlier), ""
                ),
                reception=reception,
            )
        )
        await _let_others_run()
    return decided


async def _let_others_run() -> None:
    """Let other tasks run between two messages, so that they do not wait for a whole batch."""
    await asyncio.sleep(0)


async def _compose(
    connection: Connection, decided: Sequence[Decision], config: ActiveConfig, now: datetime
) -> Batch:
    summaries = await _standings(connection, decided, config, now)
    ours = await _ours_that_are_answered(connection, decided)
    batch = Batch()
    for one in decided:
        reception, message = one.reception, one.message
        summary = summaries.get(reception.ticket_id or 0)
        batch.done += [message_done(one), *rest_done(one)]
        if reception.outcome is Outcome.DUPLICATE and reception.due is None:
            continue
        if summary is not None:
            _onto_the_ticket(batch, one, summary, config, now)
            answered = next((ours[i] for i in referenced_ids(message) if i in ours), None)
            if not (_stands_there(one) and reception.outcome is Outcome.JOINED):
                batch.replies += notices.of_a_message(
                    message, reception, summary, config, now, answered=answered
                )
        said = chat_answer(one, summary, config, now)
        if said is not None:
            batch.replies.append(said)
        answer = acknowledgement(message, reception, summary, config, now)
        if answer is not None:
            batch.replies.append(answer)
            if summary is not None:
                batch.entries.append(answer_entry(summary.ticket_id, answer))
        await _let_others_run()
    return batch


def _onto_the_ticket(
    batch: Batch, one: Decision, summary: TicketSummary, config: ActiveConfig, now: datetime
) -> None:
    reception = one.reception
    if reception.triage is not None:
        batch.tickets.append(ticket_row(one, summary.number, config, now))
        batch.entries += [note(summary.ticket_id, words) for words in reception.triage.notes]
        batch.entries += strangers_notes(one, summary.number)
        batch.entries += further_files(one, summary.ticket_id)
        return
    if not _stands_there(one) and reception.outcome is not Outcome.DUPLICATE:
        batch.entries += [
            *message_entries(one, summary.ticket_id),
            *further_files(one, summary.ticket_id),
        ]
    if reception.due is None:
        return
    if reception.outcome is not Outcome.REOPENED:
        batch.started.append(StartedRow(ticket_id=summary.ticket_id, due=reception.due, at=now))
        return
    if reception.silently:
        batch.entries.append(note(summary.ticket_id, IMPORTED))
    batch.reopened.append(
        ReopenedRow(
            ticket_id=summary.ticket_id, due=reception.due, at=now, silently=reception.silently
        )
    )


def _stands_there(one: Decision) -> bool:
    """Whether the message is on this ticket already, and is only triaged again."""
    return one.stored.ticket_id is not None and one.stored.ticket_id == one.reception.ticket_id


async def _standings(
    connection: Connection, decided: Sequence[Decision], config: ActiveConfig, now: datetime
) -> dict[int, TicketSummary]:
    """Summaries of all tickets that these messages open or belong to, by ticket id."""
    numbers = await _numbers(connection, decided, config, now)
    receptions = [one.reception for one in decided]
    older = {r.ticket_id for r in receptions if r.ticket_id is not None} - numbers.keys()
    summaries = await load_summaries(connection, older)
    for reception in receptions:
        ticket_id = reception.ticket_id
        if ticket_id is None:
            continue
        if reception.triage is not None:
            summaries[ticket_id] = summary_of(ticket_id, numbers[ticket_id], reception.triage)
        elif reception.due is not None:
            summaries[ticket_id] = replace(
                summaries[ticket_id],
                first_response_due=reception.due.first_response_due,
                resolution_due=reception.due.resolution_due,
            )
    return summaries


async def _ours_that_are_answered(
    connection: Connection, decided: Sequence[Decision]
) -> Mapping[str, OurReply]:
    followed = [one for one in decided if one.reception.thread.ticket is not None]
    return await our_replies(
        connection,
        {one.reception.ticket_id for one in followed if one.reception.ticket_id is not None},
        {i for one in followed for i in referenced_ids(one.message)},
    )


async def _numbers(
    connection: Connection, decided: Sequence[Decision], config: ActiveConfig, now: datetime
) -> dict[int, str]:
    opened = [one.reception.ticket_id for one in decided if one.reception.triage is not None]
    if not opened:
        return {}
    tickets = config.settings.tickets
    year = now.astimezone(config.policy.procedure.calendar.zone).year
    count = year if tickets.counts_by_year else EVERY_YEAR
    numbers = await new_ticket_numbers(connection, count, len(opened))
    return {
        ticket_id: tickets.number.format(year=year, seq=seq)
        for ticket_id, seq in zip(opened, numbers, strict=True)
        if ticket_id is not None
    }


def _later(batch: Batch, now: datetime) -> dict[str, datetime]:
    """Reply uid → when to send it, for chat answers, which wait a little for the desk's link."""
    return {str(reply.uid): now + PATIENCE for reply in batch.replies if waits_for_desk(reply)}


async def fail_message(context: Context, stored: StoredMessage, error: str) -> None:
    """Mark a message as failed and tell the first level, in one transaction."""
    config = context.config
    batch = Batch(replies=notices.of_a_failure(stored, error, config, context.clock()))
    async with context.database.transaction() as connection:
        if not await mark_failed(connection, stored.id, error):
            return
        await Outbox(context, connection).write(batch)
    context.metrics.processed(stored.channel.value, "failed")
