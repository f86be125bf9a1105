"""Two machines that answer one another: it ends, whoever the other one is."""

from collections.abc import Sequence

from intake.ports.sender import Outgoing
from intake.replies.mail_bytes import to_bytes
from intake.settings.database import Database
from tests.application import mail, rows
from tests.conversation.talk import Talk, answer, talking

US, THEM = "suporte@r3izzy.com.br", "ajuda@outra.com.br"
MOST_ROUNDS = 50


async def pass_on(replies: Sequence[Outgoing], to: Talk, address: str) -> list[Outgoing]:
    """Deliver to the other office what is meant for it, as the wire has it."""
    meant = [to_bytes(reply) for reply in replies if reply.recipient == address]
    return await to.takes(*meant) if meant else []


async def test_two_of_our_own_offices_say_one_thing_each_at_most(
    database_settings: Database, second_database_settings: Database
) -> None:
    other_sender = {"backend": "maildir", "outbox": "/nonexistent", "sender": THEM}
    async with (
        talking(database_settings) as ours,
        talking(second_database_settings, replies=other_sender) as theirs,
    ):
        # A person writes to our desk in the other desk's name: each answer goes there.
        said = await ours.takes(mail(sender=THEM))
        assert [reply.recipient for reply in said] == [THEM]
        for _ in range(MOST_ROUNDS):
            heard = await pass_on(said, theirs, THEM)
            said = await pass_on(heard, ours, US)
            if not said:
                break
        assert await ours.outcomes() == ["opened"]
        assert await theirs.outcomes() == ["recorded"]


async def test_a_robot_that_does_not_say_what_it_is_is_answered_a_few_times_only(
    database_settings: Database,
) -> None:
    """It answers every mail with a fresh one: no threading, no marks, another subject."""
    replies = {"backend": "maildir", "outbox": "/nonexistent", "per_address_hour": 3}
    async with talking(database_settings, replies=replies) as talk:
        rounds = 0
        said = await talk.takes(mail(sender="robo@alheio.com.br", message_id="<0@alheio.com.br>"))
        while said and rounds < MOST_ROUNDS:
            rounds += 1
            said = await talk.takes(
                mail(
                    f"Recebemos a sua mensagem {rounds}.",
                    sender="robo@alheio.com.br",
                    subject=f"Protocolo {rounds}",
                    message_id=f"<{rounds}@alheio.com.br>",
                )
            )
        assert rounds == 3
        assert await talk.outcomes() == ["opened"] * 4
        silent = "SELECT detail FROM replies WHERE state = 'suppressed'"
        [reply] = await rows(talk.application, silent)
        assert reply["detail"] == "limite de 3 confirmações por hora para o mesmo endereço"


async def test_a_robot_that_answers_the_owners_notices_wakes_nobody(
    database_settings: Database,
) -> None:
    """The owner's address leads into another program, which answers in its own name."""
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [notice] = await talk.takes(answer(acknowledgement))
        assert notice.recipient == "ana.n0@r3izzy.com.br"
        robot = answer(notice, sender="robo@alheio.com.br", message_id="<r@alheio.com.br>")
        [letter] = await talk.takes(robot)
        assert letter.recipient == "robo@alheio.com.br"
        # It answers that, too, and the owner of its own ticket is told, which it answers again.
        more = answer(letter, sender="robo@alheio.com.br", message_id="<r2@alheio.com.br>")
        [second_notice] = await talk.takes(more)
        more = answer(second_notice, sender="robo@alheio.com.br", message_id="<r3@alheio.com.br>")
        assert await talk.takes(more) == []
        # All is kept, and the client is heard again.
        assert await talk.outcomes() == ["opened", "joined", "linked", "joined", "joined"]
        again = answer(acknowledgement, message_id="<tres@exemplo.com.br>")
        assert [reply.recipient for reply in await talk.takes(again)] == [notice.recipient]


async def test_a_robot_that_answers_our_mail_is_answered_once(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail(sender="robo@alheio.com.br"))
        for number in range(5):
            sent = await talk.takes(
                mail(
                    "Seu protocolo foi registrado.",
                    sender="robo@alheio.com.br",
                    subject="Protocolo",
                    message_id=f"<r{number}@alheio.com.br>",
                    In_Reply_To=acknowledgement.message_id,
                )
            )
            assert "robo@alheio.com.br" not in {reply.recipient for reply in sent}
        assert len(await talk.tickets()) == 1
