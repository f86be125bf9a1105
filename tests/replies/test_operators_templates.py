"""An operator's own templates stand in for the shipped ones, and faults are named at start."""

from dataclasses import replace
from pathlib import Path

import pytest

from intake.ports.reply_kinds import KINDS
from intake.replies.sample_facts import sample
from intake.replies.templates import SHIPPED, Templates, TemplatesInvalid
from routing.vocabulary import Channel

FACTS = sample(KINDS["acknowledgement"])


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_an_operator_s_template_stands_in_for_the_shipped_one(tmp_path: Path) -> None:
    text = "Oi, {{ name }}: {% if resolution_due %}{{ resolution_due | until }}{% endif %}"
    write(tmp_path, "email/acknowledgement.pt-BR.txt", text)
    templates = Templates.load([tmp_path])
    reply = templates.compose("acknowledgement", Channel.EMAIL, "pt-BR", FACTS)
    assert reply.text == "Oi, Mariana: até hoje, às 14h12\n"
    assert "Não consigo" in reply.subject
    assert "Mariana" in reply.html


def test_the_mark_that_some_editors_put_before_utf_8_is_not_sent(tmp_path: Path) -> None:
    write(tmp_path, "email/acknowledgement.pt-BR.txt", "\ufeffOi, {{ name }}.")
    reply = Templates([tmp_path]).compose("acknowledgement", Channel.EMAIL, "pt-BR", FACTS)
    assert reply.text == "Oi, Mariana.\n"


def test_an_operator_s_words_reach_every_template(tmp_path: Path) -> None:
    shipped = (SHIPPED / "_words.pt-BR.txt").read_text(encoding="utf-8")
    write(tmp_path, "_words.pt-BR.txt", shipped.replace("Erro ou falha no sistema", "Pane"))
    templates = Templates.load([tmp_path])
    reply = templates.compose("acknowledgement", Channel.EMAIL, "pt-BR", FACTS)
    assert "Pane" in reply.text
    assert "Pane" in reply.html


@pytest.mark.parametrize(
    ("name", "content", "line", "complaint"),
    [
        ("email/greeting.en.txt", "Hi\n\n{{ greetin }}", 3, "is undefined; did you mean greeting?"),
        ("email/greeting.en.txt", "Hi\n{% if open_now %}\n", 2, "Unexpected end of template"),
        ("email/greeting.en.txt", "Hi\n{{ now | untill }}", 2, "No filter named 'untill'"),
        ("email/greeting.en.txt", "Hi\n{{ 1 / 0 }}", 2, "ZeroDivisionError"),
        ("email/reopened.en.html", "<p>\n{{ resolution_due | until }}", 2, "None is no instant"),
        ("email/greeting.en.txt", "{{ name.__class__.__mro__ }}", 1, "unsafe"),
        ("email/failed.en.txt", "{{ extra.sender }}", 1, "has no attribute 'sender'"),
    ],
)  # fmt: skip
def test_a_fault_in_an_operator_s_template_is_named_with_its_place(
    tmp_path: Path, name: str, content: str, line: int, complaint: str
) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(TemplatesInvalid) as caught:
        Templates.load([tmp_path])
    lines = str(caught.value).splitlines()
    assert all(one.startswith(f"{path}:{line}: ") for one in lines)
    assert complaint in lines[0]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("email/acknowledgment.pt-BR.txt", "Oi", "did you mean email/acknowledgement.pt-BR.txt?"),
        (
            "email/acknowledgement.pt-BR.subject.txt",
            "Recebemos",
            "the subject lacks [{{ number }}]",
        ),
        ("email/greeting.pt-BR.txt", "{# nada #}", "gives an empty text"),
        ("email/greeting.pt-BR.subject.txt", "", "gives an empty subject"),
    ],
)
def test_a_template_that_would_do_harm_is_refused(
    tmp_path: Path, name: str, content: str, complaint: str
) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(TemplatesInvalid) as caught:
        Templates.load([tmp_path])
    assert str(caught.value).startswith(f"{path}: ")
    assert complaint in str(caught.value)


def test_a_template_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "email/greeting.pt-BR.txt", "")
    path.write_bytes("Olá".encode("latin-1"))
    with pytest.raises(TemplatesInvalid, match="not UTF-8"):
        Templates.load([tmp_path])


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(TemplatesInvalid, match="no such folder"):
        Templates.load([tmp_path / "nowhere"])


def test_parts_of_the_operator_s_own_are_welcome(tmp_path: Path) -> None:
    write(tmp_path, "_rodape.txt", "Rua Um, 1")
    write(tmp_path, "email/greeting.pt-BR.txt", "Oi\n{% include '_rodape.txt' %}")
    reply = Templates.load([tmp_path]).compose("greeting", Channel.EMAIL, "pt-BR", FACTS)
    assert reply.text == "Oi\nRua Um, 1\n"


def test_the_client_is_answered_even_where_an_operator_s_template_fails_after_all(
    tmp_path: Path,
) -> None:
    write(
        tmp_path,
        "email/acknowledgement.pt-BR.txt",
        "Oi{% if title == 'Nota' %}{{ unknown }}{% endif %}",
    )
    templates = Templates.load([tmp_path])
    reply = templates.compose(
        "acknowledgement", Channel.EMAIL, "pt-BR", replace(FACTS, title="Nota")
    )
    assert "abrimos o chamado R3-2026-000123" in reply.text


def test_the_language_falls_back_to_the_default_one() -> None:
    english = Templates.load(default_language="en")
    assert "Good morning" in english.compose("greeting", Channel.EMAIL, "fr", FACTS).text
    assert "Bom dia" in english.compose("greeting", Channel.EMAIL, "pt", FACTS).text


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="no template for 'thanks'"):
        Templates.load().compose("thanks", Channel.EMAIL, "pt-BR", FACTS)
