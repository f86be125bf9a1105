"""The place in a folder: kept over restarts, and found again when the server loses its UIDs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.listeners.conftest import Desk, mail, now, running, subjects, until
from tests.listeners.place import Place
from tests.servers.dovecot import append

SOURCE = "imap:suporte/INBOX"
FOLDER = "Suporte/Dúvidas"


# The first look


@pytest.mark.servers
async def test_what_was_there_before_may_be_left_alone(desk: Desk) -> None:
    desk.deliver(2)
    assert await desk.listener(import_existing="no").drain() == 0
    desk.deliver(1, start=3)
    assert await desk.listener(import_existing="no").drain() == 1
    assert await desk.listener(import_existing="no").reconcile() == 0
    assert desk.subjects == ["Mensagem 3"]


@pytest.mark.servers
async def test_an_empty_folder_has_a_place_too(desk: Desk) -> None:
    assert await desk.listener().drain() == 0
    assert desk.intake.cursors[SOURCE].last_uid == 0
    desk.deliver(1)
    assert await desk.listener().drain() == 1


# Another UIDVALIDITY: no UID of before means anything


@pytest.mark.servers
async def test_a_folder_made_anew_is_read_from_its_beginning(desk: Desk) -> None:
    with desk.dovecot.client(desk.user) as client:
        client.create_folder(FOLDER)
    desk.deliver(3, folder=FOLDER)
    assert await desk.listener(FOLDER).drain() == 3
    before = desk.intake.cursors[f"imap:suporte/{FOLDER}"]
    desk.dovecot.recreate_folder(desk.user, FOLDER)
    desk.deliver(2, start=4, folder=FOLDER)
    assert await desk.listener(FOLDER).drain() == 2
    assert desk.subjects == subjects(1, 5)
    after = desk.intake.cursors[f"imap:suporte/{FOLDER}"]
    assert (after.uid_validity == before.uid_validity, after.last_uid) == (False, 2)


@pytest.mark.servers
async def test_a_folder_made_anew_while_we_listen(desk: Desk) -> None:
    with desk.dovecot.client(desk.user) as client:
        client.create_folder(FOLDER)
    desk.deliver(1, folder=FOLDER)
    listener = desk.listener(FOLDER, idle_renew=0.2)
    async with running(listener):
        await until(lambda: desk.subjects == subjects(1, 1))
        desk.dovecot.recreate_folder(desk.user, FOLDER)
        desk.deliver(1, start=2, folder=FOLDER)
        await until(lambda: desk.subjects == subjects(1, 2))


@pytest.mark.servers
async def test_old_mail_stays_left_alone_when_its_uids_change(desk: Desk) -> None:
    old = now() - timedelta(days=400)
    with desk.dovecot.client(desk.user) as client:
        client.create_folder(FOLDER)
        append(client, mail(1), FOLDER, received_at=old)
    listener = desk.listener(FOLDER, import_existing="no")
    await listener.drain()
    desk.deliver(1, start=2, folder=FOLDER)
    await listener.drain()
    desk.dovecot.recreate_folder(desk.user, FOLDER)
    with desk.dovecot.client(desk.user) as client:
        append(client, mail(1), FOLDER, received_at=old)
        append(client, mail(2), FOLDER)
        append(client, mail(3), FOLDER)
    await listener.drain()
    assert desk.intake.distinct == 2
    assert set(desk.subjects) == {"Mensagem 2", "Mensagem 3"}


# The same UIDVALIDITY, but UIDs are given out a second time: a restored backup


async def test_a_restored_backup_loses_nothing_that_came_after_it(place: Place) -> None:
    server = place.server
    for number in range(1, 6):
        server.add(mail(number))
    assert await place.listener().drain() == 5
    del server.messages[3:]
    server.add(mail(6))
    assert await place.listener().drain() > 0
    assert set(place.subjects) == {*subjects(1, 6)}
    found = place.intake.cursors[place.source]
    assert (found.uid_validity, found.last_uid, found.generation) == (7, 4, 1)
    assert await place.listener().drain() == 0
    server.add(mail(7))
    assert await place.listener().drain() == 1


async def test_a_restored_backup_while_we_listen(place: Place) -> None:
    server = place.server
    server.add(mail(1))
    server.add(mail(2))
    async with running(place.listener()):
        await until(lambda: place.taken(2))
        server.messages.pop()
        server.add(mail(3))
        server.messages.pop(0)
        server.messages[-1].uid = 1
        server.cut()
        await until(lambda: "Mensagem 3" in place.subjects)


async def test_deleted_mail_is_no_restored_backup(place: Place) -> None:
    server = place.server
    server.uid_next = 6
    server.add(mail(1))
    server.add(mail(2)).uid = 5
    assert await place.listener().drain() == 2
    server.messages.pop()
    assert await place.listener().drain() == 0
    assert place.intake.cursors[place.source].generation == 0


async def test_a_server_without_uidnext_is_not_taken_for_a_restored_one(place: Place) -> None:
    server = place.server
    server.uid_next = 0
    server.add(mail(1))
    server.add(mail(2))
    assert await place.listener().drain() == 2
    server.messages.pop()
    assert await place.listener().drain() == 0
    assert place.intake.cursors[place.source].generation == 0


# The comparison with the journal


@pytest.mark.servers
async def test_reconciling_takes_in_what_the_journal_lacks(desk: Desk) -> None:
    uids = desk.deliver(5)
    await desk.listener().drain()
    for uid in (uids[1], uids[3]):
        del desk.intake.arrivals[f"{SOURCE}:{desk.intake.cursors[SOURCE].uid_validity}:{uid}"]
    place = desk.intake.cursors[SOURCE]
    assert await desk.listener().reconcile() == 2
    assert set(desk.subjects) == set(subjects(1, 5))
    assert desk.intake.cursors[SOURCE] == place
    assert await desk.listener().reconcile() == 0


async def test_reconciling_finds_what_appeared_below_the_place(place: Place) -> None:
    server = place.server
    server.add(mail(1)).uid = 10
    assert await place.listener().drain() == 1
    late = server.add(mail(2))
    late.uid = 4
    assert await place.listener().drain() == 0
    assert await place.listener().reconcile() == 1
    assert place.subjects == subjects(1, 2)


@pytest.mark.servers
async def test_reconciling_while_listening_uses_a_connection_of_its_own(desk: Desk) -> None:
    uids = desk.deliver(2)
    listener = desk.listener()
    async with running(listener):
        await until(lambda: len(desk.intake.arrivals) == 2)
        del desk.intake.arrivals[f"{SOURCE}:{desk.intake.cursors[SOURCE].uid_validity}:{uids[0]}"]
        assert await listener.reconcile() == 1
        desk.deliver(1, start=3)
        await until(lambda: len(desk.intake.arrivals) == 3)
    assert desk.progress.failures == {}


@pytest.mark.servers
async def test_reconciling_is_the_business_of_who_listens(desk: Desk) -> None:
    desk.deliver(1)
    await desk.listener().drain()
    desk.intake.arrivals.clear()
    async with desk.intake.lease(SOURCE):
        assert await desk.listener().reconcile() == 0


@pytest.mark.servers
async def test_reconciling_notices_a_folder_that_was_replaced(desk: Desk) -> None:
    with desk.dovecot.client(desk.user) as client:
        client.create_folder(FOLDER)
    desk.deliver(1, folder=FOLDER)
    listener = desk.listener(FOLDER)
    async with running(listener):
        await until(lambda: desk.subjects == subjects(1, 1))
        key = f"imap:suporte/{FOLDER}"
        # As though the open connection had not been told.
        known = desk.intake.cursors[key]
        desk.intake.cursors[key] = replace(known, uid_validity=known.uid_validity - 1)
        desk.intake.arrivals.clear()
        assert await listener.reconcile() == 0
        await until(lambda: desk.subjects == subjects(1, 1))
