"""Finds the logins of users in Odoo by their ids."""

import time
from collections.abc import Callable, Collection, Mapping

from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.users import FRESH


class Logins:
    """Looks up logins and caches them for a while."""

    def __init__(
        self, sessions: OdooSessions, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._known: dict[int, str] = {}
        self._since = clock()

    async def of(self, ids: Collection[int]) -> Mapping[int, str]:
        """Id → login, including archived users; deleted ones are left out.

        At most one call, and none if all are cached. Raises OdooAway and other DeskUnavailable
        errors.
        """
        if self._clock() - self._since > FRESH:
            self._known.clear()
            self._since = self._clock()
        unknown = sorted(set(ids) - self._known.keys())
        if unknown:
            rows = await self._sessions.call(
                "res.users",
                "search_read",
                [("id", "in", unknown)],
                ["login"],
                context={"active_test": False},
            )
            self._known |= {row["id"]: row["login"] for row in rows}
        return {each: self._known[each] for each in ids if each in self._known}
