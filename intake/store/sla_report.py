"""A month's tickets measured against the SLA: one by one for the report, counted for metrics."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from intake.store.alarms import ANSWERED
from intake.store.database import Connection
from routing.watch.report import Promised

# A person answers the client at the desk, or in the note with which a ticket is closed.
PROMISED = f"""
    SELECT t.request_type, t.level, t.first_response_due, t.resolution_due,
           least({ANSWERED}, wrote.at, closed.at) AS answered_at,
           least(wrote.at, closed.at) AS answered_by_person_at,
           CASE WHEN t.stage IN ('done', 'cancelled')
                THEN coalesce(moved.at, heed.ended_at, t.closed_at) END AS ended_at,
           t.stage = 'cancelled' AS cancelled
      FROM tickets t
           LEFT JOIN ticket_followups heed ON heed.ticket_id = t.id
           CROSS JOIN LATERAL (
               SELECT min(n.at) AS at FROM desk_notes n
                WHERE n.ticket_id = t.id AND NOT n.internal
                  AND n.at >= coalesce(t.reopened_at, t.received_at)) AS wrote
           CROSS JOIN LATERAL (
               SELECT min(r.sent_at) AS at FROM replies r
                WHERE r.ticket_id = t.id AND r.state = 'sent'
                  AND r.kind IN ('closed-done', 'closed-cancelled')
                  AND r.sent_at >= coalesce(t.reopened_at, t.received_at)) AS closed
           CROSS JOIN LATERAL (
               SELECT max(c.at) AS at FROM desk_changes c
                WHERE c.ticket_id = t.id AND c.field = 'stage'
                  AND c.after #>> '{{}}' = t.stage) AS moved
     WHERE t.received_at >= %(since)s AND t.received_at < %(until)s
           -- To whom nothing was promised, until they write again.
       AND NOT t.imported_silently
"""
# The same as `first_response` and `resolution` in routing.watch.report; tests compare the two.
JUDGED = f"""
    SELECT request_type, level,
           count(*) FILTER (WHERE answered_at <= first_response_due) AS answered_in_time,
           count(*) FILTER (WHERE answered_at IS NOT NULL OR (first_response_due <= %(now)s
               AND NOT (cancelled AND coalesce(ended_at < first_response_due, false))))
               AS answers_judged,
           count(*) FILTER (WHERE ended_at <= resolution_due AND NOT cancelled)
               AS resolved_in_time,
           count(*) FILTER (WHERE resolution_due IS NOT NULL
               AND (ended_at IS NOT NULL OR resolution_due <= %(now)s)
               AND NOT (cancelled AND ended_at IS NOT NULL)) AS resolutions_judged
      FROM ({PROMISED}) AS promised GROUP BY request_type, level
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """For one request type and level: how many tickets met the SLA, of those that can be judged."""

    request_type: str
    level: str
    answered_in_time: int
    answers_judged: int
    resolved_in_time: int
    resolutions_judged: int


async def promised(connection: Connection, since: datetime, until: datetime) -> list[Promised]:
    """Tickets received from `since` on and before `until`."""
    async with connection.cursor(row_factory=class_row(Promised)) as cursor:
        await cursor.execute(PROMISED.encode(), {"since": since, "until": until})
        return await cursor.fetchall()


async def judged(
    connection: Connection, since: datetime, until: datetime, *, now: datetime
) -> list[Judged]:
    """The same tickets, counted by the database."""
    async with connection.cursor(row_factory=class_row(Judged)) as cursor:
        await cursor.execute(JUDGED.encode(), {"since": since, "until": until, "now": now})
        return await cursor.fetchall()
