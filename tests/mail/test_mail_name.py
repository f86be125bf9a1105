"""A mail's file tells people which mail it is, and can be written anywhere."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.content import file_names
from intake.content.mail_name import mail_name

RECEIVED = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
DATE = b"Date: Mon, 23 Nov 2026 22:29:58 -0300\n"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (DATE + b"Subject: Nota com erro\n", "2026-11-23 Nota com erro.eml"),
        (b"Subject: Nota com erro\n", "2026-11-24 Nota com erro.eml"),
        (b"Date: ontem\nSubject: Nota\n", "2026-11-24 Nota.eml"),
        (DATE + b"Subject: =?utf-8?q?Emiss=C3=A3o?=\n", "2026-11-23 Emissão.eml"),
        (DATE + b"Subject: NFS-e 12/2026 ..\\..\\x\n", "2026-11-23 NFS-e 12-2026 ..-..-x.eml"),
        (DATE + b"Subject: virus.exe\n", "2026-11-23 virus.exe.eml"),
        (DATE + b"Subject: \n", "2026-11-23 mensagem original.eml"),
        (b"", "2026-11-24 mensagem original.eml"),
    ],
)
def test_by_its_day_and_subject(header: bytes, expected: str) -> None:
    assert mail_name(header + b"\nOi", RECEIVED) == expected


@given(st.binary(max_size=400), st.text(max_size=300))
def test_always_safe_and_always_a_mail(anything: bytes, subject: str) -> None:
    raw = b"Date: " + anything + b"\nSubject: " + subject.encode("utf-8", "replace") + b"\n\n"
    name = mail_name(raw, RECEIVED)
    assert name == file_names.safe(name)
    assert name.endswith(".eml")
