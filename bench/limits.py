"""Measures what each step can do alone on this machine, without the daemon."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import aiosmtplib
import mailparser
import psycopg
import zstandard

from bench.mailbox import USER
from bench.words import DESK
from intake.store.embedded import EmbeddedPostgres
from tests.servers.dovecot import Dovecot

BATCH = 80
"""Messages in one FETCH and one transaction: the daemon's default."""
CONNECTIONS = 4
"""Connections to the SMTP server at the same time: the daemon's default."""
MAIL = (
    f"From: R3izzy <{DESK}>\r\nTo: cliente@exemplo.com.br\r\nSubject: Recebemos seu chamado\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    + "Recebemos a sua mensagem e ela já tem número e responsável.\r\n"
    * 100
).encode()
"""A mail about as long as an acknowledgement with its HTML."""


def rate(count: int, work: Callable[[], object]) -> float:
    """`count` divided by the seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def imap_fetch(dovecot: Dovecot) -> float:
    """Whole messages per second from the INBOX, by imapclient over one connection."""
    with dovecot.client(USER) as client:
        client.select_folder("INBOX", readonly=True)
        uids = sorted(client.search("ALL"))

        def fetch() -> None:
            for start in range(0, len(uids), BATCH):
                client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"])

        return rate(len(uids), fetch)


def mail_parser(raws: Sequence[bytes]) -> float:
    """Messages per second through mail-parser."""

    def parse() -> None:
        for raw in raws:
            mailparser.parse_from_bytes(raw)

    return rate(len(raws), parse)


def journal_insert(raws: Sequence[bytes], folder: Path) -> float:
    """Compressed messages per second into the embedded PostgreSQL, with fsync, one transaction per
    batch."""
    packed = [zstandard.compress(raw, 1) for raw in raws]
    server = EmbeddedPostgres(folder)
    with psycopg.connect(server.start()) as connection:
        connection.execute("CREATE TABLE bare (id bigint PRIMARY KEY, raw bytea)")
        connection.execute("ALTER TABLE bare ALTER COLUMN raw SET STORAGE EXTERNAL")
        connection.commit()
        rows = list(enumerate(packed))

        def insert() -> None:
            for start in range(0, len(rows), BATCH):
                with connection.cursor() as cursor:
                    cursor.executemany(
                        "INSERT INTO bare VALUES (%s, %b)", rows[start : start + BATCH]
                    )
                connection.commit()

        found = rate(len(rows), insert)
    server.stop()
    return found


def smtp_send(port: int, count: int) -> float:
    """Mails per second by aiosmtplib's `sendmail` over a few open connections."""
    return rate(count, lambda: asyncio.run(_send(port, count)))


async def _send(port: int, count: int) -> None:
    numbers = itertools.count()

    async def one_connection() -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False)
        async with client:
            while next(numbers) < count:
                await client.sendmail(DESK, ["cliente@exemplo.com.br"], MAIL)

    await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS)))
