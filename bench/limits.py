"""The bare limits of this machine: each step alone, without any of our program."""

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
"""Messages in one FETCH and in one transaction, as the daemon has by default."""
CONNECTIONS = 4
"""To the SMTP server at a time, as the daemon has by default."""
MAIL = (
    f"From: R3izzy <{DESK}>\r\nTo: cliente@exemplo.com.br\r\nSubject: Recebemos seu chamado\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    + "Recebemos a sua mensagem e ela já tem número e responsável.\r\n"
    * 100
).encode()
"""About as long as an acknowledgement with its HTML."""


def rate(count: int, work: Callable[[], object]) -> float:
    """`count` a second, for the time that `work` takes."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def imap_fetch(dovecot: Dovecot) -> float:
    """Messages a second from the INBOX, whole, by imapclient over one connection."""
    with dovecot.client(USER) as client:
        client.select_folder("INBOX", readonly=True)
        uids = sorted(client.search("ALL"))

        def fetch() -> None:
            for start in range(0, len(uids), BATCH):
                client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"])

        return rate(len(uids), fetch)


def mail_parser(raws: Sequence[bytes]) -> float:
    """Messages a second through mail-parser."""

    def parse() -> None:
        for raw in raws:
            mailparser.parse_from_bytes(raw)

    return rate(len(raws), parse)


def journal_insert(raws: Sequence[bytes], folder: Path) -> float:
    """Compressed messages a second into the embedded PostgreSQL, durably, a batch a transaction."""
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
    """Mails a second by aiosmtplib's `sendmail` over a few kept connections."""
    return rate(count, lambda: asyncio.run(_send(port, count)))


async def _send(port: int, count: int) -> None:
    numbers = itertools.count()

    async def one_connection() -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False)
        async with client:
            while next(numbers) < count:
                await client.sendmail(DESK, ["cliente@exemplo.com.br"], MAIL)

    await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS)))
