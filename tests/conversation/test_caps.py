"""Caps on acknowledgements: the tickets are opened all the same."""

from typing import Any

from intake.settings.database import Database
from tests.application import mail, rows
from tests.conversation.talk import answer, talking

OUTBOX = {"backend": "maildir", "outbox": "/nonexistent"}


def requests(count: int, *, senders: int = 1) -> list[bytes]:
    return [
        mail(
            f"Pedido {n}",
            sender=f"cliente{n % senders}@exemplo.com.br",
            message_id=f"<{n}@exemplo.com.br>",
        )
        for n in range(count)
    ]


async def states(talk: Any) -> list[str]:
    return [row["state"] for row in await rows(talk.application, "SELECT state FROM replies")]


async def test_one_address_gets_so_many_an_hour(database_settings: Database) -> None:
    async with talking(database_settings, replies={**OUTBOX, "per_address_hour": 2}) as talk:
        sent = []
        for request in requests(4):
            sent += await talk.takes(request)
        assert len(sent) == 2
        assert len(await talk.tickets()) == 4
        assert sorted(await states(talk)) == ["sent", "sent", "suppressed", "suppressed"]
        assert sum("limite de 2 confirmações" in note for note in await talk.notes()) == 2


async def test_a_batch_that_comes_at_once_is_capped_as_well(database_settings: Database) -> None:
    async with talking(database_settings, replies={**OUTBOX, "per_address_hour": 2}) as talk:
        assert len(await talk.takes(*requests(5))) == 2
        assert len(await talk.tickets()) == 5


async def test_others_are_not_held_back_by_one_who_writes_a_lot(
    database_settings: Database,
) -> None:
    async with talking(database_settings, replies={**OUTBOX, "per_address_hour": 1}) as talk:
        await talk.takes(*requests(3))
        assert len(await talk.takes(mail(message_id="<b@exemplo.com.br>"))) == 1


async def test_all_together_get_so_many_an_hour(database_settings: Database) -> None:
    replies = {**OUTBOX, "overall_hour": 3}
    async with talking(database_settings, replies=replies) as talk:
        sent = []
        for request in requests(6, senders=6):
            sent += await talk.takes(request)
        assert len(sent) == 3
        assert len(await talk.tickets()) == 6
        assert any("limite geral de 3" in note for note in await talk.notes())


async def test_an_hour_later_the_address_is_answered_again(database_settings: Database) -> None:
    async with talking(database_settings, replies={**OUTBOX, "per_address_hour": 1}) as talk:
        first, second, third = requests(3)
        assert len(await talk.takes(first)) == 1
        assert await talk.takes(second) == []
        await rows(
            talk.application,
            "UPDATE replies SET created_at = created_at - interval '61 minutes' RETURNING id",
        )
        assert len(await talk.takes(third)) == 1


async def test_notices_to_the_desk_are_not_capped(database_settings: Database) -> None:
    async with talking(database_settings, replies={**OUTBOX, "overall_hour": 1}) as talk:
        [acknowledgement] = await talk.takes(mail())
        for number in range(3):
            follow_up = answer(acknowledgement, message_id=f"<f{number}@exemplo.com.br>")
            assert len(await talk.takes(follow_up)) == 1


async def test_with_replies_switched_off_nothing_leaves(database_settings: Database) -> None:
    async with talking(database_settings, replies={"backend": "none"}) as talk:
        assert await talk.takes(mail()) == []
        assert len(await talk.tickets()) == 1
        assert await states(talk) == ["suppressed"]
