"""Who takes part in a ticket may join it by reference; anybody else gets a linked ticket."""

from pathlib import Path

import pytest

from intake.ports.sender import Outgoing
from intake.settings.database import Database
from tests.application import mail, rows
from tests.conversation.talk import BIA, STRANGER, Talk, answer, bounce, new_mail, talking

COLLEAGUE = "Caio <caio.clinica@gmail.com>"
STAFF = "Rui Melo <rui@r3izzy.com.br>"
TRUSTING = {"trusted_authserv_ids": ["mx.r3izzy.com.br"]}
FORGED = {"Authentication_Results": "mx.r3izzy.com.br; dmarc=fail header.from=r3izzy.com.br"}


def recipients(sent: list[Outgoing]) -> list[str]:
    return sorted(each.recipient for each in sent)


def says_nothing_of(ticket_number: str, title: str, sent: list[Outgoing]) -> bool:
    """Whether letters to strangers keep a ticket's number and title to themselves."""
    to_strangers = [each for each in sent if not each.recipient.endswith("@r3izzy.com.br")]
    return bool(to_strangers) and all(
        words not in each.subject + each.text + each.html
        for each in to_strangers
        for words in (ticket_number, title)
    )


async def reasons(talk: Talk) -> str:
    """Why the last mail went where it went."""
    found = await rows(talk.application, "SELECT reasons FROM messages ORDER BY id DESC LIMIT 1")
    return "; ".join(found[0]["reasons"])


@pytest.mark.parametrize("header", ["Cc", "To"])
async def test_a_colleague_to_whom_the_mail_went_too_joins(
    database_settings: Database, header: str
) -> None:
    async with talking(database_settings) as talk:
        copied = mail(Cc=COLLEAGUE)
        if header == "To":
            copied = copied.replace(b"Cc: ", b"X-Was: ").replace(
                b"To: suporte@r3izzy.com.br", b"To: suporte@r3izzy.com.br, caio.clinica@gmail.com"
            )
        [acknowledgement] = await talk.takes(copied)
        assert acknowledgement.recipient == "bia@exemplo.com.br"
        sent = await talk.takes(answer(acknowledgement, sender=COLLEAGUE))
        assert await talk.outcomes() == ["opened", "joined"]
        assert "estava em cópia" in await reasons(talk)
        assert "caio.clinica@gmail.com" not in recipients(sent)


async def test_a_colleague_who_was_not_in_copy_gets_a_linked_ticket(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail(subject="Folha de maio"))
        sent = await talk.takes(answer(acknowledgement, sender=COLLEAGUE))
        assert await talk.outcomes() == ["opened", "linked"]
        cited, linked = await talk.tickets()
        assert (cited.messages, linked.linked_ticket) == (1, cited.number)
        assert recipients(sent) == ["caio.clinica@gmail.com"]
        assert cited.number not in sent[0].text + sent[0].html
        assert linked.number in sent[0].subject
        assert "quem escreve não participa dele" in await reasons(talk)
        notes = "\n".join(await talk.notes())
        assert f"Cita o chamado {cited.number}, mas quem escreve não participa" in notes
        assert f"abrimos o {linked.number}, ligado a este" in notes


