"""A few logged-in sessions that the workers share, each used by one thread at a time.

odoorpc is not thread-safe.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from intake.desk.odoo.rpc import OdooBusy, OdooLoginRefused, OdooRefused, OdooRpc
from intake.net.connection_thread import ConnectionThread

Connect = Callable[[], OdooRpc]
"""Open a session. Called in a thread. Raises OdooAway or OdooLoginRefused."""
Result = TypeVar("Result")


class OdooSessions:
    """Makes calls on sessions that stay logged in. A session on which a call failed is not used
    again.

    `most` is the largest number of concurrent calls.
    """

    def __init__(self, connect: Connect, most: int) -> None:
        self._connect = connect
        self._idle: list[_Session] = []
        self._turn = asyncio.Semaphore(most)

    async def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """See `OdooRpc.call`."""
        return await self._on_a_session(lambda rpc: rpc.call(model, method, list(args), kwargs))

    async def version(self) -> str:
        """The server's version. Raises OdooAway or OdooLoginRefused."""
        return await self._on_a_session(lambda rpc: rpc.version)

    async def user_id(self) -> int:
        """Our own `res.users` id. Raises OdooAway or OdooLoginRefused."""
        return await self._on_a_session(lambda rpc: rpc.user_id)

    async def close(self) -> None:
        """End the threads without waiting for an Odoo that does not answer."""
        self._forget_idle()

    async def _on_a_session(self, ask: Callable[[OdooRpc], Result]) -> Result:
        async with self._turn:
            session = self._idle.pop() if self._idle else _Session(self._connect)
            try:
                return await self._ask(session, ask)
            except OdooLoginRefused:
                if not session.was_used:
                    raise
            # The password may have changed since the login: a new session reads the new one. Odoo
            # refused before doing anything, so the call can be repeated.
            self._forget_idle()
            return await self._ask(_Session(self._connect), ask)

    async def _ask(self, session: "_Session", ask: Callable[[OdooRpc], Result]) -> Result:
        well = False
        try:
            answer = await session.ask(ask)
            well = True
        except (OdooRefused, OdooBusy):
            # Only this call failed; the session can still be used.
            well = True
            raise
        finally:
            if well:
                self._idle.append(session)
            else:
                session.close()
        return answer

    def _forget_idle(self) -> None:
        for session in self._idle:
            session.close()
        self._idle.clear()


class _Session:
    """A session with its own thread. The first call logs in."""

    def __init__(self, connect: Connect) -> None:
        self.was_used = False
        self._connect = connect
        self._rpc: OdooRpc | None = None
        self._thread = ConnectionThread("odoo")

    async def ask(self, ask: Callable[[OdooRpc], Result]) -> Result:
        answer: Result = await self._thread.call(self._in_thread, ask)
        self.was_used = True
        return answer

    def _in_thread(self, ask: Callable[[OdooRpc], Result]) -> Result:
        if self._rpc is None:
            self._rpc = self._connect()
        return ask(self._rpc)

    def close(self) -> None:
        self._thread.close(lambda: None)
