"""`intake rules check`: everything that is wrong, one line each."""

from pathlib import Path

import pytest

from tests.cli.command import intake
from tests.cli.rules_folder import RULES, SETTINGS, write


def test_sound_rules_are_counted_and_named_by_their_fingerprint(tmp_path: Path) -> None:
    ran = intake("rules", "check", folder=write(tmp_path))
    assert ran.code == 0
    assert ran.out.startswith("The rules are fine: 6 rules, version ")
    assert ran.err == ""


def test_the_shipped_rules_are_sound_on_the_shipped_settings(tmp_path: Path) -> None:
    ran = intake("rules", "check", folder=tmp_path)
    assert ran.code == 0, ran.err
    assert "The rules are fine" in ran.out


def test_every_kind_of_mistake_is_one_line_with_file_line_and_a_way_out(tmp_path: Path) -> None:
    wrong = """
[words.request_type.bugg]
"trav*" = 2

[[rule]]
id = "um"
label = "Um"
wehn = ["nota"]
when = ["nota", "~5"]
set.level = "N1"

[[rule]]
id = "um"
label = "Outro"
when = ["nota"]
set.priority = "hihg"

[[rule]]
id = "nunca"
label = "Nunca"
when = { all = ["nota"], none = ["notas"] }
set.priority = "high"
"""
    ran = intake("rules", "check", folder=write(tmp_path, rules=wrong))
    assert ran.code == 2
    assert ran.out == ""
    file = tmp_path / "regras.toml"
    assert ran.err.splitlines() == [
        f"{file}:2: unknown request type 'bugg': did you mean 'bug'?",
        f"{file}:8: unknown key 'wehn' in a rule: did you mean 'when'?",
        f"{file}:9: '~5' can never match: words are missing beside ~ or >",
        f"{file}:10: nobody is on level 'N1': put somebody on it in the roster, or choose N0",
        f"{file}:13: two rules have the id 'um', the first at {file}:5: rename one",
        f"{file}:21: rule 'nunca' can never fire: 'none' refuses what it asks for elsewhere",
    ]


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    ran = intake("rules", "check", folder=write(tmp_path, rules="[[rule]]\nid = nota\n"))
    assert ran.code == 2
    assert ran.err.startswith(f"{tmp_path / 'regras.toml'}:2: Invalid value: a text stands between")


def test_the_settings_are_checked_too(tmp_path: Path) -> None:
    settings = SETTINGS.replace("[rules]", "[rules]\nmargim = 1")
    ran = intake("rules", "check", folder=write(tmp_path, settings=settings))
    assert ran.code == 2
    assert ran.err == "settings.toml:3: unknown key 'rules.margim'; did you mean 'margin'?\n"


def test_another_file_can_be_checked_before_it_is_in_force(tmp_path: Path) -> None:
    (tmp_path / "outras.toml").write_text('[words.request_type.bgu]\n"a" = 1\n')
    ran = intake("rules", "check", "--rules", "outras.toml", folder=write(tmp_path))
    assert (ran.code, ran.err) == (
        2,
        "outras.toml:1: unknown request type 'bgu': did you mean 'bug'?\n",
    )


def test_files_are_read_as_windows_editors_write_them(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "regras.toml").write_bytes(
        b"\xef\xbb\xbf" + RULES.replace("\n", "\r\n").encode("utf-8")
    )
    assert intake("rules", "check", folder=tmp_path).code == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "1: cannot be read: No such file or directory"),
        ("# ok\n# não\n".encode("latin-1"), "2: this line is not UTF-8: save the file as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    write(tmp_path, rules=None)
    if content is not None:
        (tmp_path / "regras.toml").write_bytes(content)
    ran = intake("rules", "check", folder=tmp_path)
    assert (ran.code, ran.err) == (2, f"{tmp_path / 'regras.toml'}:{said}\n")


def test_templates_that_a_start_would_refuse_are_refused_here_too(tmp_path: Path) -> None:
    folder = write(tmp_path)
    settings = folder / "settings.toml"
    settings.write_text(f'{settings.read_text()}\n[replies]\ntemplates = "modelos"\n')
    ran = intake("rules", "check", folder=folder)
    assert ran.code == 2
    assert ran.err.startswith(f"{folder / 'modelos'}: no such folder")
