"""After all the kills: is every message exactly one thing, and every answer one mail?"""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.crash.corpus import Piece
from tests.crash.scene import Scene

MESSAGES = (
    "SELECT id, source, key, message_id, state, outcome, error, ticket_id FROM messages ORDER BY id"
)
REPLIES = "SELECT uid, kind, state, recipient, rfc_id, ticket_id FROM replies ORDER BY id"
TICKETS = "SELECT id, number, sender, acknowledged_at FROM tickets ORDER BY id"
SAID = "SELECT ticket_id, body FROM ticket_entries WHERE kind = 'message' ORDER BY id"
ORDER_AT_DESK = """
    SELECT t.id, array_agg(d.external_id ORDER BY d.position) AS desk,
           (SELECT array_agg(e.uid ORDER BY e.id) FROM ticket_entries e WHERE e.ticket_id = t.id)
               AS journal
      FROM tickets t JOIN desk_entries d ON d.ticket = t.uid GROUP BY t.id
"""
AT_DESK = "SELECT external_id FROM desk_tickets"
Row = dict[str, Any]


class Count:
    """What the journal and the SMTP sink have in the end."""

    def __init__(self, scene: Scene, pieces: Sequence[Piece]) -> None:
        with psycopg.connect(scene.journal_url, row_factory=dict_row) as connection:

            def rows(query: str) -> list[Row]:
                return connection.execute(query.encode()).fetchall()

            self.messages, self.replies = rows(MESSAGES), rows(REPLIES)
            self.tickets, self.said = rows(TICKETS), rows(SAID)
            self.order_at_desk, self.at_desk = rows(ORDER_AT_DESK), rows(AT_DESK)
        self.in_mailboxes = scene.in_mailboxes()
        self.sent = list(scene.smtp.received)
        self.pieces = {piece.message_id: piece for piece in pieces}

    def check(self) -> None:
        """Raises AssertionError at the first thing that is not as promised."""
        self._every_message_is_one_thing()
        self._every_request_is_one_ticket()
        self._conversations_kept_their_order()
        self._every_answer_is_one_mail()
        self._the_desk_has_everything_once()

    @property
    def doubled(self) -> int:
        """Mails that were sent again because the process died before it could note the first."""
        return len(self.sent) - len({str(one.message["Message-ID"]) for one in self.sent})

    def _every_message_is_one_thing(self) -> None:
        assert len(self.messages) == self.in_mailboxes
        failed = [row["error"] for row in self.messages if row["state"] != "done"]
        assert not failed, failed
        outcomes = defaultdict(list)
        for row in self.messages:
            outcomes[row["message_id"]].append(row["outcome"])
        assert set(outcomes) == set(self.pieces)
        for message_id, found in outcomes.items():
            wanted = "joined" if self.pieces[message_id].step else "opened"
            assert sorted(o for o in found if o != "duplicate") == [wanted], (message_id, found)

    def _every_request_is_one_ticket(self) -> None:
        requests = sorted(piece.client for piece in self.pieces.values() if piece.step == 0)
        assert sorted(row["sender"] for row in self.tickets) == requests
        numbers = sorted(int(row["number"].rpartition("-")[2]) for row in self.tickets)
        assert numbers == list(range(1, len(requests) + 1)), "numbers have no gap and no double"
        ticket_of = {row["sender"]: row["id"] for row in self.tickets}
        for row in self.messages:
            assert row["ticket_id"] == ticket_of[self.pieces[row["message_id"]].client]

    def _conversations_kept_their_order(self) -> None:
        said = defaultdict(list)
        for row in self.said:
            said[row["ticket_id"]].append(row["body"])
        for ticket in self.tickets:
            steps = sorted(
                (p for p in self.pieces.values() if p.client == ticket["sender"] and p.step),
                key=lambda piece: piece.step,
            )
            bodies = said[ticket["id"]]
            assert len(bodies) == len(steps), ticket["number"]
            for piece, body in zip(steps, bodies, strict=True):
                assert piece.mark in body, ticket["number"]

    def _every_answer_is_one_mail(self) -> None:
        assert Counter(row["state"] for row in self.replies).keys() <= {"sent"}
        sent_ids = {str(one.message["Message-ID"]) for one in self.sent}
        assert sent_ids == {row["rfc_id"] for row in self.replies}
        for ticket in self.tickets:
            own = [row for row in self.replies if row["recipient"] == ticket["sender"]]
            assert [row["kind"] for row in own] == ["acknowledgement"], ticket["number"]
            arrived = [one.message for one in self.sent if ticket["sender"] in one.recipients]
            assert {str(m["Message-ID"]) for m in arrived} == {own[0]["rfc_id"]}, ticket["number"]
            assert all(ticket["number"] in m["Subject"] for m in arrived)
            assert ticket["acknowledged_at"] is not None
        notices = Counter(r["ticket_id"] for r in self.replies if r["kind"] == "owner-reply")
        said = Counter(row["ticket_id"] for row in self.said)
        assert all(notices[ticket] <= count for ticket, count in said.items())

    def _the_desk_has_everything_once(self) -> None:
        assert len(self.at_desk) == len(self.tickets)
        for row in self.order_at_desk:
            assert row["desk"] == row["journal"], row["id"]


def check_commands(scene: Scene, tickets: int) -> None:
    """What an operator sees, with the daemon stopped."""
    shown = scene.place.tickets()
    assert len({ticket["number"] for ticket in shown}) == len(shown) == tickets
    assert all(ticket["acknowledged_at"] for ticket in shown)
    failed = scene.place.command("failed", "list")
    assert failed.returncode == 0, failed.stderr
    assert failed.stdout.strip() == "Nothing has failed.", failed.stdout


def summary(scene: Scene, count: Count, **facts: object) -> str:
    """One line of JSON."""
    outcomes = Counter(row["outcome"] for row in count.messages)
    return json.dumps(
        {
            **facts,
            "messages": len(count.messages),
            "outcomes": dict(outcomes),
            "tickets": len(count.tickets),
            "mails_sent": len(count.sent),
            "sent_again": count.doubled,
        }
    )
