"""One thread for one blocking connection, for use from asyncio."""

import asyncio
import contextlib
import itertools
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")
_numbers = itertools.count(1)


class ConnectionThread:
    """Runs blocking calls one after the other in a thread of its own.

    Unlike an executor's thread, this one is a daemon thread: if it is stuck in a name look-up or in
    a connect to a dead host, the process can still end.
    """

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._work, name=f"{name}#{next(_numbers)}", daemon=True
        )
        self._thread.start()

    async def call(self, function: Callable[..., Result], *args: Any) -> Result:
        """The result of `function(*args)`, or its exception.

        If the caller is cancelled, the call itself goes on: close the connection that it waits for.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()

        def deliver(setter: Callable[[Any], None], value: Any) -> None:
            if not future.done():
                setter(value)

        def run() -> None:
            outcome: tuple[Callable[[Any], None], Any]
            try:
                outcome = (future.set_result, function(*args))
            except BaseException as error:  # noqa: BLE001 - handed to the caller whole
                outcome = (future.set_exception, error)
            with contextlib.suppress(RuntimeError):  # The event loop has ended, and its caller.
                loop.call_soon_threadsafe(deliver, *outcome)

        self._calls.put(run)
        return await future

    def close(self, last: Callable[[], None]) -> None:
        """End the thread after the calls already queued and after `last`."""
        self._calls.put(last)
        self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
