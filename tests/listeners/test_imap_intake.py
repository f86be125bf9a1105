"""What a listener takes in, in which order, and what it leaves behind in the mailbox."""

import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from intake.ports.arrivals import Arrival, Cursor
from intake.ports.memory_inbox import MemoryIntake
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


async def test_comes_in_batches_each_with_its_place(desk: Desk) -> None:
    desk.deliver(7)
    assert await desk.listener(batch=3).drain() == 7
    assert [size for size in desk.intake.batches if size] == [3, 3, 1]


async def test_what_is_over_the_limit_is_taken_in_from_its_beginning(desk: Desk) -> None:
    large = mail(2, body=b"Linha do corpo.\r\n" * 40_000)
    desk.dovecot.append_many(desk.user, [mail(1), large, mail(3)])
    assert await desk.listener(max_message=500_000).drain() == 3
    first, second, third = desk.intake.arrivals.values()
    assert (first.complete, second.complete, third.complete) == (True, False, True)
    assert second.details["size"] == str(len(large))
    assert large.startswith(second.raw)
    assert 200_000 < len(second.raw) < 300_000


async def test_push_arrives_where_messages_are_not_kept_by_us(desk: Desk) -> None:
    """A message that somebody deletes at once is passed over, and the next one is not held up."""
    listener = desk.listener()
    async with running(listener):
        await until(lambda: desk.progress.ok.get(listener.source), "listening")
        [gone] = desk.deliver(1)
        desk.dovecot.expunge(desk.user, [gone])
        desk.deliver(1, start=2)
        await until(lambda: "Mensagem 2" in desk.subjects)
    assert desk.progress.failures == {}


async def test_idle_is_renewed_and_still_hears(desk: Desk) -> None:
    listener = desk.listener(idle_renew=0.1)
    async with running(listener):
        await until(lambda: desk.progress.ok.get(listener.source, 0) > 10, "renewed")
        desk.deliver(1)
        await until(lambda: desk.subjects == subjects(1, 1))
    assert desk.progress.failures == {}


async def test_without_idle_the_server_is_asked_now_and_then(desk: Desk) -> None:
    listener = desk.listener(
        host=desk.dovecot.no_idle_host, port=desk.dovecot.ports.no_idle, poll=0.05
    )
    assert "no IDLE: asked every 0.05 s" in await listener.check()
    async with running(listener):
        await until(lambda: desk.progress.ok.get(listener.source, 0) > 3, "listening")
        desk.deliver(2)
        await until(lambda: desk.subjects == subjects(1, 2))


async def test_a_full_mailbox_is_never_in_memory_at_once(desk: Desk) -> None:
    class Counting(MemoryIntake):
        """Keeps nothing but sizes."""

        async def accept(
            self, arrivals: Sequence[Arrival], *, source: str, cursor: Cursor | None = None
        ) -> int:
            sizes.extend(len(arrival.raw) for arrival in arrivals)
            await super().accept((), source=source, cursor=cursor)
            return len(arrivals)

    sizes: list[int] = []
    raws = [mail(number, body=(b"x" * 78 + b"\r\n") * 1_000) for number in range(1, 301)]
    desk.dovecot.append_many(desk.user, raws)
    whole = sum(map(len, raws))
    del raws
    tracemalloc.start()
    try:
        assert await desk.listener(intake=Counting()).drain() == 300
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(sizes) == whole > 24_000_000
    assert peak < whole / 2, f"{peak:,} of {whole:,} bytes"
