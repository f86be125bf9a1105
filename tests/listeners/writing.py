"""Mails to send, and the pace at which tests want things tried again."""

from datetime import UTC, datetime

from intake.net.backoff import Pace

QUICK = Pace(first=0.05, longest=0.5, first_after_refusal=0.2, longest_after_refusal=1, lease=0.1)


def now() -> datetime:
    return datetime.now(UTC)


def mail(number: int, *, body: bytes = b"Bom dia.\r\n") -> bytes:
    return (
        b"From: Ana <ana@clinica.test>\r\nTo: suporte@r3izzy.test\r\n"
        b"Message-ID: <%d@clinica.test>\r\nSubject: Mensagem %d\r\n\r\n" % (number, number)
    ) + body


def subject(raw: bytes) -> str:
    return raw.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode()


def subjects(first: int, last: int) -> list[str]:
    return [f"Mensagem {number}" for number in range(first, last + 1)]
