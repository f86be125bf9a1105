"""`intake rules test`: how right the rules are on messages that people labelled."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import intake
from tests.cli.rules_folder import write

ROW = {
    "id": "a1",
    "channel": "whatsapp",
    "sender": "+5511987654321",
    "subject": "",
    "text": "o app travou",
    "request_type": "bug",
    "kind": "client",
    "priority": "medium",
}
ROWS = (
    ROW,
    {**ROW, "id": "a2", "text": "como emitir", "request_type": "usage"},
    {**ROW, "id": "a3", "text": "travou, como resolver? urgente", "request_type": "usage"},
    {**ROW, "id": "a4", "text": "obrigado", "request_type": "none"},
    {**ROW, "id": "a5", "text": "nada disso", "request_type": "tax", "priority": "low"},
    {**ROW, "id": "a6", "channel": "email", "sender": "ana.n0@r3izzy.com.br", "kind": "internal"},
)


def labelled(folder: Path, *rows: dict[str, Any]) -> Path:
    """A labelled file beside settings and rules; the folder."""
    lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    (write(folder) / "rotuladas.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_json_has_the_shape_that_checks_rely_on(tmp_path: Path) -> None:
    ran = intake("rules", "test", "rotuladas.jsonl", "--json", folder=labelled(tmp_path, *ROWS))
    assert ran.code == 0, ran.err
    found = ran.json
    assert set(found) == {"n", "accuracy", "confusion", "misses"}
    assert found["n"] == 6
    assert found["accuracy"] == {"request_type": 0.6667, "kind": 1.0, "priority": 0.6667}
    assert found["confusion"] == {
        "bug": {"bug": 2},
        "none": {"none": 1},
        "tax": {"unclassified": 1},
        "usage": {"usage": 1, "bug": 1},
    }
    misled, unsure = found["misses"]
    assert misled["id"] == "a3"
    assert misled["wrong"] == ["request_type", "priority"]
    assert misled["expected"] == {"request_type": "usage", "kind": "client", "priority": "medium"}
    assert misled["predicted"] == {"request_type": "bug", "kind": "client", "priority": "high"}
    assert misled["candidates"] == {"bug": 2.0, "usage": 1.0}
    assert misled["misled_by"] == [
        {"rule": "request_type.bug: trav*", "words": ["travou"], "weight": 2.0},
        {"rule": "priority.high: urgente", "words": ["urgente"], "weight": 1.0},
    ]
    assert unsure["id"] == "a5"
    assert unsure["predicted"]["request_type"] == "unclassified"
    assert unsure["misled_by"] == []


def test_people_see_accuracy_a_matrix_and_every_miss_with_what_misled(tmp_path: Path) -> None:
    ran = intake("rules", "test", "rotuladas.jsonl", folder=labelled(tmp_path, *ROWS))
    assert ran.code == 0, ran.err
    assert "Acertos em 6 mensagens" in ran.out
    assert "66.7%" in ran.out
    matrix = ran.out[ran.out.index("Certo (linhas)") :].partition("Erros")[0]
    row = next(line for line in matrix.splitlines() if "usage" in line and "bug" not in line)
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == ["e usage", "1", "·", "·", "·", "1", "50%"]
    for said in ("a3", "usage → bug", "travou", "request_type=bug", "a5", "tax → unclassified"):
        assert said in ran.out


def test_a_candidate_that_tied_is_among_what_misled(tmp_path: Path) -> None:
    row = {**ROW, "text": "como como como? n consigo emitir", "request_type": "bug"}
    folder = labelled(tmp_path, row)
    (folder / "regras.toml").write_text(
        '[words.request_type.bug]\n"emitir" = 1\n[words.request_type.usage]\n"como" = 1\n'
    )
    [miss] = intake("rules", "test", "rotuladas.jsonl", "--json", folder=folder).json["misses"]
    assert miss["predicted"]["request_type"] == "unclassified"
    assert [each["rule"] for each in miss["misled_by"]] == ["request_type.usage: como"]


@pytest.mark.parametrize(("minimum", "code"), [("0.66", 0), ("0.67", 1), ("1", 1)])
def test_the_minimum_holds_for_the_weakest_field(tmp_path: Path, minimum: str, code: int) -> None:
    ran = intake(
        "rules", "test", "rotuladas.jsonl", "--min-accuracy", minimum, "--json",
        folder=labelled(tmp_path, *ROWS),
    )  # fmt: skip
    assert ran.code == code
    assert ran.json["n"] == 6
    if code:
        assert ran.err == (
            f"request_type is right in 66.7% of 6, less than the minimum of {float(minimum):.1%}\n"
        )


def test_quoted_earlier_mail_in_a_labelled_mail_counts_for_nothing(tmp_path: Path) -> None:
    text = "Como emito?\n\nEm 1 de nov. de 2026, Ana escreveu:\n> o app travou\n"
    row = {**ROW, "channel": "email", "sender": "a@b.com", "text": text, "request_type": "usage"}
    ran = intake("rules", "test", "rotuladas.jsonl", "--json", folder=labelled(tmp_path, row))
    assert ran.json["misses"] == []


def test_a_machine_s_address_opens_no_ticket(tmp_path: Path) -> None:
    row = {
        **ROW, "channel": "email", "sender": "mailer-daemon@exemplo.com.br",
        "subject": "Undelivered Mail Returned to Sender", "request_type": "none",
    }  # fmt: skip
    ran = intake("rules", "test", "rotuladas.jsonl", "--json", folder=labelled(tmp_path, row))
    assert ran.json["accuracy"]["request_type"] == 1.0


def test_an_empty_file_is_wholly_right(tmp_path: Path) -> None:
    ran = intake("rules", "test", "rotuladas.jsonl", "--json", folder=labelled(tmp_path))
    assert ran.json == {
        "n": 0,
        "accuracy": {"request_type": 1.0, "kind": 1.0, "priority": 1.0},
        "confusion": {},
        "misses": [],
    }


def test_halves_of_characters_are_no_obstacle(tmp_path: Path) -> None:
    folder = labelled(tmp_path)
    row = json.dumps({**ROW, "text": "\ud83d travou? \x1b[2J", "request_type": "tax"})
    (folder / "rotuladas.jsonl").write_text(row)
    for more in ((), ("--json",)):
        ran = intake("rules", "test", "rotuladas.jsonl", *more, folder=folder)
        assert ran.code == 0, ran.err
        assert "\x1b[2J" not in ran.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{}\n", "1: 'id' is missing, or no text"),
        (b"\n[1]\n", "2: write an object with the keys id, channel, sender, subject, text, "),
        (b"{nope\n", "1: no JSON object: "),
        (b'"\xff"\n', "1: this line is not UTF-8: save the file as UTF-8"),
        (
            json.dumps({**ROW, "channel": "whatsap"}).encode(),
            "1: unknown channel 'whatsap'; did you mean 'whatsapp'?",
        ),
        (
            json.dumps({**ROW, "request_type": "bugs"}).encode(),
            "1: unknown request type 'bugs'; did you mean 'bug'?",
        ),
        (
            json.dumps({**ROW, "priority": 3}).encode(),
            "1: 'priority' is missing, or no text",
        ),
        (
            f"{json.dumps(ROW)}\n\n{json.dumps(ROW)}\n".encode(),
            "3: id 'a1' stands on line 1 too: rename one",
        ),
    ],
)
def test_a_bad_file_gets_one_clear_line(tmp_path: Path, content: bytes, said: str) -> None:
    folder = labelled(tmp_path)
    (folder / "rotuladas.jsonl").write_bytes(content)
    ran = intake("rules", "test", "rotuladas.jsonl", folder=folder)
    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith(f"rotuladas.jsonl:{said}")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    ran = intake("rules", "test", "nada.jsonl", folder=write(tmp_path))
    assert ran.code == 2
    assert "File 'nada.jsonl' does not exist." in ran.err


def test_a_long_run_shows_its_progress_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    rows = [{**ROW, "id": f"a{number}"} for number in range(250)]
    ran = intake("rules", "test", "rotuladas.jsonl", "--json", folder=labelled(tmp_path, *rows))
    assert ran.json["n"] == 250
    assert "Classifying" in ran.err
    few = intake("rules", "test", "rotuladas.jsonl", "--json", folder=labelled(tmp_path, *ROWS))
    assert few.err == ""
