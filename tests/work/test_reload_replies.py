"""How replies leave may change while the daemon runs; none is taken for sent that was not."""

from pathlib import Path
from typing import Any

import pytest

from intake.app.opening import opened
from intake.daemon import reload
from intake.settings.database import Database
from tests.application import mail, rows, settings, take_in

REPLIES = "SELECT state, detail FROM replies ORDER BY id"


def section(via: str, outbox: Path) -> dict[str, Any]:
    return {"backend": via, "outbox": str(outbox)}


def write(file: Path, via: str, outbox: Path, more: str = "") -> Path:
    file.write_text(
        f'[rules]\nshipped = false\n[replies]\nbackend = "{via}"\noutbox = "{outbox}"\n{more}',
        encoding="utf-8",
    )
    return file


def answers(outbox: Path) -> int:
    return len(list((outbox / "new").glob("*"))) if outbox.exists() else 0


async def test_replies_that_are_switched_on_leave_without_a_restart(
    database_settings: Database, tmp_path: Path
) -> None:
    outbox = tmp_path / "outbox"
    before = settings(database_settings, replies=section("none", outbox))
    async with opened(before) as application:
        await take_in(application, mail(message_id="<um@x.br>"))
        reload(application, write(tmp_path / "s.toml", "maildir", outbox))
        await take_in(application, mail("Outra coisa", message_id="<dois@x.br>"), first=2)
        states = [row["state"] for row in await rows(application, REPLIES)]
    assert states == ["suppressed", "sent"]
    assert answers(outbox) == 1


async def test_another_outbox_is_used_at_once(database_settings: Database, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    async with opened(
        settings(database_settings, replies=section("maildir", first))
    ) as application:
        await take_in(application, mail(message_id="<um@x.br>"))
        reload(application, write(tmp_path / "s.toml", "maildir", second))
        await take_in(application, mail("Outra coisa", message_id="<dois@x.br>"), first=2)
    assert (answers(first), answers(second)) == (1, 1)


async def test_a_reply_that_was_queued_when_replies_were_switched_off_waits(
    database_settings: Database, tmp_path: Path
) -> None:
    blocked = tmp_path / "outbox"
    blocked.write_text("no folder")
    async with opened(
        settings(database_settings, replies=section("maildir", blocked))
    ) as application:
        await take_in(application, mail())
        assert [row["state"] for row in await rows(application, REPLIES)] == ["queued"]
    async with opened(settings(database_settings, replies={"backend": "none"})) as application:
        await rows(application, "UPDATE procrastinate_jobs SET scheduled_at = now() RETURNING id")
        await application.worker_pool.drain()
        [reply] = await rows(application, REPLIES)
        [ticket] = await rows(application, "SELECT acknowledged_at FROM tickets")
    assert reply["state"] == "queued"
    assert "desligadas" in reply["detail"]
    assert ticket["acknowledged_at"] is None


async def test_a_mail_server_that_cannot_be_used_is_refused_and_the_old_way_kept(
    database_settings: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outbox = tmp_path / "outbox"
    async with opened(
        settings(database_settings, replies=section("maildir", outbox))
    ) as application:
        config = application.context.config
        reload(
            application,
            write(tmp_path / "s.toml", "smtp", outbox, '[smtp]\nca_file = "none.pem"\n'),
        )
        assert application.context.config is config
        await take_in(application, mail())
    assert answers(outbox) == 1
