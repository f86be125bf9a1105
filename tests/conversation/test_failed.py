"""A mail that cannot be processed: kept, told to the first level, and brought through later."""

import pytest

from intake.actions import retry
from intake.actions.retry import retry_failed
from intake.app.reading import read_message
from intake.settings.database import Database
from tests.application import SOURCE, arrival, mail, rows
from tests.conversation.talk import talking

POISON = "Veneno"


class Broken:
    """A reader that fails on one mail, until it is mended."""

    def __init__(self) -> None:
        self.mended = False

    def __call__(self, stored: object, limits: object, own: object) -> object:
        if not self.mended and POISON.encode() in stored.raw:  # type: ignore[attr-defined]
            raise ZeroDivisionError("este e-mail é impossível")
        return read_message(stored, limits, own)  # type: ignore[arg-type]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Broken:
    broken = Broken()
    monkeypatch.setattr("intake.app.opening.read_message", broken)
    return broken


async def test_it_becomes_a_failed_row_that_the_first_level_is_told_of(
    database_settings: Database, reader: Broken
) -> None:
    async with talking(database_settings) as talk:
        [notice] = await talk.takes(mail(subject=POISON))
        [row] = await rows(talk.application, "SELECT id, state, error, attempts FROM messages")
        assert (row["state"], row["attempts"]) == ("failed", 1)
        assert row["error"] == "ZeroDivisionError: este e-mail é impossível"
        assert notice.recipient == "ana.n0@r3izzy.com.br"
        assert notice.subject == f"Mensagem não processada: falha nº {row['id']}"
        assert "Motivo: ZeroDivisionError: este e-mail é impossível" in notice.text
        assert "Caixa: imap:suporte/INBOX" in notice.text
        assert f"intake failed show {row['id']}\n" in notice.text
        assert f"intake failed retry {row['id']}\n" in notice.text


async def test_those_beside_and_behind_it_are_not_held_up(
    database_settings: Database, reader: Broken
) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(
            mail("Um", message_id="<1@exemplo.com.br>"),
            mail("Dois", subject=POISON, message_id="<2@exemplo.com.br>"),
            mail("Três", message_id="<3@exemplo.com.br>"),
        )
        assert await talk.outcomes() == ["opened", "failed", "opened"]


async def test_a_follow_up_to_a_failed_mail_is_a_ticket_of_its_own(
    database_settings: Database, reader: Broken
) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(
            mail("Um", subject=POISON, message_id="<1@exemplo.com.br>"),
            mail(
                "Dois",
                message_id="<2@exemplo.com.br>",
                In_Reply_To="<1@exemplo.com.br>",
                References="<1@exemplo.com.br>",
            ),
        )
        assert await talk.outcomes() == ["failed", "opened"]


async def test_once_mended_a_retry_brings_it_through(
    database_settings: Database, reader: Broken
) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(mail(subject=POISON))
        reader.mended = True
        assert await retry_failed(talk.application.context, None) == 1
        await talk.application.worker_pool.drain()
        assert await talk.outcomes() == ["opened"]
        [ticket] = await talk.tickets()
        assert ticket.acknowledged_at is not None
        [row] = await rows(talk.application, "SELECT error FROM messages")
        assert row["error"] is None


async def test_a_retry_in_vain_fails_again_and_says_so_again(
    database_settings: Database, reader: Broken
) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(mail(subject=POISON))
        assert await retry_failed(talk.application.context, None) == 1
        await talk.application.worker_pool.drain()
        [row] = await rows(talk.application, "SELECT state, attempts FROM messages")
        assert (row["state"], row["attempts"]) == ("failed", 2)
        assert len(talk.sender.sent) == 2


async def test_only_what_failed_is_retried(database_settings: Database, reader: Broken) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(mail())
        assert await retry_failed(talk.application.context, None) == 0
        assert await retry_failed(talk.application.context, [1, 2, 3]) == 0


async def test_many_put_back_at_once_are_cut_into_jobs_that_fit_in_memory(
    database_settings: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "MOST", 2)
    async with talking(database_settings, work={"partitions": 1}) as talk:
        arrivals = [
            arrival(mail(f"Pedido {n}", message_id=f"<{n}@x.br>"), number=n) for n in range(5)
        ]
        await talk.application.inbox.accept(arrivals, source=SOURCE)
        await rows(talk.application, "DELETE FROM procrastinate_jobs RETURNING id")
        await rows(talk.application, "UPDATE messages SET state = 'failed' RETURNING id")
        assert await retry_failed(talk.application.context, None) == 5
        jobs = await rows(talk.application, "SELECT args FROM procrastinate_jobs ORDER BY id")
        assert [len(job["args"]["messages"]) for job in jobs] == [2, 2, 1]
        await talk.application.worker_pool.drain()
        assert await talk.outcomes() == ["opened"] * 5
