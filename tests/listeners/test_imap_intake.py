"""What a listener takes in, in which order, and what it leaves behind in the mailbox."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.listeners.conftest import Desk, mail, running, subjects, until
from tests.servers.dovecot import append

pytestmark = pytest.mark.servers


async def test_takes_in_what_is_there_in_order_once(desk: Desk) -> None:
    desk.deliver(3)
    assert await desk.listener().drain() == 3
    assert desk.subjects == subjects(1, 3)
    desk.deliver(1, start=4)
    assert await desk.listener().drain() == 1
    assert desk.subjects == subjects(1, 4)


async def test_bytes_come_unchanged_and_the_key_names_mailbox_folder_validity_and_uid(
    desk: Desk,
) -> None:
    eight_bit = bytes(byte for byte in range(1, 256) if byte not in b"\r\n")
    raw = mail(1, body="Olá, não emitiu a nota\r\n".encode() + eight_bit + b"\r\n")
    [uid] = desk.dovecot.append_many(desk.user, [raw])
    await desk.listener().drain()
    [arrival] = desk.intake.arrivals.values()
    cursor = desk.intake.cursors["imap:suporte/INBOX"]
    assert arrival.raw == raw
    assert arrival.complete
    assert arrival.key == f"imap:suporte/INBOX:{cursor.uid_validity}:{uid}"


async def test_seen_is_neither_needed_nor_set(desk: Desk) -> None:
    read = desk.dovecot.append(desk.user, mail(1), flags=[r"\Seen"])
    unread = desk.dovecot.append(desk.user, mail(2))
    assert await desk.listener().drain() == 2
    assert desk.dovecot.flags(desk.user, read) == {rb"\Seen"}
    assert desk.dovecot.flags(desk.user, unread) == set()


async def test_received_at_is_when_the_server_got_it_but_never_later_than_now(desk: Desk) -> None:
    earlier = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    our_clock = datetime(2026, 2, 1, tzinfo=UTC)
    desk.dovecot.append(desk.user, mail(1), received_at=earlier)
    desk.dovecot.append(desk.user, mail(2), received_at=our_clock + timedelta(hours=1))
    await desk.listener(clock=lambda: our_clock).drain()
    first, second = desk.intake.arrivals.values()
    assert first.received_at == earlier
    assert second.received_at == our_clock


async def test_push_arrives_while_idling(desk: Desk) -> None:
    listener = desk.listener()
    async with running(listener):
        await until(lambda: desk.progress.ok.get(listener.source), "listening")
        with desk.dovecot.client(desk.user) as client:
            for number in range(1, 6):
                append(client, mail(number))
                await until(lambda: len(desk.intake.arrivals) == number, "push")  # noqa: B023
    assert desk.subjects == subjects(1, 5)
    assert desk.progress.failures == {}
