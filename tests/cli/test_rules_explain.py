"""`intake rules explain`: what is decided, why, and how a client could be told."""

from pathlib import Path

import pytest

from tests.application import mail
from tests.cli.command import intake
from tests.cli.rules_folder import write


def test_a_text_is_explained_in_a_table_and_a_sentence(tmp_path: Path) -> None:
    ran = intake(
        "rules", "explain", "--text", "n consigo emitir, travou! urgente", folder=write(tmp_path)
    )
    assert ran.code == 0, ran.err
    for said in (
        "bug 3.5",
        "high",
        "+1.5",
        "n consigo emitir",
        "travou",
        "request_type.bug: trav*",
    ):
        assert said in ran.out
    assert ran.out.splitlines()[-1] == (
        "Entendemos a mensagem como “Suporte do Sistema – Erro / Bug crítico”, porque nela "
        "encontramos “travou” e “n consigo emitir”. A prioridade é alta, porque encontramos "
        "“urgente”."
    )


def test_a_mail_is_explained_as_the_daemon_would_read_it(tmp_path: Path) -> None:
    """A form on the firm's site writes in the desk's name; the desk's own mail opens nothing."""
    folder = write(tmp_path)
    desk = "suporte@r3izzy.com.br"
    for name, headers, opens in (
        ("form.eml", {"Reply_To": "caio@exemplo.com.br"}, True),
        ("own.eml", {}, False),
    ):
        (folder / name).write_bytes(mail(sender=desk, **headers))
        ran = intake("rules", "explain", name, "--json", folder=folder)
        assert ran.json["opens_ticket"] is opens
        if opens:
            assert ran.json["kind"] == "client"


def test_json_tells_every_rule_that_fired_on_which_words_with_what_weight(tmp_path: Path) -> None:
    ran = intake(
        "rules", "explain", "--text", "como? travou", "--sender", "ana.n0@r3izzy.com.br",
        "--channel", "app", "--subject", "Travado", "--json", folder=write(tmp_path),
    )  # fmt: skip
    assert ran.code == 0, ran.err
    found = ran.json
    assert (found["request_type"], found["kind"], found["priority"]) == (
        "bug",
        "internal",
        "medium",
    )
    assert found["candidates"] == [
        {"request_type": "bug", "score": 2.0},
        {"request_type": "usage", "score": 1.0},
    ]
    assert found["rules"][0] == {
        "rule": "request_type.bug: trav*",
        "label": "“trav*”",
        "words": ["Travado", "travou"],
        "where": "subject, text",
        "effect": "request_type=bug",
        "weight": 2.0,
    }
    assert found["opens_ticket"] is True
    assert len(found["fingerprint"]) == 16


@pytest.mark.parametrize(
    ("text", "request_type", "acknowledge", "sentence"),
    [
        ("Obrigada!", "none", False, "A mensagem não pede nada à equipe (“Obrigada!”)"),
        ("Oi, bom dia", "none", True, "A mensagem só traz um cumprimento (“Oi, bom dia”)"),
        ("sobre a prefeitura", "unclassified", True, "Nenhuma regra reconheceu o assunto"),
        ("como travou? como", "bug", True, "Entendemos a mensagem como"),
    ],
)
def test_the_sentence_says_what_becomes_of_the_message(
    tmp_path: Path, text: str, request_type: str, acknowledge: bool, sentence: str
) -> None:
    found = intake("rules", "explain", "--text", text, "--json", folder=write(tmp_path)).json
    assert found["request_type"] == request_type
    assert found["acknowledge"] is acknowledge
    assert found["explanation"].startswith(sentence)


def test_a_mail_is_read_as_the_daemon_reads_it(tmp_path: Path) -> None:
    text = "Como emito?\n\nEm 1 de nov. de 2026, Ana escreveu:\n> o app travou\n"
    (tmp_path / "um.eml").write_bytes(mail(text, subject="Dúvida"))
    found = intake("rules", "explain", "um.eml", "--json", folder=write(tmp_path)).json
    assert found["request_type"] == "usage"
    assert [each["rule"] for each in found["rules"]] == ["request_type.usage: como"]


def test_mail_that_a_program_sent_opens_no_ticket_whatever_it_says(tmp_path: Path) -> None:
    raw = mail("o app travou", Auto_Submitted="auto-replied")
    (tmp_path / "auto.eml").write_bytes(raw)
    folder = write(tmp_path)
    found = intake("rules", "explain", "auto.eml", "--json", folder=folder).json
    assert (found["request_type"], found["opens_ticket"]) == ("none", False)
    assert found["nature"] == "auto_reply"
    shown = intake("rules", "explain", "auto.eml", folder=folder).out
    assert shown.splitlines()[-1] == (
        "O cabeçalho Auto-Submitted diz “auto-replied”: foi um programa que enviou. "
        "Não abre chamado."
    )


def test_signs_that_move_the_cursor_or_are_no_text_are_not_shown(tmp_path: Path) -> None:
    ran = intake("rules", "explain", "--text", "trav\x1b[2Jou \udcff", folder=write(tmp_path))
    assert ran.code == 0, ran.err
    assert "\x1b[2J" not in ran.out


def test_the_heaviest_rules_fit_on_a_screen_and_all_can_be_seen(tmp_path: Path) -> None:
    words = [f"palavra{letter}" for letter in "abcdefghijklmnopqrstuvwx"]
    rules = "[words.request_type.bug]\n" + "".join(f'"{word}" = 1\n' for word in words)
    folder = write(tmp_path, rules=rules + '"travou" = 0.1\n')
    text = ("rules", "explain", "--text", f"{' '.join(words)} travou")
    shown = intake(*text, folder=folder).out
    assert "e mais 5 que pesaram menos ou falaram de outra coisa; --all mostra todas" in shown
    assert "+0.1" not in shown
    whole = intake(*text, "--all", folder=folder).out
    assert "+0.1" in whole
    assert "e mais" not in whole
    assert len(intake(*text, "--json", folder=folder).json["rules"]) == 25


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), 'name a mail file, or write --text "…"'),
        (("um.eml",), "File 'um.eml' does not exist."),
        (("--text", "oi", "--channel", "fax"), "'fax' is not one of"),
    ],
)
def test_wrong_usage_is_told_with_exit_code_2(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = intake("rules", "explain", *arguments, folder=write(tmp_path))
    assert ran.code == 2
    assert said in ran.err


def test_other_rules_can_be_tried(tmp_path: Path) -> None:
    (tmp_path / "outras.toml").write_text('[words.request_type.tax]\n"travou" = 1\n')
    ran = intake(
        "rules", "explain", "--text", "travou", "--rules", "outras.toml", "--json",
        folder=write(tmp_path),
    )  # fmt: skip
    assert ran.json["request_type"] == "tax"


def test_what_nobody_would_have_thought_of_is_left_out(tmp_path: Path) -> None:
    rules = (
        '[words.request_type.bug]\n"travou" = 3\n"nota" = -0.5\n'
        '[words.request_type.usage]\n"nota" = 2\n"travou" = -1\n'
        '[words.request_type.contract]\n"nota" = 0.4\n'
        '[words.priority.high]\n"travou" = 1\n[words.priority.low]\n"nota" = 0.2\n'
    )
    folder = write(tmp_path, rules=rules)
    shown = intake("rules", "explain", "--text", "a nota travou", folder=folder).out
    table = shown[shown.index("Regras que decidiram") :]
    for told in ("request_type=bug", "-0.5", "request_type=usage", "priority=high"):
        assert told in table
    for left_out in ("contract", "priority=low", "-1 "):
        assert left_out not in table
    assert "e mais 3 que" in table
