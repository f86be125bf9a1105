"""Finds owners: a login on the roster is the login of an Odoo user."""

import time
from collections.abc import Callable, Sequence

from intake.desk.odoo.sessions import OdooSessions

FRESH = 300.0
"""Seconds for which a login's user is cached: people join, leave and are archived."""


class Users:
    """Finds users by login, and caches them for a while."""

    def __init__(
        self, sessions: OdooSessions, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._ids: dict[str, tuple[float, int | None]] = {}

    async def id_of(self, login: str) -> int | None:
        """The `res.users` id; None if there is no such user, or only an archived or portal one.

        Case is ignored. Raises OdooAway and other DeskUnavailable errors.
        """
        return (await self.ids_of([login]))[login]

    async def ids_of(self, logins: Sequence[str]) -> dict[str, int | None]:
        """Like `id_of`, for several logins in one call."""
        now = self._clock()
        stale = [login for login in logins if self._too_old(login, now)]
        if stale:
            rows = await self._sessions.call(
                "res.users",
                "search_read",
                [("share", "=", False), *_any_of(stale)],
                ["login"],
                order="id desc",
            )
            found = {row["login"].casefold(): int(row["id"]) for row in rows}
            for login in stale:
                self._ids[login] = (now, found.get(login.casefold()))
        return {login: self._ids[login][1] for login in logins}

    @property
    def strangers(self) -> frozenset[str]:
        """Logins that Odoo did not know when it was last asked."""
        return frozenset(login for login, (_, found) in self._ids.items() if found is None)

    def forget(self) -> bool:
        """Clear the cache. Returns False if nothing in it was older than a second."""
        old = [login for login, (at, _) in self._ids.items() if self._clock() - at >= 1]
        self._ids.clear()
        return bool(old)

    def _too_old(self, login: str, now: float) -> bool:
        known = self._ids.get(login)
        return known is None or now - known[0] > FRESH


def _any_of(logins: Sequence[str]) -> list[object]:
    conditions: list[object] = [("login", "=ilike", _literally(login)) for login in logins]
    return [*["|"] * (len(conditions) - 1), *conditions]


def _literally(text: str) -> str:
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, "\\" + sign)
    return text
