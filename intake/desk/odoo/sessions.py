"""A few logged-in sessions that the workers share: odoorpc is not for several threads at once."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from intake.desk.odoo.rpc import OdooAway, OdooBusy, OdooLoginRefused, OdooRefused, OdooRpc

Connect = Callable[[], OdooRpc]
"""Log in anew. Raises OdooAway or OdooLoginRefused. Called in a thread."""


class OdooSessions:
    """Calls go out on sessions that stay logged in; one that failed is not used again.

    `most`: how many calls may be under way at once.
    """

    def __init__(self, connect: Connect, most: int) -> None:
        self._connect = connect
        self._idle: list[OdooRpc] = []
        self._turn = asyncio.Semaphore(most)
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="odoo")

    async def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """See `OdooRpc.call`. A session that Odoo has forgotten is renewed once."""
        async with self._turn:
            run = asyncio.get_running_loop().run_in_executor
            return await run(self._threads, self._call, model, method, list(args), kwargs)

    async def version(self) -> str:
        """The server's version. Raises OdooAway or OdooLoginRefused."""
        async with self._turn:
            run = asyncio.get_running_loop().run_in_executor
            return await run(self._threads, self._version)

    async def close(self) -> None:
        """Let the threads go; a call under way is not waited for longer than its time-out."""
        self._idle.clear()
        await asyncio.to_thread(self._threads.shutdown)

    def _version(self) -> str:
        session = self._session()
        self._idle.append(session)
        return session.version

    def _call(self, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        used_before = bool(self._idle)
        try:
            return self._on(self._session(), model, method, args, kwargs)
        except (OdooAway, OdooLoginRefused):
            # After Odoo's restart all idle sessions are stale; a new one shows whether it is back.
            self._idle.clear()
            if not used_before or method not in REPEATABLE:
                raise
            return self._on(self._session(), model, method, args, kwargs)

    def _on(
        self, session: OdooRpc, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        try:
            found = session.call(model, method, args, kwargs)
        except (OdooRefused, OdooBusy):
            # That was the answer to this call; the session is as good as before.
            self._idle.append(session)
            raise
        self._idle.append(session)
        return found

    def _session(self) -> OdooRpc:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()


REPEATABLE = frozenset(
    ("load", "write", "read", "search", "search_read", "search_count", "fields_get")
)
"""Methods that do no harm where the first call got through and only its answer was lost."""
