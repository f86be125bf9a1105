"""Chat spelling and slips of the finger are understood where that cannot do harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rules.chat_spelling import IN_FULL
from routing.rules.spelling import SHORTEST, Spelling
from tests.routing.rules.writing import fires, phrase, words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("não consigo emitir", "n consigo emitir"),
        ("não consigo emitir", "ñ consigo emitir"),
        ("não consigo emitir", "naum consigo emitir"),
        ("você", "vc ta ai"),
        ("vocês não respondem", "vcs n respondem"),
        ("por que ?", "pq?"),
        ("porque", "pq demora"),
        ("mesmo", "msm erro"),
        ("nota fiscal", "minha nf"),
        ("nota fiscal", "NFS-e"),
        ("para hoje", "p/ hj"),
        ("com urgência", "c/ urgencia"),
        ("está travado", "ta travado"),
        ("obrigado", "obrigadooooo"),
        ("muito obrigado", "mto obg"),
        ("certidão", "certidaum"),
        ("quero cancelar", "kero cancelar"),
        ("vc não", "você não"),
        ("nf cancelada", "nota fiscal cancelada"),
    ],
)
def test_chat_spelling_is_read_in_full(written: str, said: str) -> None:
    assert fires(phrase(written), said)


def test_laughter_between_words_does_not_part_them() -> None:
    for laughter in ("kkkk", "rsrs", "hahaha", "hehe", "huahuahua", "kkk rs"):
        assert fires(phrase("nota fiscal"), f"nota {laughter} fiscal"), laughter


def test_spelling_out_twice_changes_nothing() -> None:
    for short, full in IN_FULL.items():
        assert not set(full.split()) & set(IN_FULL), short


@pytest.mark.parametrize(
    ("written", "said", "found"),
    [
        ("boleto", "meu boletu venceu", "boletu"),
        ("boleto", "os bolletos", "bolletos"),
        ("município", "qual municiapl", None),
        ("municipal", "nota municiapl", "municiapl"),
        ("certificado digital", "certifcado digtal", "certifcado digtal"),
        ("mensalidade", "a mensaliade", "mensaliade"),
        ("prefeitura", "a prefetura", "prefetura"),
    ],
)
def test_one_slip_in_a_longer_word_is_forgiven(written: str, said: str, found: str | None) -> None:
    if found is None:
        assert not fires(phrase(written), said)
    else:
        assert words(phrase(written), said) == (found,)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("nota", "moto"),
        ("guia", "guias e guiso"),
        ("boleto", "coleto"),
        ("emitir", "admitir"),
        ("cancelar", "cadelar"),
    ],
)
def test_other_words_stay_themselves(written: str, said: str) -> None:
    assert not fires(phrase(written), said.replace("guias e ", ""))


def test_a_word_that_another_rule_knows_is_no_slip() -> None:
    spelling = Spelling(["contrato", "contato"], [])
    assert spelling.meant("contato") == "contato"
    assert Spelling(["contrato"], []).meant("contratto") == "contrato"


def test_a_slip_that_could_be_two_words_is_left_alone() -> None:
    assert Spelling(["cobrado", "comprado"], []).meant("cobprado") == "cobprado"


def test_a_word_that_begins_as_some_phrase_asks_is_no_slip() -> None:
    assert Spelling(["travessia"], ["trav"]).meant("travesia") == "travesia"


@given(st.text(alphabet="abcdefgilmnoprstuvz", max_size=12))
def test_a_correction_is_a_known_word_one_slip_away(word: str) -> None:
    known = ["certidao", "municipio", "municipal", "contrato", "boleto", "prefeitura"]
    meant = Spelling(known, []).meant(word)
    if meant != word:
        assert meant in known
        assert len(word) >= SHORTEST
        assert abs(len(word) - len(meant)) <= 1
        assert word[0] == meant[0]
