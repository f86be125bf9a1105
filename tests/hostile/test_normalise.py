"""Hostile mail, read: never an error, always storable, never beyond the budgets."""

from collections.abc import Callable

import pytest

from intake.channels.email.reading.normalise import UNREADABLE
from intake.content import headers
from intake.settings.mail import Mail
from routing.message import Message
from tests.hostile.invariants import check
from tests.hostile.messages import HOSTILE
from tests.mail.reading import read

LIMITS = Mail()
TIGHT = Mail(
    max_message=50_000,
    max_attachments=3,
    max_attachment=200,
    max_attachments_total=500,
    max_parts=5,
    max_depth=3,
    max_text=100,
)


def hostile(name: str, *, limits: Mail = LIMITS) -> Message:
    """That mail of the table, read."""
    return read(HOSTILE[name](), limits=limits)


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_every_one_becomes_a_sound_message(make: Callable[[], bytes]) -> None:
    raw = make()
    for limits in (LIMITS, TIGHT):
        message = read(raw, limits=limits)
        check(message, limits)
        assert UNREADABLE not in message.notices
    assert len(headers.thread_position(raw).root.encode()) <= 998
    assert len(headers.message_digest(raw)) == 64


def test_there_are_many() -> None:
    assert len(HOSTILE) >= 100


@pytest.mark.parametrize(
    ("name", "part_of_the_notice"),
    [
        ("sixty_mb", "passou do limite de 40 MB"),
        ("attachment_too_large", "“grande.zip” passou do limite de 25 MB"),
        ("seventy_attachments", "20 deles não foram guardados"),
        ("ten_thousand_parts_nested", "partes dentro de partes em mais de 20 níveis"),
        ("ten_thousand_parts_flat", "mais de 500 partes"),
        ("header_of_1_mb", "cabeçalho da mensagem é longo demais"),
        ("two_million_lines", "limite de 200000 caracteres"),
        ("from_twenty_addresses", "20 remetentes; foi considerado pessoa0@exemplo.com.br"),
        ("from_missing", "não traz um endereço de remetente"),
        ("winmail_random", "winmail.dat"),
        ("cut_in_the_middle", "“a.png” chegou danificado"),
        ("boundary_of_boundary", "Nenhum texto pôde ser lido"),
    ],
)
def test_what_is_missing_is_told(name: str, part_of_the_notice: str) -> None:
    assert any(part_of_the_notice in notice for notice in hostile(name).notices)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("unknown_charset", "olá"),
        ("charset_undefined", "olá"),
        ("charset_lies", "não é ascii"),
        ("nul_in_text", "zero  no  texto"),
        ("unknown_encoding", "como veio"),
        ("only_a_body", "Ola, a nota nao sai.\nAna"),
        ("boundary_never_comes", "oi"),
        ("html_script", "oi"),
    ],
)
def test_what_can_be_read_is_read(name: str, text: str) -> None:
    assert hostile(name).text == text


def test_the_sender_is_found_behind_what_breaks_parsers() -> None:
    readable = {
        name
        for name in HOSTILE
        if name.startswith(("header", "charset", "date", "nul", "attachment", "names"))
    } - {"header_without_line_end"}
    senders = {name: hostile(name).sender for name in readable}
    lost = [name for name, sender in senders.items() if sender is None]
    assert not lost


def test_attachment_names_lead_nowhere() -> None:
    found = [file.name for file in hostile("path_names").attachments]
    assert found[:4] == ["passwd.png", "cmd.exe", "shadow.png", "autoexec.bat"]
    assert not any(name.lower().startswith(("con.", "nul.", "com1.")) for name in found)
    assert not any("\u202e" in name for name in found)


def test_addresses_of_a_twenty_thousand_are_not_all_kept() -> None:
    assert len(hostile("from_twenty_thousand_addresses").headers) < 20


def test_bombs_stay_closed() -> None:
    (bomb,) = hostile("zip_bomb_stays_closed").attachments
    assert bomb.size < 100_000
