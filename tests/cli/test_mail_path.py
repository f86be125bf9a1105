"""The path of a mail, as `intake tickets show` and `intake rules explain` print it."""

import asyncio
from pathlib import Path

import pytest

from intake.app.mail_paths import MailPaths
from intake.settings.database import Database
from intake.store.messages import MessageStore
from tests.application import application, mail, rows, take_in
from tests.cli.command import Ran, intake
from tests.cli.rules_folder import write
from tests.mail.test_mail_path import FORGED, GMAIL, MICROSOFT

REPLY = "<dois@exemplo.com.br>"


def with_received(received: str, **more: str) -> bytes:
    """The newest field first, as in real mail."""
    lines = (line if line[:1] == " " else f"Received: {line}" for line in received.splitlines())
    return "".join(f"{line}\n" for line in lines).encode() + mail(**more)


@pytest.fixture
def settings_file(tmp_path: Path, database_settings: Database) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(f'[database]\nurl = "{database_settings.url}"\n', encoding="utf-8")
    return path


async def show(settings_file: Path, database: Database, *mails: bytes, json: bool = False) -> Ran:
    async with application(database) as running:
        await take_in(running, *mails)
        [row] = await rows(running, "SELECT number FROM tickets")
    more = ["--json"] if json else []
    return await asyncio.to_thread(
        intake, "-c", str(settings_file), "tickets", "show", row["number"], *more
    )


async def test_a_ticket_shows_the_path_of_the_mail_that_opened_it(
    settings_file: Path, database_settings: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    opening = with_received(GMAIL)
    answer = with_received(FORGED, message_id=REPLY, In_Reply_To="<um@exemplo.com.br>")
    ran = await show(settings_file, database_settings, opening, answer)
    assert ran.code == 0, ran.err
    said = ran.out[ran.out.index("Caminho da mensagem") :]
    for words in (
        "mx.google.com",
        "24/11/2026 10:00:08",
        "2s",
        "Servidor de origem  mail-sor-f41.google.com [209.85.220.41]",
        "Defeitos            nenhum",
    ):
        assert words in said
    assert max(len(line) for line in said.splitlines()) <= 80


async def test_the_json_has_it(settings_file: Path, database_settings: Database) -> None:
    found = (
        await show(settings_file, database_settings, with_received(MICROSOFT), json=True)
    ).json["path"]
    assert found["origin"] == {
        "name": "",
        "claimed": "mail.clinica.com.br",
        "address": "177.71.200.30",
    }
    first, second, *_ = found["hops"]
    assert (first["delay"], second["delay"]) == (None, 2.0)
    assert (first["by"], first["with"]) == ("mail.clinica.com.br (Postfix)", "ESMTPSA")
    assert first["at"] == "2026-11-24T13:00:00+00:00"
    assert first["from"] == "[192.168.0.10] (unknown [192.168.0.10])"
    assert (found["left_out"], found["defects"], found["cut"]) == (0, [], False)


async def test_a_ticket_by_telephone_has_no_path(
    settings_file: Path, database_settings: Database
) -> None:
    ran = await asyncio.to_thread(
        intake, "-c", str(settings_file), "open", "--text", "A nota não sai.", "--json"
    )
    assert ran.code == 0, ran.err
    number = ran.json["number"]
    shown = await asyncio.to_thread(intake, "-c", str(settings_file), "tickets", "show", number)
    assert (shown.code, "Caminho da mensagem" in shown.out) == (0, False)
    as_json = await asyncio.to_thread(
        intake, "-c", str(settings_file), "tickets", "show", number, "--json"
    )
    assert as_json.json["path"] is None


def explain(folder: Path, raw: bytes, *more: str) -> Ran:
    (folder / "um.eml").write_bytes(raw)
    return intake("rules", "explain", "um.eml", *more, folder=write(folder))


def test_explain_shows_a_forged_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = explain(tmp_path, with_received(FORGED))
    assert ran.code == 0, ran.err
    said = " ".join(ran.out[ran.out.index("Caminho da mensagem") :].split())
    assert "-5s" in said
    assert "Demora negativa: os relógios dos dois servidores não concordam." in said
    assert (
        "Servidor de origem dsl-6-6.example.net [66.66.6.6], que se apresentou como mx.google.com"
    ) in said
    assert ran.out.splitlines()[-1].startswith("Entendemos a mensagem")
    found = explain(tmp_path, with_received(FORGED), "--json").json["path"]
    assert [hop["delay"] for hop in found["hops"]] == [None, -5.0]


def test_explain_shows_what_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    raw = with_received("from a (b by c; ontem\x1b[2J\nby mx.com; ontem\n")
    ran = explain(tmp_path, raw.replace(b"From: Bia Souza <", b"From: Bia <Souza <"))
    assert ran.code == 0, ran.err
    assert "from a (b by c; ontem" in ran.out
    assert "Received escrito fora do padrão (received 2: unclosed-comment)" in ran.out
    assert "data escrita fora do padrão (received 1: invalid-date-syntax)" in ran.out
    assert "endereço escrito fora do padrão (from[0]: nested-angle)" in ran.out
    assert "\x1b" not in ran.out


def test_explain_of_a_mail_without_received_and_of_a_text(tmp_path: Path) -> None:
    said = explain(tmp_path, mail()).out
    assert "A mensagem não traz nenhum campo Received." in said
    assert "Servidor de origem  nenhum servidor o diz" in said
    text = ("rules", "explain", "--text", "travou")
    assert "Caminho da mensagem" not in intake(*text, folder=tmp_path).out
    assert intake(*text, "--json", folder=tmp_path).json["path"] is None


def test_explain_says_that_more_was_left_out(tmp_path: Path) -> None:
    received = "from a by b; Tue, 24 Nov 2026 10:00:00 -0300\n" * 60
    assert "e mais 10 campos Received, mais antigos, que não foram lidos" in (
        explain(tmp_path, with_received(received)).out
    )


async def test_a_path_is_read_once_and_the_last_ones_are_kept(
    database_settings: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[int] = []
    get = MessageStore.get

    async def counted(self: MessageStore, message_id: int) -> object:
        loaded.append(message_id)
        return await get(self, message_id)

    async with application(database_settings) as running:
        mails = [with_received(GMAIL, message_id=f"<{n}@exemplo.com.br>") for n in range(3)]
        await take_in(running, *mails)
        ids = [row["id"] for row in await rows(running, "SELECT id FROM messages ORDER BY id")]
        monkeypatch.setattr(MessageStore, "get", counted)
        paths = MailPaths(running.database, most_kept=2)
        first = await paths.of(ids[0])
        assert first is not None
        assert await paths.of(ids[0]) is first
        await paths.of(ids[1])
        await paths.of(ids[0])
        await paths.of(ids[2])
        await paths.of(ids[0])
        assert loaded == ids
        await paths.of(ids[1])
        assert loaded == [*ids, ids[1]]
        assert await paths.of(ids[-1] + 1) is None