async def test_whoever_may_speak_brings_along_whom_they_copy_and_a_stranger_nobody(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        await talk.takes(answer(acknowledgement, sender=STRANGER, Cc="amigo@alheio.com.br"))
        friend = answer(acknowledgement, sender="amigo@alheio.com.br", message_id="<3@a.com.br>")
        await talk.takes(friend)
        await talk.takes(answer(acknowledgement, message_id="<4@exemplo.com.br>", Cc=COLLEAGUE))
        await talk.takes(answer(acknowledgement, sender=COLLEAGUE, message_id="<5@exemplo.com.br>"))
        assert await talk.outcomes() == ["opened", "linked", "joined", "joined", "joined"]
        assert [ticket.messages for ticket in await talk.tickets()] == [3, 2]


@pytest.mark.parametrize("close", [False, True])
async def test_staff_join_by_the_firms_own_domain_and_forged_staff_do_not(
    database_settings: Database, close: bool
) -> None:
    async with talking(database_settings, mail=TRUSTING) as talk:
        [acknowledgement] = await talk.takes(mail())
        [ticket] = await talk.tickets()
        if close:
            await talk.close(ticket.number)
        forged = answer(acknowledgement, sender=STAFF, message_id="<2@golpe.com.br>", **FORGED)
        await talk.takes(forged)
        assert await talk.outcomes() == ["opened", "linked"]
        assert "o domínio do remetente diz que a mensagem não é dele" in await reasons(talk)
        await talk.takes(answer(acknowledgement, sender=STAFF, message_id="<3@r3izzy.com.br>"))
        assert (await talk.outcomes())[2] == ("reopened" if close else "joined")
        assert "é da equipe" in await reasons(talk)


async def test_a_client_whose_name_is_forged_does_not_reopen(database_settings: Database) -> None:
    false = "mx.r3izzy.com.br; dmarc=fail header.from=exemplo.com.br"
    async with talking(database_settings, mail=TRUSTING) as talk:
        [acknowledgement] = await talk.takes(mail())
        [ticket] = await talk.tickets()
        await talk.close(ticket.number)
        await talk.takes(answer(acknowledgement, Authentication_Results=false))
        assert await talk.outcomes() == ["opened", "linked"]
        assert (await talk.tickets())[0].stage == "done"


async def test_three_strangers_share_one_linked_ticket_and_each_is_told_once(
    database_settings: Database,
) -> None:
    names = [f"{name}@{name}.com.br" for name in ("um", "dois", "tres")]
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail(subject="Folha de maio sigilosa"))
        told: list[Outgoing] = []
        for number, name in enumerate(names * 2):
            prying = new_mail(
                f"Assunto de {name}",
                sender=name,
                message_id=f"<{number}@{name}>",
                In_Reply_To=acknowledgement.message_id,
            )
            told += await talk.takes(prying)
        cited, linked = await talk.tickets()
        assert await talk.outcomes() == ["opened", "linked", *["joined"] * 5]
        assert (cited.messages, linked.messages) == (1, 6)
        to_strangers = [each for each in told if each.recipient in names]
        assert sorted(each.recipient for each in to_strangers) == sorted(names)
        assert says_nothing_of(cited.number, "sigilosa", told)
        for letter in to_strangers[1:]:
            assert linked.number in letter.subject
            # What the first of them wrote, and what became of it, is theirs.
            assert names[0] not in letter.subject + letter.text + letter.html
            assert "Assunto de" not in letter.subject + letter.text + letter.html
        # Whoever was told its number goes on there.
        await talk.takes(answer(to_strangers[2], sender=names[2], message_id="<9@tres.com.br>"))
        assert (await talk.tickets())[1].messages == 7


