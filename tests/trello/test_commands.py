"""Cards on the command line: the embedded desk, what is shown of them, and the doctor."""

from pathlib import Path

import pytest

from intake.settings.credential import Credential
from intake.settings.trello import Trello
from intake.trello.checkup import examine
from tests.cli.test_escalate import folder, number_of, run
from tests.servers.process import HOST, free_port
from tests.servers.scripted_trello import ScriptedTrello

__all__ = ["folder"]
KEY, TOKEN = Credential(env="TEST_TRELLO_KEY"), Credential(env="TEST_TRELLO_TOKEN")

NO_BOARD = "trello.boards: the token's member sees no open board"
NEW_TOKEN = "make a new token with the scopes read and write (docs/trello.md)"


def with_trello(folder: Path, url: str) -> None:
    path = folder / "settings.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        f"{text}\n[trello]\nbase_url = '{url}'\n"
        "key = { env = 'TEST_TRELLO_KEY' }\ntoken = { env = 'TEST_TRELLO_TOKEN' }\n",
        encoding="utf-8",
    )


async def test_a_note_on_the_embedded_desk_makes_a_card_that_is_shown(
    folder: Path, trello: ScriptedTrello
) -> None:
    with_trello(folder, trello.url)
    trello.board("Fiscal")
    number = await number_of(folder)
    assert (await run(folder, "tickets", "note", number, "@Trello Fiscal")).code == 0
    assert (await run(folder, "tickets", "note", number, "@Trello Obras")).code == 0
    waiting = await run(folder, "tickets", "show", number)
    assert waiting.code == 0, waiting.err
    done = await run(folder, "run", "--once")
    assert done.code == 0, done.err
    [card] = trello.cards
    shown = (await run(folder, "tickets", "show", number, "--json")).json
    assert [(each["board"], each["state"], each["url"]) for each in shown["cards"]] == [
        ("Fiscal", "made", card.url),
        ("Obras", "refused", None),
    ]
    page = (await run(folder, "tickets", "show", number)).out
    assert f"Fiscal: {card.url}" in page
    assert "Obras: não foi criado" in page


async def test_without_trello_the_ticket_says_so(folder: Path) -> None:
    number = await number_of(folder)
    await run(folder, "tickets", "note", number, "@Trello Fiscal")
    assert (await run(folder, "run", "--once")).code == 0
    shown = (await run(folder, "tickets", "show", number, "--json")).json
    assert shown["cards"] == []
    assert shown["events"][-1]["what"] == (
        "O cartão no Trello (“Fiscal”) não foi criado: a configuração não tem a seção [trello]. "
        "Criem o cartão à mão."
    )


async def test_the_doctor_tries_it(folder: Path, trello: ScriptedTrello) -> None:
    with_trello(folder, trello.url)
    trello.board("Fiscal")
    ran = await run(folder, "doctor")
    [line] = [line for line in ran.out.splitlines() if "trello" in line]
    assert line.startswith("✓ trello")
    assert line.endswith("as cartoes, 1 boards for cards")


@pytest.mark.parametrize(
    ("keys", "detail"),
    [
        ({"boards": {"Fiscal": "FISCAL"}}, "as cartoes, 1 boards for cards"),
        (
            {"boards": {"Fiscal": "Fiscais"}},
            f"{NO_BOARD} 'Fiscais'; did you mean 'Fiscal'?",
        ),
        (
            {"boards": {"App": "f" * 24}},
            f"{NO_BOARD} '{'f' * 24}'; known here: Dois, Dois, Fiscal",
        ),
        (
            {"boards": {"x": "dois"}},
            "two open boards are called 'dois': write the id of the one that is meant",
        ),
        (
            {"token": Credential(env="TEST_TRELLO_KEY")},
            f"HTTP 401: invalid token; {NEW_TOKEN}",
        ),
        (
            {"token": Credential(env="TEST_NO_SUCH")},
            "environment variable TEST_NO_SUCH is not set",
        ),
        (
            {"token": Credential(env="TEST_TRELLO_LINE")},
            "Trello's token has signs that no token has: copy it once more",
        ),
    ],
)
async def test_the_doctor_says_what_to_do(
    trello: ScriptedTrello,
    monkeypatch: pytest.MonkeyPatch,
    keys: dict[str, object],
    detail: str,
) -> None:
    monkeypatch.setenv("TEST_TRELLO_LINE", "ATTA=“x”")
    for name in ("Fiscal", "Dois", "Dois"):
        trello.board(name)
    made = Trello.model_validate({"key": KEY, "token": TOKEN, "base_url": trello.url, **keys})
    found = await examine(made)
    assert found.detail == detail
    assert found.well == detail.startswith("as ")


async def test_a_trello_that_does_not_answer(trello: ScriptedTrello) -> None:
    url = f"http://{HOST}:{free_port()}"
    found = await examine(Trello(key=KEY, token=TOKEN, base_url=url))
    assert not found.well
    assert found.detail.endswith(f"is {url} right, and may this machine reach it?")
