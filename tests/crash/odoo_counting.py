"""After all the kills: does Odoo have every ticket, file and message, and each of them once?"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from intake.desk.odoo.layout import MODULE
from tests.crash.corpus import Piece
from tests.crash.counting import Count
from tests.crash.scene import Scene
from tests.desk.odoo.conftest import Call

TICKETS = "SELECT id, uid, sender, desk_ref, desk_refusal FROM tickets ORDER BY id"
ENTRIES = "SELECT uid, ticket_id FROM ticket_entries ORDER BY ticket_id, id"
FILES = """
    SELECT count(*) AS mails, coalesce(sum(attachments), 0) AS attachments FROM messages
     WHERE outcome IN ('opened', 'joined', 'reopened', 'linked')
"""
TASK, MESSAGE, FILE = "project.task", "mail.message", "ir.attachment"
Row = dict[str, Any]


class OdooCount(Count):
    """As `Count`, with Odoo as the desk."""

    def __init__(self, scene: Scene, pieces: Sequence[Piece], call: Call) -> None:
        super().__init__(scene, pieces)
        with psycopg.connect(scene.journal_url, row_factory=dict_row) as connection:
            self.journal_tickets = connection.execute(TICKETS).fetchall()
            self.entries = connection.execute(ENTRIES).fetchall()
            [self.files] = connection.execute(FILES).fetchall()
        self._call = call
        self.names = self._names()
        self.tasks = self._rows(TASK, [], "description")
        on_tasks = [("model", "=", TASK), ("message_type", "!=", "notification")]
        self.said_there = self._rows(MESSAGE, on_tasks, "res_id", "body")
        self.files_there = self._rows(FILE, [("res_model", "=", TASK)], "res_id", "name")

    def _names(self) -> dict[str, dict[int, str]]:
        """Model → id → external id, without our prefix."""
        found: dict[str, dict[int, str]] = defaultdict(dict)
        for row in self._rows(
            "ir.model.data", [("module", "=", MODULE)], "name", "model", "res_id"
        ):
            assert row["res_id"] not in found[row["model"]], "one record, two external ids"
            found[row["model"]][row["res_id"]] = row["name"]
        return found

    def _rows(self, model: str, domain: list[Any], *fields: str) -> list[Row]:
        rows: list[Row] = self._call(
            model, "search_read", domain, list(fields), order="id", context={"active_test": False}
        )
        return rows

    def _the_desk_has_everything_once(self) -> None:
        assert [row["desk_refusal"] for row in self.journal_tickets if row["desk_refusal"]] == []
        self._every_ticket_is_one_task()
        self._everything_said_is_one_message()
        self._every_file_is_there_once()

    def _every_ticket_is_one_task(self) -> None:
        names = self.names[TASK]
        wanted = {f"ticket_{row['uid'].hex}" for row in self.journal_tickets}
        assert sorted(names.values()) == sorted(wanted)
        assert {row["id"] for row in self.tasks} == set(names), "a task without our id is a double"
        refs = {f"ticket_{row['uid'].hex}": int(row["desk_ref"]) for row in self.journal_tickets}
        assert refs == {name: record for record, name in names.items()}

    def _everything_said_is_one_message(self) -> None:
        names = self.names[MESSAGE]
        there = {row["id"] for row in self.said_there}
        assert there <= set(names), "a message without our id is a double"
        carried = {names[number] for number in there}
        wanted = {f"message_{row['uid'].hex}" for row in self.entries}
        assert wanted - carried == set()
        task_of = {row["id"]: int(row["desk_ref"]) for row in self.journal_tickets}
        order = defaultdict(list)
        for row in self.said_there:
            order[row["res_id"]].append(names[row["id"]])
        for ticket, task in task_of.items():
            own = [
                f"message_{row['uid'].hex}" for row in self.entries if row["ticket_id"] == ticket
            ]
            assert [name for name in order[task] if name in wanted] == own, "in another order"
        tickets = {row["sender"]: int(row["desk_ref"]) for row in self.journal_tickets}
        for piece in self.pieces.values():
            told = self.tasks if piece.step == 0 else self.said_there
            field, at = ("description", "id") if piece.step == 0 else ("body", "res_id")
            found = [row[at] for row in told if piece.mark in (row[field] or "")]
            assert found == [tickets[piece.client]], piece

    def _every_file_is_there_once(self) -> None:
        names = self.names[FILE]
        assert {row["id"] for row in self.files_there} <= set(names), "a file that came twice"
        kinds = Counter(row["name"].endswith(".eml") for row in self.files_there)
        assert kinds[True] == self.files["mails"]
        assert kinds[False] == self.files["attachments"]