async def test_strangers_who_write_at_once_share_a_ticket_too(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        at_once = [
            new_mail(
                "Oi",
                sender=f"{n}@alheio.com.br",
                message_id=f"<{n}@alheio.com.br>",
                In_Reply_To=acknowledgement.message_id if n % 2 else "<um@exemplo.com.br>",
            )
            for n in range(6)
        ]
        await talk.takes(*at_once)
        assert [ticket.messages for ticket in await talk.tickets()] == [1, 6]


async def test_a_strangers_ticket_that_is_closed_takes_no_more_in(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        await talk.takes(answer(acknowledgement, sender=STRANGER, message_id="<2@alheio.com.br>"))
        await talk.close((await talk.tickets())[1].number)
        await talk.takes(answer(acknowledgement, sender=COLLEAGUE, message_id="<3@exemplo.com.br>"))
        await talk.takes(answer(acknowledgement, sender=STRANGER, message_id="<4@alheio.com.br>"))
        assert await talk.outcomes() == ["opened", "linked", "linked", "joined"]


async def test_a_follow_up_of_the_client_is_no_ticket_for_strangers(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        await talk.close((await talk.tickets())[0].number, days_ago=60)
        await talk.takes(answer(acknowledgement))
        await talk.takes(answer(acknowledgement, sender=STRANGER, message_id="<3@alheio.com.br>"))
        assert await talk.outcomes() == ["opened", "linked", "linked"]
        assert [ticket.messages for ticket in await talk.tickets()] == [1, 1, 1]


async def test_thanks_of_a_stranger_are_recorded_and_join_nothing(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules={"shipped": False, "file": rules_file}) as talk:
        [acknowledgement] = await talk.takes(mail())
        assert await talk.takes(answer(acknowledgement, "Muito obrigada!", sender=STRANGER)) == []
        assert await talk.outcomes() == ["opened", "recorded"]


async def test_a_bounce_from_nobody_on_the_ticket_still_joins(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        await talk.close((await talk.tickets())[0].number)
        await talk.takes(bounce(acknowledgement, message_id="<b@mx.exemplo.com.br>"))
        [ticket] = await talk.tickets()
        assert await talk.outcomes() == ["opened", "joined"]
        assert ticket.stage == "done"
        people = await rows(talk.application, "SELECT address FROM ticket_people")
        assert not [row for row in people if "mailer-daemon" in row["address"]]


async def test_a_stranger_s_program_does_not_write_on_a_ticket_by_the_client_s_own_id(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        await talk.takes(mail())
        robot = new_mail(
            "RES", sender=STRANGER, message_id="<r@alheio.com.br>",
            In_Reply_To="<um@exemplo.com.br>", Auto_Submitted="auto-replied",
        )  # fmt: skip
        assert await talk.takes(robot) == []
        assert await talk.outcomes() == ["opened", "recorded"]


@pytest.mark.parametrize("first", [False, True])
async def test_a_message_id_that_somebody_else_chose_too_hides_nothing(
    database_settings: Database, first: bool
) -> None:
    """Bia answers her own mail; a stranger has sent one under the same identifier."""
    async with talking(database_settings) as talk:
        same = mail("Olá", sender=STRANGER, subject="Olá", message_id="<um@exemplo.com.br>")
        await talk.takes(*((same, mail()) if first else (mail(), same)))
        more = new_mail("RES", message_id="<2@exemplo.com.br>", In_Reply_To="<um@exemplo.com.br>")
        await talk.takes(more)
        assert await talk.outcomes() == ["opened", "opened", "joined"]
        messages = {ticket.sender: ticket.messages for ticket in await talk.tickets()}
        assert messages == {"bia@exemplo.com.br": 2, "outro@alheio.com.br": 1}


async def test_a_reply_to_leads_nothing_of_a_ticket_away(database_settings: Database) -> None:
    """Anybody can put anything there; the letter of a reopening goes to who takes part."""
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [ticket] = await talk.tickets()
        await talk.close(ticket.number)
        sent = await talk.takes(
            answer(acknowledgement, sender=BIA, Reply_To="outro@alheio.com.br"),
        )
        assert await talk.outcomes() == ["opened", "reopened"]
        assert "outro@alheio.com.br" not in recipients(sent)
        assert "bia@exemplo.com.br" in recipients(sent)
        people = await rows(talk.application, "SELECT address FROM ticket_people")
        assert {"address": "outro@alheio.com.br"} not in people


async def test_the_same_mail_of_a_stranger_twice_is_one_entry(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        prying = answer(acknowledgement, sender=STRANGER)
        first = await talk.takes(prying)
        assert len(first) == 1
        assert await talk.takes(prying, source="imap:contato/INBOX") == []
        assert await talk.outcomes() == ["opened", "linked", "duplicate"]
        assert [ticket.messages for ticket in await talk.tickets()] == [1, 1]
