"""A few logged-in sessions that the workers share: odoorpc is not for several threads at once."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from intake.desk.odoo.rpc import OdooBusy, OdooLoginRefused, OdooRefused, OdooRpc
from intake.net.connection_thread import ConnectionThread

Connect = Callable[[], OdooRpc]
"""Log in anew. Raises OdooAway or OdooLoginRefused. Called in a thread."""
Result = TypeVar("Result")


class OdooSessions:
    """Calls go out on sessions that stay logged in; one that failed is not used again.

    `most`: how many calls may be under way at once.
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
        """Let the threads go, without waiting for an Odoo that does not answer."""
        self._forget_idle()

    async def _on_a_session(self, ask: Callable[[OdooRpc], Result]) -> Result:
        async with self._turn:
            session = self._idle.pop() if self._idle else _Session(self._connect)
            try:
                return await self._ask(session, ask)
            except OdooLoginRefused:
                if not session.was_used:
                    raise
            # The password has changed since the login: a new session reads the new one. Odoo
            # refused before it did anything, so that nothing happens twice.
            self._forget_idle()
            return await self._ask(_Session(self._connect), ask)

    async def _ask(self, session: "_Session", ask: Callable[[OdooRpc], Result]) -> Result:
        well = False
        try:
            answer = await session.ask(ask)
            well = True
        except (OdooRefused, OdooBusy):
            # That was the answer to this call; the session is as good as before.
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
    """A thread with the session that only it uses. The first call logs in."""

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
