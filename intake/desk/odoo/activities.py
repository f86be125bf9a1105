"""To-dos as Odoo's planned activities, without the mail that Odoo would send of each."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from intake.desk.odoo.layout import external
from intake.desk.odoo.loading import CONTEXT, load
from intake.desk.odoo.place import by_external_id
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.users import Users
from intake.desk.todos import DeskTodo

log = structlog.get_logger()

MODEL = "mail.activity"
TYPE = "mail.mail_activity_data_todo"
SILENT: Mapping[str, Any] = {**CONTEXT, "mail_activity_quick_update": True}
"""Odoo writes to nobody: people are told by their own ways, and find it in their list."""
NO_USER = "{login} is no active user"


class OdooActivities:
    """Fills `DeskTodos` for tickets of one model."""

    def __init__(self, sessions: OdooSessions, model: str) -> None:
        self._sessions = sessions
        self._model = model
        self._users = Users(sessions)

    async def remind(self, todos: Sequence[DeskTodo]) -> Mapping[str, str]:
        """See `DeskTodos.remind`."""
        refused: dict[str, str] = {}
        for todo in todos:
            words = await self._remind(todo)
            if words:
                refused[todo.external_id] = words
        return refused

    async def settle(self, external_ids: Sequence[str]) -> None:
        """See `DeskTodos.settle`. Who has ended one themselves is left in peace."""
        for each in external_ids:
            try:
                found = await by_external_id(self._sessions, _id(each), MODEL)
                if found is not None:
                    await self._sessions.call(MODEL, "unlink", [found])
            except OdooRefused as error:
                # It stays in a person's list, who can end it; nothing else waits for it.
                log.warning("odoo.todo_stays", reason=error.words[:200])

    async def _remind(self, todo: DeskTodo) -> str:
        user = await self._users.id_of(todo.login)
        if user is None:
            return NO_USER.format(login=todo.login)
        row = {
            "res_model_id/id": f"{self._module}.model_{self._model.replace('.', '_')}",
            "res_id": todo.ticket_ref,
            "activity_type_id/id": TYPE,
            "user_id/.id": str(user),
            "summary": todo.summary,
            "note": todo.body_html,
            "date_deadline": todo.due_on.isoformat(),
        }
        try:
            before = await self._followers(todo.ticket_ref)
            loaded = await load(self._sessions, MODEL, {_id(todo.external_id): row}, SILENT)
            for activity in loaded.ids.values():
                await self._open_again(activity)
                await self._leave_out(todo.ticket_ref, user, before)
        except OdooRefused as error:
            return error.words
        return next(iter(loaded.refused.values()), "")

    @property
    def _module(self) -> str:
        return "project" if self._model == "project.task" else "helpdesk_mgmt"

    async def _followers(self, ref: str) -> list[int]:
        rows = await self._sessions.call(
            self._model,
            "search_read",
            [("id", "=", int(ref))],
            ["message_partner_ids"],
            context={"active_test": False},
        )
        return [each for row in rows for each in row["message_partner_ids"]]

    async def _open_again(self, activity: int) -> None:
        """Who ended it without doing what it asks for is reminded: Odoo keeps what was ended."""
        ended = [("id", "=", activity), ("active", "=", False)]
        if await self._sessions.call(MODEL, "search_count", ended):
            await self._sessions.call(
                MODEL, "write", [activity], {"active": True}, context=dict(SILENT)
            )

    async def _leave_out(self, ref: str, user: int, before: Sequence[int]) -> None:
        """Odoo makes a follower of whoever has something to do, and mails followers later."""
        [row] = await self._sessions.call(
            "res.users", "search_read", [("id", "=", user)], ["partner_id"]
        )
        partner = row["partner_id"][0]
        if partner not in before:
            await self._sessions.call(self._model, "message_unsubscribe", [int(ref)], [partner])


def _id(todo: str) -> str:
    return external(f"todo_{todo.replace('-', '')}")
