"""[trello]: secrets by reference, boards by what people call them."""

from pathlib import Path

import pytest

from tests.settings.file import loaded, refused

SECRETS = 'key = { env = "K" }\ntoken = { env = "T" }\n'


def test_without_the_section_there_is_no_trello(tmp_path: Path) -> None:
    assert loaded(tmp_path, "").trello is None


def test_two_secrets_are_enough_and_nothing_personal_leaves(tmp_path: Path) -> None:
    trello = loaded(tmp_path, f"[trello]\n{SECRETS}").trello
    assert trello is not None
    assert (trello.title, trello.description, trello.boards) == ("type", "none", {})
    policy = trello.policy()
    assert not policy.title
    assert not policy.text


def test_boards_by_what_people_call_them(tmp_path: Path) -> None:
    text = f'[trello]\n{SECRETS}[trello.boards]\n"Fiscal" = "Fiscal e notas (2026)"\n'
    trello = loaded(tmp_path, text).trello
    assert trello is not None
    assert trello.boards == {"Fiscal": "Fiscal e notas (2026)"}


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ("key = 'abc'\ntoken = { env = \"T\" }", "F:2: trello.key: a secret never stands here"),
        ('key = { env = "K" }', "F:1: 'trello.token' is missing"),
        (f'{SECRETS}title = "subject"', "F:4: trello.title = 'subject'"),
        (f'{SECRETS}base_url = "trello.com"', "F:4: trello.base_url: write the whole address"),
        (
            f'{SECRETS}[trello.boards]\n"Comunicação" = "a"\n"comunicacao" = "b"',
            "F:4: trello.boards: 'comunicacao' and 'Comunicação' are the same in a note",
        ),
        (f'{SECRETS}[trello.boards]\n"Fiscal" = ""', "F:4: trello.boards: write what people say"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, keys: str, complaint: str) -> None:
    [line] = refused(tmp_path, f"[trello]\n{keys}\n")
    assert line.startswith(complaint)
