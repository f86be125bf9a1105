"""Leases: one holder among all daemons, gone with the holder's connection."""

import psycopg
import pytest

from intake.ports.arrivals import LeaseLost
from intake.store.leases import Leases


async def test_only_one_holds_and_the_next_takes_over(journal_url: str) -> None:
    ours, theirs = Leases(journal_url), Leases(journal_url)
    async with ours.lease("imap:a") as held:
        assert held
        assert not await theirs.take("imap:a")
        assert await theirs.take("imap:b")
    assert await theirs.take("imap:a")
    await ours.close()
    await theirs.close()


async def test_one_daemon_cannot_hold_a_lease_twice(journal_url: str) -> None:
    leases = Leases(journal_url)
    assert await leases.take("imap:a")
    assert not await leases.take("imap:a")
    await leases.close()


async def test_a_dead_connection_loses_all_leases(journal_url: str) -> None:
    ours, theirs = Leases(journal_url), Leases(journal_url)
    assert await ours.take("imap:a")
    await ours.check("imap:a")
    with psycopg.connect(journal_url, autocommit=True) as connection:
        connection.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_locks
                WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"""
        )
    with pytest.raises(LeaseLost):
        await ours.check("imap:a")
    assert await theirs.take("imap:a")
    assert not await ours.take("imap:a")
    await ours.close()
    await theirs.close()


@pytest.mark.servers
async def test_the_server_soon_notices_a_host_that_went_dark(debian_postgres: str) -> None:
    leases = Leases(debian_postgres)
    connection = await leases._connected()
    cursor = await connection.execute("SELECT current_setting('tcp_keepalives_idle')")
    assert await cursor.fetchone() == ("15",)
    await leases.close()
