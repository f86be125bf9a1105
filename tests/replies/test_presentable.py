"""What clients wrote, before it stands in a mail of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.replies.presentable import given_name, one_line, title_line


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Mariana Lopes", "Mariana"),
        ("Joa\u0303o Lima", "João"),
        ("MARIANA LOPES", "Mariana"),
        ("mariana lopes", "Mariana"),
        ("  João   da Silva ", "João"),
        ("'Ana Clara' via Suporte", "Ana"),
        ("Ana Clara (via Google Groups)", "Ana"),
        ("Lopes, Mariana", "Mariana"),
        ("Dra. Ana Paula Souza", "Dra. Ana"),
        ("dr carlos lima", "Dr. Carlos"),
        ("Ana-Maria d'Ávila", "Ana-Maria"),
        ("D'Ávila Souza", "D'Ávila"),
        ("McDonald Silva", "McDonald"),
        ("", ""),
        ("mariana@exemplo.com.br", ""),
        ("Clínica Sorriso Ltda", ""),
        ("Consultório Dr. João", ""),
        ("Equipe Financeiro", ""),
        ("http://golpe.exemplo ganhe já", ""),
        ("www.golpe.exemplo", ""),
        ("12345", ""),
        ("X" * 500, ""),
        ("<script>alert(1)</script>", ""),
        ("Ana\r\nBcc: x@exemplo.com.br", ""),
        ("😀", ""),
        (",", ""),
    ],
)
def test_how_somebody_is_greeted(name: str, called: str) -> None:
    assert given_name(name) == called


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Não consigo emitir nota", "Não consigo emitir nota"),
        ("Re: RES: ENC: Fwd: Nota", "Nota"),
        ("RE[2]: Nota", "Nota"),
        ("Re: [R3-2026-000123] Nota", "Nota"),
        ("[R3-2026-000123] Re: [R3-2026-000123] Nota", "Nota"),
        ("[R3-2026-000999] Nota", "[R3-2026-000999] Nota"),
        ("Relatório: faturamento", "Relatório: faturamento"),
        ("Ganhe em https://golpe.exemplo/x?y agora", "Ganhe em [link] agora"),
        ("veja www.golpe.exemplo", "veja [link]"),
        ("a\r\nb\tc\x00d\u202ee", "a b cde"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_a_title_for_a_subject(title: str, shown: str) -> None:
    assert title_line(title, number="R3-2026-000123") == shown


def test_a_long_title_is_cut_between_words() -> None:
    shown = title_line("palavra " * 100, limit=60)
    assert shown == "palavra palavra palavra palavra palavra palavra palavra…"


@given(st.text(), st.integers(min_value=2, max_value=300))
def test_one_line_is_one_short_printable_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.isprintable()
    assert line == line.strip()
    assert "  " not in line
    assert one_line(line, limit) == line
    line.encode()


@given(st.text())
def test_a_greeting_never_says_more_than_a_name(text: str) -> None:
    name = given_name(text)
    assert len(name) <= 35
    assert all(c.isalpha() or c in " .'’-" for c in name)
    assert name.count(" ") <= 1


@given(st.text(), st.integers(min_value=20, max_value=200))
def test_a_title_is_stable(text: str, limit: int) -> None:
    shown = title_line(text, number="R3-1", limit=limit)
    assert len(shown) <= limit
    assert "\n" not in shown
    assert "http://" not in shown.lower()
