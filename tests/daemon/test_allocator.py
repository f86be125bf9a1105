"""Memory goes back to the system after work, and only then."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from intake import memory


@pytest.fixture
async def trims(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Queue[int]]:
    """What the C library was asked to keep, each time that it was asked to give back."""
    asked: asyncio.Queue[int] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def trim(keep: int) -> int:
        loop.call_soon_threadsafe(asked.put_nowait, keep)
        return 1

    monkeypatch.setattr(memory, "_function", lambda name: trim)
    monkeypatch.setattr(memory, "_LOOK_SECONDS", 0.001)
    giving = asyncio.create_task(memory.give_back())
    yield asked
    giving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await giving


async def test_after_work_everything_free_is_given_back(
    trims: asyncio.Queue[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_WORKED_SECONDS", 0.0)
    assert await asyncio.wait_for(trims.get(), 20) == 0


async def test_where_the_library_is_another_one_nothing_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "_function", lambda name: None)
    memory.prefer_few_heaps()
    await asyncio.wait_for(memory.give_back(), 20)
