"""Refresh tokens in the journal: durable at the end of a turn, and one turn at a time."""

import asyncio

import pytest

from intake.settings.database import Database as DatabaseSettings
from intake.store.database import Database
from intake.store.tokens import Tokens


async def test_a_saved_token_is_there_for_all_daemons(database_settings: DatabaseSettings) -> None:
    async with Database.open(database_settings) as ours, Database.open(database_settings) as theirs:
        async with Tokens(ours).turn("oauth:a") as shelf:
            assert await shelf.load() is None
            await shelf.save("first")
            await shelf.save("second")
        async with Tokens(theirs).turn("oauth:a") as shelf:
            assert await shelf.load() == "second"
        async with Tokens(theirs).turn("oauth:b") as shelf:
            assert await shelf.load() is None


async def test_turns_follow_each_other_among_all_daemons(
    database_settings: DatabaseSettings,
) -> None:
    async def count(database: Database) -> None:
        async with Tokens(database).turn("oauth:a") as shelf:
            number = int(await shelf.load() or 0)
            await asyncio.sleep(0)
            await shelf.save(str(number + 1))

    async with Database.open(database_settings) as ours, Database.open(database_settings) as theirs:
        await asyncio.gather(*[count(each) for each in (ours, theirs) for _ in range(10)])
        async with Tokens(ours).turn("oauth:a") as shelf:
            assert await shelf.load() == "20"


async def test_a_turn_that_fails_changes_nothing(database_settings: DatabaseSettings) -> None:
    async with Database.open(database_settings) as database:
        tokens = Tokens(database)

        async def half() -> None:
            async with tokens.turn("oauth:a") as shelf:
                await shelf.save("half done")
                raise ConnectionError

        with pytest.raises(ConnectionError):
            await half()
        async with tokens.turn("oauth:a") as shelf:
            assert await shelf.load() is None
