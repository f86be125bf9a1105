"""Listeners on a real journal: what is kept there, and what becomes of doubles and giants."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from intake.app.opening import Application
from intake.channels.email.imap.listener import ImapListener
from intake.channels.email.maildir import MaildirListener
from intake.ports.memory_inbox import MemoryProgress
from intake.settings.database import Database
from intake.settings.listeners import Maildir
from tests.application import application, rows
from tests.listeners.conftest import PATIENCE, Desk, mail, now, running, until
from tests.servers.dovecot import append
from tests.servers.postgres import PostgresCluster

pytestmark = pytest.mark.servers
FOLDER = "Suporte"


def listener(
    desk: Desk, running: Application, folder: str = "INBOX", **changes: object
) -> ImapListener:
    return desk.listener(folder, intake=running.inbox, **changes)


async def tickets(running: Application) -> list[str]:
    await running.worker_pool.drain()
    found = await rows(running, "SELECT subject FROM tickets ORDER BY subject")
    return [row["subject"] for row in found]


async def taken_in(running: Application, count: int) -> None:
    """Until the journal has so many messages."""
    async with asyncio.timeout(PATIENCE):
        while True:
            [found] = await rows(running, "SELECT count(*) AS n FROM messages")
            if found["n"] >= count:
                return
            await asyncio.sleep(0.01)


async def test_a_folder_whose_uids_change_makes_no_second_tickets(
    desk: Desk, database_settings: Database
) -> None:
    """As after a move to another server: the same mails, and a new one among them."""
    nameless = mail(2).replace(
        b"Message-ID: <2@clinica.test>", b"Date: Tue, 24 Nov 2026 10:00:00 -0300"
    )
    async with application(database_settings) as running:
        with desk.dovecot.client(desk.user) as client:
            client.create_folder(FOLDER)
            for raw in (mail(1), nameless):
                append(client, raw, FOLDER)
        assert await listener(desk, running, FOLDER).drain() == 2
        desk.dovecot.recreate_folder(desk.user, FOLDER)
        with desk.dovecot.client(desk.user) as client:
            for raw in (mail(1), nameless, mail(3)):
                append(client, raw, FOLDER)
        assert await listener(desk, running, FOLDER).drain() == 3
        assert await tickets(running) == ["Mensagem 1", "Mensagem 2", "Mensagem 3"]
        answers = await rows(running, "SELECT 1 FROM replies WHERE kind = 'acknowledgement'")
        assert len(answers) == 3


async def test_one_mail_in_two_mailboxes_is_one_ticket(
    desk: Desk, database_settings: Database
) -> None:
    async with application(database_settings) as running:
        with desk.dovecot.client(desk.user) as client:
            client.create_folder(FOLDER)
            append(client, mail(1))
            append(client, mail(1), FOLDER)
        both = [listener(desk, running, folder) for folder in ("INBOX", FOLDER)]
        assert await asyncio.gather(*[each.drain() for each in both]) == [1, 1]
        assert await tickets(running) == ["Mensagem 1"]


async def test_old_mail_stays_left_alone_after_a_restart_and_new_uids(
    desk: Desk, database_settings: Database
) -> None:
    old = now() - timedelta(days=400)
    async with application(database_settings) as running:
        with desk.dovecot.client(desk.user) as client:
            client.create_folder(FOLDER)
            append(client, mail(1), FOLDER, received_at=old)
        assert await listener(desk, running, FOLDER, import_existing="no").drain() == 0
    desk.dovecot.recreate_folder(desk.user, FOLDER)
    with desk.dovecot.client(desk.user) as client:
        append(client, mail(1), FOLDER, received_at=old)
        append(client, mail(2), FOLDER)
    async with application(database_settings) as running:
        assert await listener(desk, running, FOLDER, import_existing="no").drain() == 1
        assert await tickets(running) == ["Mensagem 2"]


async def test_new_mail_counts_as_new_although_the_servers_clock_is_behind(
    desk: Desk, database_settings: Database
) -> None:
    behind = now() - timedelta(minutes=2)
    async with application(database_settings) as running:
        with desk.dovecot.client(desk.user) as client:
            client.create_folder(FOLDER)
        assert await listener(desk, running, FOLDER, import_existing="no").drain() == 0
    desk.dovecot.recreate_folder(desk.user, FOLDER)
    with desk.dovecot.client(desk.user) as client:
        append(client, mail(1), FOLDER, received_at=behind)
    async with application(database_settings) as running:
        assert await listener(desk, running, FOLDER, import_existing="no").drain() == 1


async def test_what_is_too_large_is_a_ticket_that_says_so(
    desk: Desk, database_settings: Database
) -> None:
    large = mail(1, body=b"Linha do corpo.\r\n" * 40_000)
    async with application(database_settings) as running:
        desk.dovecot.append(desk.user, large)
        assert await listener(desk, running, max_message=500_000).drain() == 1
        assert await tickets(running) == ["Mensagem 1"]
        [message] = await rows(running, "SELECT state, complete, details FROM messages")
        assert (message["state"], message["complete"]) == ("done", False)
        assert message["details"]["size"] == str(len(large))
        [ticket] = await rows(running, "SELECT description_html FROM tickets")
        assert "passou do limite" in ticket["description_html"]


async def test_a_maildir_is_compared_with_the_journal(
    database_settings: Database, tmp_path: Path
) -> None:
    settings = Maildir(name="caixa", path=tmp_path / "caixa")
    async with application(database_settings) as running:
        box = MaildirListener(
            settings,
            intake=running.inbox,
            progress=MemoryProgress(),
            max_message=1_000_000,
            clock=lambda: now() - timedelta(seconds=5),
        )
        await box.drain()
        (tmp_path / "caixa" / "cur" / "1.a:2,S").write_bytes(mail(1))
        assert await box.reconcile() == 1
        assert await tickets(running) == ["Mensagem 1"]


async def test_two_daemons_on_one_journal_listen_by_turns(
    desk: Desk, database_settings: Database
) -> None:
    async with application(database_settings) as ours, application(database_settings) as theirs:
        first, second = listener(desk, ours), listener(desk, theirs)
        stopping = asyncio.Event()
        async with running(second):
            await until(lambda: second._listening)
            task = asyncio.create_task(first.run(stopping))
            desk.deliver(1)
            await until(lambda: desk.progress.ok)
            # As when the second one's host loses its network: PostgreSQL ends its session.
            await theirs.leases.close()
            await until(lambda: first._listening)
            desk.deliver(1, start=2)
            await until(lambda: second._listening is None)
            await taken_in(ours, 2)
        stopping.set()
        await asyncio.wait_for(task, PATIENCE)
        assert await tickets(ours) == ["Mensagem 1", "Mensagem 2"]


async def test_a_journal_that_goes_away_is_waited_for(
    desk: Desk, postgres_cluster: PostgresCluster
) -> None:
    url = postgres_cluster.new_database()
    async with application(Database(url=url)) as opened:
        opened.database.pool.timeout = 0.5
        listening = listener(desk, opened)
        async with running(listening):
            await until(lambda: desk.progress.ok)
            await asyncio.to_thread(postgres_cluster.kill)
            try:
                desk.deliver(1)
                await until(lambda: desk.progress.failures)
            finally:
                await asyncio.to_thread(postgres_cluster.start)
            desk.deliver(1, start=2)
            await until(lambda: listening._listening)
        await listener(desk, opened).drain()
        await opened.database.pool.check()
        assert len(await rows(opened, "SELECT 1 FROM messages")) == 2
    assert all("journal: " in each for each in desk.progress.failures[listening.source])
