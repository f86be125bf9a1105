"""To-dos as Odoo's planned activities, without the mail that Odoo usually sends for each."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog

from intake.desk.odoo.layout import external
from intake.desk.odoo.loading import CONTEXT, load
from intake.desk.odoo.place import by_external_id
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.users import Users
from intake.ports.desk_activities import DeskTodo

log = structlog.get_logger()

MODEL = "mail.activity"
TYPE = "mail.mail_activity_data_todo"
SILENT: Mapping[str, Any] = {**CONTEXT, "mail_activity_quick_update": True}
"""Context that keeps Odoo from sending mail: people are notified through their own channels."""
NO_USER = "{login} is no active user"


class OdooActivities:
    """Implements `DeskTodos` for tickets of one model."""

    def __init__(self, sessions: OdooSessions, model: str) -> None:
        self._sessions = sessions
        self._model = model
        self._users = Users(sessions)

    async def remind(self, todos: Sequence[DeskTodo]) -> Mapping[str, str]:
        """See `DeskTodos.remind`. The number of calls does not depend on the number of to-dos."""
        users = await self._users.ids_of(sorted({todo.login for todo in todos})) if todos else {}
        refused = {
            todo.external_id: NO_USER.format(login=todo.login)
            for todo in todos
            if users[todo.login] is None
        }
        for_users = {todo: user for todo in todos if (user := users[todo.login]) is not None}
        if not for_users:
            return refused
        try:
            return {**refused, **await self._remind(for_users)}
        except OdooRefused as error:
            return {**refused, **{todo.external_id: error.words for todo in for_users}}

    async def settle(self, external_ids: Sequence[str]) -> None:
        """See `DeskTodos.settle`. To-dos that people have already marked done are left as they
        are."""
        for each in external_ids:
            try:
                found = await by_external_id(self._sessions, _id(each), MODEL)
                if found is not None:
                    await self._sessions.call(MODEL, "unlink", [found])
            except OdooRefused as error:
                # It stays in a person's list until they mark it done; nothing else depends on it.
                log.warning("odoo.todo_stays", reason=error.words[:200])

    async def _remind(self, todos: Mapping[DeskTodo, int]) -> Mapping[str, str]:
        """Create to-dos, given with their users. Returns Odoo's messages about those that it
        refuses."""
        before = await self._followers({int(todo.ticket_ref) for todo in todos})
        rows = {_id(todo.external_id): self._row(todo, user) for todo, user in todos.items()}
        loaded = await load(self._sessions, MODEL, rows, SILENT)
        if loaded.ids:
            await self._open_again(sorted(loaded.ids.values()))
            there = {
                todo: user for todo, user in todos.items() if _id(todo.external_id) in loaded.ids
            }
            await self._leave_out(there, before)
        return {
            todo.external_id: loaded.refused[_id(todo.external_id)]
            for todo in todos
            if _id(todo.external_id) in loaded.refused
        }

    def _row(self, todo: DeskTodo, user: int) -> dict[str, Any]:
        return {
            "res_model_id/id": f"{self._module}.model_{self._model.replace('.', '_')}",
            "res_id": todo.ticket_ref,
            "activity_type_id/id": TYPE,
            "user_id/.id": str(user),
            "summary": todo.summary,
            "note": todo.body_html,
            "date_deadline": todo.due_on.isoformat(),
        }

    @property
    def _module(self) -> str:
        return "project" if self._model == "project.task" else "helpdesk_mgmt"

    async def _followers(self, tickets: Collection[int]) -> Mapping[int, frozenset[int]]:
        rows = await self._sessions.call(
            self._model,
            "search_read",
            [("id", "in", sorted(tickets))],
            ["message_partner_ids"],
            context={"active_test": False},
        )
        return {row["id"]: frozenset(row["message_partner_ids"]) for row in rows}

    async def _open_again(self, activities: list[int]) -> None:
        """Reactivate to-dos that were marked done although the alarm still stands: Odoo keeps them
        archived."""
        domain = [("id", "in", activities), ("active", "=", False)]
        ended = await self._sessions.call(MODEL, "search", domain)
        if ended:
            await self._sessions.call(MODEL, "write", ended, {"active": True}, context=dict(SILENT))

    async def _leave_out(
        self, todos: Mapping[DeskTodo, int], before: Mapping[int, frozenset[int]]
    ) -> None:
        """Remove the users from the tickets' followers, unless they followed before.

        Odoo adds everybody with a to-do as a follower, and later sends mail to followers.
        """
        partners = await self._partners(set(todos.values()))
        made: dict[int, set[int]] = {}
        for todo, user in todos.items():
            ticket, partner = int(todo.ticket_ref), partners.get(user)
            if partner is not None and partner not in before.get(ticket, frozenset()):
                made.setdefault(ticket, set()).add(partner)
        alike: dict[frozenset[int], list[int]] = {}
        for ticket, new in made.items():
            alike.setdefault(frozenset(new), []).append(ticket)
        for some, tickets in alike.items():
            await self._unfollow(tickets, sorted(some))

    async def _unfollow(self, tickets: list[int], partners: list[int]) -> None:
        try:
            await self._sessions.call(self._model, "message_unsubscribe", tickets, partners)
        except OdooRefused as error:
            # Somebody has moved a ticket to where we may not write. They keep getting its mail;
            # nothing else is affected.
            log.warning("odoo.still_following", tickets=len(tickets), reason=error.words[:200])

    async def _partners(self, users: Collection[int]) -> Mapping[int, int]:
        rows = await self._sessions.call(
            "res.users",
            "search_read",
            [("id", "in", sorted(users))],
            ["partner_id"],
            # A user may have been archived since the login was looked up.
            context={"active_test": False},
        )
        return {row["id"]: row["partner_id"][0] for row in rows}


def _id(todo: str) -> str:
    return external(f"todo_{todo.replace('-', '')}")
