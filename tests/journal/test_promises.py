"""When a ticket was answered and ended, out of what people did; and the two ways to count it."""

from datetime import datetime, timedelta

import pytest

from intake.app.opening import Application
from intake.settings.database import Database
from intake.store.sla_report import judged, promised
from routing.watch.report import Promised, report
from tests.application import mail, rows, take_in
from tests.watch.heeded import BEGIN, Scene, scene

EDU = "edu.n1"
LONG_AGO, FAR_AHEAD = BEGIN - timedelta(days=3650), BEGIN + timedelta(days=3650)
ANSWER = mail(subject="Re: App travando", message_id="<2@x.br>", In_Reply_To="<um@exemplo.com.br>")


async def found(application: Application) -> list[Promised]:
    async with application.database.transaction() as connection:
        return await promised(connection, LONG_AGO, FAR_AHEAD)


async def only(here: Scene) -> Promised:
    [ticket] = await found(here.application)
    return ticket


async def test_the_acknowledgement_is_an_answer_and_no_persons(
    database_settings: Database,
) -> None:
    async with scene(database_settings) as here:
        ticket = await only(here)
        assert (ticket.answered_at, ticket.answered_by_person_at) == (BEGIN, None)
        here.clock.forward(minutes=20)
        await here.writes(EDU, "Só entre nós: é o cache.")
        assert (await only(here)).answered_by_person_at is None
        await here.writes(EDU, "Estamos olhando.", internal=False)
        ticket = await only(here)
        assert ticket.answered_at == BEGIN
        assert ticket.answered_by_person_at == BEGIN + timedelta(minutes=20)


async def test_a_person_who_is_quicker_than_the_acknowledgement_has_answered(
    database_settings: Database,
) -> None:
    async with scene(database_settings) as here:
        await rows(
            here.application, "UPDATE tickets SET acknowledged_at = %s RETURNING 1", [FAR_AHEAD]
        )
        await here.writes(EDU, "Estamos olhando.", internal=False)
        assert (await only(here)).answered_at == BEGIN


async def test_a_ticket_ends_when_it_is_moved_whenever_its_status_is_closed(
    database_settings: Database,
) -> None:
    async with scene(database_settings) as here:
        here.clock.forward(minutes=30)
        await here.acts(EDU, stage="done")
        done_at = here.clock.now
        assert (await only(here)).ended_at == done_at
        await here.later(hours=3)
        await here.writes(EDU, "Solução: reemitimos a nota.")
        ticket = await only(here)
        assert ticket.ended_at == done_at
        assert ticket.answered_by_person_at == here.clock.now, "the closing words are a person's"
        await here.acts(EDU, stage="in_progress", closed=False)
        assert (await only(here)).ended_at is None
        here.clock.forward(minutes=5)
        await here.acts(EDU, stage="cancelled")
        ticket = await only(here)
        assert (ticket.ended_at, ticket.cancelled) == (here.clock.now, True)


async def test_a_ticket_that_is_opened_again_is_judged_anew(database_settings: Database) -> None:
    async with scene(database_settings) as here:
        await here.acts(EDU, stage="done")
        await here.writes(EDU, "Solução: reemitimos a nota.")
        here.clock.forward(days=1)
        await take_in(here.application, ANSWER, first=2)
        ticket = await only(here)
        assert ticket.answered_at == here.clock.now, "by the letter that says so"
        assert (ticket.answered_by_person_at, ticket.ended_at) == (None, None)


async def test_of_a_month_only_what_came_in_then(database_settings: Database) -> None:
    async with scene(database_settings) as here:
        [row] = await rows(here.application, "SELECT received_at FROM tickets")
        at = row["received_at"]
        second = timedelta(seconds=1)
        async with here.application.database.transaction() as connection:
            assert len(await promised(connection, at, at + second)) == 1
            assert len(await promised(connection, at - second, at)) == 0


# As many as there are ways for times to lie: each instant before, at or after each other one.
EVERY_WAY = """
    INSERT INTO tickets (number, lane, channel, sender, sender_name, subject, title, description,
                         description_html, language, kind, request_type, priority, level,
                         owner_reason, tags, missing, received_at, first_response_due,
                         resolution_due, due_explanation, trace, rules_fingerprint,
                         acknowledged_at, stage, closed_at)
    SELECT 'W-' || row_number() OVER (), 0, 'email', '', '', '', '', '', '', 'pt-BR', 'client',
           (ARRAY['bug', 'tax'])[1 + abs(first + ended) %% 2], 'medium',
           (ARRAY['N0', 'N1'])[1 + abs(ended) %% 2], '', '{}', '{}', %(now)s,
           %(now)s + first * interval '1 hour', %(now)s + term * interval '1 hour', '{}', '{}', '',
           %(now)s + answer * interval '1 hour', stage,
           CASE WHEN stage IN ('done', 'cancelled') THEN %(now)s + ended * interval '1 hour' END
      FROM unnest(ARRAY[-1, 0, 1]) AS first,
           unnest(ARRAY[-1, 0, 1, NULL]) AS term,
           unnest(ARRAY[-2, -1, 0, NULL]) AS answer,
           unnest(ARRAY[-2, -1, 0]) AS ended,
           unnest(ARRAY['new', 'in_progress', 'done', 'cancelled']) AS stage
    RETURNING 1
"""


@pytest.mark.parametrize("now", [BEGIN, BEGIN + timedelta(hours=1)])
async def test_the_database_counts_as_the_report_does(
    database_settings: Database, now: datetime
) -> None:
    async with scene(database_settings) as here:
        await rows(here.application, EVERY_WAY, {"now": BEGIN})  # type: ignore[arg-type]
        tickets = await found(here.application)
        assert len(tickets) > 500
        async with here.application.database.transaction() as connection:
            counted = await judged(connection, LONG_AGO, FAR_AHEAD, now=now)
    for each in counted:
        mine = [
            ticket
            for ticket in tickets
            if (ticket.request_type, ticket.level) == (each.request_type, each.level)
        ]
        total = report(mine, now=now).total
        assert (each.answered_in_time, each.answers_judged) == (
            total.first_response.kept,
            total.first_response.judged,
        )
        assert (each.resolved_in_time, each.resolutions_judged) == (
            total.resolution.kept,
            total.resolution.judged,
        )
    assert len(counted) == len({(each.request_type, each.level) for each in tickets})
