"""To which ticket a mail belongs: by what it answers, then by our tag, never by its subject."""

from random import Random

import pytest

from intake.settings.database import Database
from tests.application import mail
from tests.conversation.talk import BIA, STRANGER, answer, new_mail, talking

OWNER = "ana.n0@r3izzy.com.br"


async def test_an_answer_joins_its_ticket_and_the_owner_is_told(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [notice] = await talk.takes(answer(acknowledgement))
        [ticket] = await talk.tickets()
        assert ticket.messages == 2
        assert await talk.outcomes() == ["opened", "joined"]
        assert notice.recipient == OWNER
        assert notice.subject == f"[{ticket.number}] O cliente escreveu de novo: App travando"
        assert "De: bia@exemplo.com.br" in notice.text
        assert "Segue a foto da tela." in notice.text
        assert "Responsável: Ana Lima" in notice.text
        assert "Prazo de solução:" in notice.text


async def test_an_answer_to_the_client_s_own_mail_joins_too(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(mail(message_id="<um@exemplo.com.br>"))
        more = new_mail(
            "Outro assunto", message_id="<dois@exemplo.com.br>", In_Reply_To="<um@exemplo.com.br>"
        )
        await talk.takes(more)
        assert await talk.outcomes() == ["opened", "joined"]


async def test_the_root_alone_in_references_is_enough(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(mail(message_id="<um@exemplo.com.br>"))
        more = new_mail(
            "Outro assunto",
            message_id="<tres@exemplo.com.br>",
            In_Reply_To="<perdido@exemplo.com.br>",
            References="<um@exemplo.com.br> <perdido@exemplo.com.br>",
        )
        await talk.takes(more)
        assert await talk.outcomes() == ["opened", "joined"]


async def test_somebody_in_copy_who_answers_joins(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail(Cc="Outro <outro@alheio.com.br>"))
        [notice] = await talk.takes(answer(acknowledgement, sender=STRANGER))
        assert await talk.outcomes() == ["opened", "joined"]
        assert "De: outro@alheio.com.br" in notice.text


async def test_the_tag_in_the_subject_joins_where_the_sender_takes_part(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(mail())
        [ticket] = await talk.tickets()
        tagged = f"Sobre o chamado [{ticket.number}]"
        await talk.takes(new_mail(tagged, sender=BIA, message_id="<2@exemplo.com.br>"))
        assert await talk.outcomes() == ["opened", "joined"]


async def test_a_stranger_who_knows_the_tag_gets_a_ticket_of_their_own(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(mail())
        [ticket] = await talk.tickets()
        tagged = f"Sobre o chamado [{ticket.number}]"
        [sent] = await talk.takes(new_mail(tagged, sender=STRANGER, message_id="<2@alheio.com.br>"))
        assert await talk.outcomes() == ["opened", "opened"]
        assert sent.recipient == "outro@alheio.com.br"


async def test_somebody_in_copy_may_use_the_tag_too(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail(Cc="Outro <outro@alheio.com.br>"))
        [ticket] = await talk.tickets()
        await talk.takes(answer(acknowledgement, sender=STRANGER))
        tagged = f"[{ticket.number}] mais uma coisa"
        await talk.takes(new_mail(tagged, sender=STRANGER, message_id="<3@alheio.com.br>"))
        assert await talk.outcomes() == ["opened", "joined", "joined"]


async def test_whom_we_wrote_to_may_use_the_tag(database_settings: Database) -> None:
    """A form on the firm's site writes in its own name and puts the client into Reply-To."""
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(
            mail(sender="Site <site@formularios.com.br>", Reply_To="caio@exemplo.com.br")
        )
        assert acknowledgement.recipient == "caio@exemplo.com.br"
        [ticket] = await talk.tickets()
        tagged = f"[{ticket.number}] foto"
        await talk.takes(
            new_mail(tagged, sender="caio@exemplo.com.br", message_id="<2@exemplo.com.br>")
        )
        assert await talk.outcomes() == ["opened", "joined"]


@pytest.mark.parametrize("sender", [BIA, "Site <site@formularios.com.br>"])
async def test_a_tag_does_not_lead_a_strangers_answer_address_to_a_ticket(
    database_settings: Database, sender: str
) -> None:
    """Anybody can write in Bia's name, or into a form whose earlier mails opened tickets."""
    async with talking(database_settings) as talk:
        await talk.takes(mail(sender=sender, Reply_To="bia@exemplo.com.br"))
        [ticket] = await talk.tickets()
        await talk.close(ticket.number)
        prying = new_mail(
            f"[{ticket.number}]",
            sender=sender,
            message_id="<2@alheio.com.br>",
            Reply_To="outro@alheio.com.br",
        )
        [sent] = await talk.takes(prying)
        assert await talk.outcomes() == ["opened", "opened"]
    assert sent.recipient == "outro@alheio.com.br"
    assert ticket.title not in sent.subject + sent.text


async def test_the_owner_may_use_the_tag_and_is_not_told_of_their_own_mail(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        await talk.takes(answer(acknowledgement))
        [ticket] = await talk.tickets()
        tagged = f"[{ticket.number}] falei com a cliente"
        sent = await talk.takes(new_mail(tagged, sender=OWNER, message_id="<3@r3izzy.com.br>"))
        assert await talk.outcomes() == ["opened", "joined", "joined"]
        assert sent == []


async def test_a_sender_whom_a_trusted_server_calls_false_does_not_join_by_tag(
    database_settings: Database,
) -> None:
    trusting = {"trusted_authserv_ids": ["mx.r3izzy.com.br"]}
    verdict = "mx.r3izzy.com.br; dmarc=fail header.from=exemplo.com.br"
    async with talking(database_settings, mail=trusting) as talk:
        await talk.takes(mail())
        [ticket] = await talk.tickets()
        forged = new_mail(
            f"[{ticket.number}]", message_id="<2@golpe.com.br>", Authentication_Results=verdict
        )
        await talk.takes(forged)
        assert await talk.outcomes() == ["opened", "opened"]


async def test_the_same_subject_from_the_same_client_is_another_ticket(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(mail(message_id="<um@exemplo.com.br>"))
        await talk.takes(new_mail("RES: App travando", message_id="<dois@exemplo.com.br>"))
        assert await talk.outcomes() == ["opened", "opened"]


async def test_one_mail_through_two_mailboxes_is_one_ticket_and_one_acknowledgement(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        first = await talk.takes(mail(), source="imap:suporte/INBOX")
        delivered_twice = b"Received: from mx2.exemplo.com.br\r\n" + mail()
        second = await talk.takes(delivered_twice, source="imap:contato/INBOX")
        [ticket] = await talk.tickets()
        assert await talk.outcomes() == ["opened", "duplicate"]
        assert ticket.messages == 1
        assert (len(first), second) == (1, [])


async def test_an_answer_through_two_mailboxes_is_told_to_the_owner_once(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        again = answer(acknowledgement)
        told = await talk.takes(again, source="imap:suporte/INBOX")
        told += await talk.takes(again, source="imap:contato/INBOX")
        assert await talk.outcomes() == ["opened", "joined", "duplicate"]
        assert len(told) == 1


async def test_two_mails_with_the_same_message_id_are_two_requests(
    database_settings: Database,
) -> None:
    """Broken senders repeat identifiers; what the second one says must not be lost."""
    async with talking(database_settings) as talk:
        await talk.takes(mail("Preciso da CND.", message_id="<um@exemplo.com.br>"))
        await talk.takes(mail("E da guia do mês.", message_id="<um@exemplo.com.br>"))
        assert await talk.outcomes() == ["opened", "opened"]
        follow_up = {"In_Reply_To": "<um@exemplo.com.br>"}
        await talk.takes(new_mail("RES", message_id="<2@exemplo.com.br>", **follow_up))
        assert [ticket.messages for ticket in await talk.tickets()] == [2, 1]


async def test_a_conversation_that_arrives_all_at_once_is_one_ticket(
    database_settings: Database,
) -> None:
    """After an outage a mail and its follow-up are taken in together."""
    async with talking(database_settings) as talk:
        follow_up = new_mail(
            "RES: App travando", message_id="<dois@exemplo.com.br>",
            In_Reply_To="<um@exemplo.com.br>", References="<um@exemplo.com.br>",
        )  # fmt: skip
        sent = await talk.takes(mail(message_id="<um@exemplo.com.br>"), follow_up)
        assert await talk.outcomes() == ["opened", "joined"]
        assert sorted(one.recipient for one in sent) == [OWNER, "bia@exemplo.com.br"]


@pytest.mark.parametrize("seed", range(5))
async def test_however_a_conversation_is_cut_into_batches_it_is_one_ticket(
    database_settings: Database, seed: int
) -> None:
    """Each mail answers some earlier one; two other conversations run in between."""
    random = Random(seed)
    threads: dict[str, list[str]] = {name: [] for name in ("bia", "caio", "davi")}
    references: dict[str, str] = {}
    mails = []
    for number in range(24):
        name = random.choice(list(threads))
        identifier = f"<{number}@{name}.com.br>"
        parent = {}
        if threads[name]:
            answered = random.choice(threads[name])
            # As RFC 5322, 3.6.4 has it: the parent's References, then the parent.
            chain = f"{references.get(answered, '')} {answered}".strip()
            references[identifier] = chain
            parent = {"In_Reply_To": answered, "References": chain}
        mails.append(mail(sender=f"{name}@{name}.com.br", message_id=identifier, **parent))
        threads[name].append(identifier)
    async with talking(database_settings) as talk:
        while mails:
            size = random.randint(1, 6)
            batch, mails = mails[:size], mails[size:]
            await talk.takes(*batch)
        tickets = await talk.tickets()
        found = {ticket.sender.partition("@")[0]: ticket.messages for ticket in tickets}
        assert found == {name: len(thread) for name, thread in threads.items() if thread}
        assert (await talk.outcomes()).count("opened") == len(found)
