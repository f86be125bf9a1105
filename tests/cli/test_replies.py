"""`intake replies`, and what a fault in a template does at start."""

from itertools import product
from pathlib import Path

import pytest

from intake.ports.reply_kinds import KINDS
from intake.replies.templates import SHIPPED
from intake.replies.wording import LANGUAGES
from intake.settings.database import Database
from routing.vocabulary import Channel
from tests.cli.command import intake


@pytest.mark.parametrize(("kind", "language"), list(product(KINDS, LANGUAGES)))
def test_every_letter_can_be_looked_at(kind: str, language: str, tmp_path: Path) -> None:
    for closed in ((), ("--closed",)):
        ran = intake("replies", "preview", kind, "--language", language, *closed, folder=tmp_path)
        assert ran.code == 0, ran.err
        assert "R3" in ran.out


@pytest.mark.parametrize("channel", [channel.value for channel in Channel])
def test_every_channel_can_be_looked_at(channel: str, tmp_path: Path) -> None:
    ran = intake("replies", "preview", "--channel", channel, folder=tmp_path)
    assert ran.code == 0, ran.err
    assert "R3-2026-000123" in ran.out


def test_the_html_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    ran = intake("replies", "preview", "--html", "carta.html", folder=tmp_path)
    assert ran.code == 0
    assert (tmp_path / "carta.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_short_letter_has_no_html(tmp_path: Path) -> None:
    ran = intake("replies", "preview", "--channel", "sms", "--html", "x.html", folder=tmp_path)
    assert ran.code == 2
    assert "there is no HTML on the channel sms" in ran.err


def test_the_source_of_a_shipped_template_is_what_it_is(tmp_path: Path) -> None:
    names = intake("replies", "source", folder=tmp_path).out.split()
    assert "email/acknowledgement.pt-BR.txt" in names
    for name in names:
        assert intake("replies", "source", name).out == (SHIPPED / name).read_text("utf-8")


def test_a_misspelt_template_is_asked_back(tmp_path: Path) -> None:
    ran = intake("replies", "source", "email/greting.en.txt", folder=tmp_path)
    assert ran.code == 2
    assert "did you mean 'email/greeting.en.txt'?" in ran.err


def test_the_daemon_does_not_start_with_a_template_that_would_fail_a_client(
    tmp_path: Path, database_settings: Database
) -> None:
    own = tmp_path / "modelos" / "email"
    own.mkdir(parents=True)
    (own / "acknowledgement.pt-BR.txt").write_text(
        "Oi!\n{% if missing %}\nFalta {{ faltando }}.\n{% endif %}\n", encoding="utf-8"
    )
    (tmp_path / "settings.toml").write_text(
        f'[database]\nurl = "{database_settings.url}"\n[replies]\ntemplates = "modelos"\n',
        encoding="utf-8",
    )
    ran = intake("run", "--once", folder=tmp_path)
    assert ran.code == 2
    place = "modelos/email/acknowledgement.pt-BR.txt:3: 'faltando' is undefined"
    assert place in ran.err
    assert "Traceback" not in ran.err
