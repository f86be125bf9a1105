"""Names of attachments can be written anywhere."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.content import file_names


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("nota fiscal.pdf", "nota fiscal.pdf"),
        ("Declaração – 2026.pdf", "Declaração – 2026.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\cmd.exe", "cmd.exe"),
        ("C:\\autoexec.bat", "autoexec.bat"),
        ("pasta/", "pasta"),
        (".bashrc", "bashrc"),
        ("...", "anexo"),
        ("", "anexo"),
        (" . ", "anexo"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.pdf", "_com1.pdf"),
        ("comprovante.pdf", "comprovante.pdf"),
        ("a\x00b\tc\x07.pdf", "ab c.pdf"),
        ("nota\u202efdp.exe", "notafdp.exe"),
        ("a:b|c?.pdf", "a_b_c_.pdf"),
        ("cafe\u0301.pdf", "café.pdf"),
        ("a" * 300 + ".tar.gz", "a" * 113 + ".tar.gz"),
        ("nota.pdf.", "nota.pdf"),
        ("nota \x80\r1.pdf", "nota 1.pdf"),
        ("cafe\u200b\u0301.pdf", "café.pdf"),
    ],
)
def test_safe(given_name: str, expected: str) -> None:
    assert file_names.safe(given_name) == expected


def test_extension_for_a_name_without_one() -> None:
    assert file_names.safe("", extension=".png") == "anexo.png"
    assert file_names.safe("foto", extension=".png") == "foto.png"
    assert file_names.safe("foto.jpeg", extension=".png") == "foto.jpeg"


def test_distinct_whatever_the_case() -> None:
    taken: set[str] = set()
    given_names = ("nota.pdf", "NOTA.PDF", "nota (2).pdf", "nota.pdf", "a" * 116 + ".pdf") * 2
    found = [file_names.distinct(file_names.safe(name), taken) for name in given_names]
    assert len({name.casefold() for name in found}) == len(given_names)
    assert found[:3] == ["nota.pdf", "NOTA (2).PDF", "nota (2) (2).pdf"]
    assert all(len(name) <= file_names.LONGEST and name.lower().endswith(".pdf") for name in found)


@given(st.text(max_size=300))
def test_a_safe_name_is_safe_and_stays_as_it_is(given_name: str) -> None:
    name = file_names.safe(given_name)
    assert 0 < len(name) <= file_names.LONGEST
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert not set(name) & set('/\\<>:"|?*')
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs") for c in name)
    assert file_names.safe(name) == name


@given(st.lists(st.text(alphabet="aA.(2) é", max_size=12), max_size=30))
def test_distinct_names_stay_safe(given_names: list[str]) -> None:
    taken: set[str] = set()
    found = [file_names.distinct(file_names.safe(name), taken) for name in given_names]
    assert len({name.casefold() for name in found}) == len(found)
    assert all(file_names.safe(name) == name for name in found)
