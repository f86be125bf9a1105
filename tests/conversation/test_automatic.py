"""Automatic mail: recorded, joined where it belongs, opens nothing, is never answered."""

import pytest

from intake.settings.database import Database
from tests.application import PEOPLE, mail, rows
from tests.conversation.talk import answer, bounce, new_mail, talking, vacation

LIST = {"List_Id": "<novidades.exemplo.com.br>", "List_Unsubscribe": "<https://exemplo.com.br>"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Auto_Submitted": "auto-notified; owner-email=x@exemplo.com.br"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"X_Central_Intake": "OUTRA-1"},
        LIST,
    ],
)
async def test_automatic_mail_is_recorded_and_left_alone(
    database_settings: Database, headers: dict[str, str]
) -> None:
    async with talking(database_settings) as talk:
        assert await talk.takes(mail(**headers)) == []
        assert await talk.outcomes() == ["recorded"]
        assert await talk.tickets() == []


async def test_auto_submitted_no_is_a_person(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail(Auto_Submitted="no"))
        assert acknowledgement.recipient == "bia@exemplo.com.br"


async def test_a_vacation_note_about_our_reply_joins_and_disturbs_nobody(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        assert await talk.takes(vacation(acknowledgement)) == []
        [ticket] = await talk.tickets()
        assert await talk.outcomes() == ["opened", "joined"]
        assert ticket.messages == 2


async def test_a_vacation_note_does_not_reopen(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [ticket] = await talk.tickets()
        await talk.close(ticket.number)
        assert await talk.takes(vacation(acknowledgement)) == []
        [ticket] = await talk.tickets()
        assert ticket.stage == "done"


async def test_whoever_only_answered_automatically_does_not_take_part(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        stranger = "robo@alheio.com.br"
        await talk.takes(answer(acknowledgement, sender=stranger, Auto_Submitted="auto-replied"))
        [ticket] = await talk.tickets()
        tagged = f"[{ticket.number}] oi"
        await talk.takes(new_mail(tagged, sender=stranger, message_id="<3@alheio.com.br>"))
        assert await talk.outcomes() == ["opened", "joined", "opened"]


async def test_our_own_mail_coming_back_opens_nothing(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        sent = await talk.takes(mail(sender="Central <suporte@r3izzy.com.br>"))
        assert sent == []
        assert await talk.outcomes() == ["recorded"]


async def test_the_bounce_of_an_acknowledgement_is_noted_on_its_ticket_and_told_to_the_first_level(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [notice] = await talk.takes(bounce(acknowledgement, message_id="<b1@mx.exemplo.com.br>"))
        [ticket] = await talk.tickets()
        assert await talk.outcomes() == ["opened", "joined"]
        assert notice.recipient == "ana.n0@r3izzy.com.br"
        assert notice.subject == f"[{ticket.number}] A resposta ao cliente não foi entregue"
        assert "Endereço: bia@exemplo.com.br" in notice.text
        assert "O que o servidor disse: 5.1.1" in notice.text
        assert (await talk.notes())[-1].startswith(
            "Uma resposta nossa não chegou a bia@exemplo.com.br (5.1.1)"
        )


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("delayed", "ainda não chegou a bia@exemplo.com.br"),
        ("delivered", "foi entregue a bia@exemplo.com.br"),
        ("relayed", "foi passada adiante para bia@exemplo.com.br"),
        ("expanded", "foi distribuída pela lista de bia@exemplo.com.br"),
    ],
)
async def test_a_report_that_is_no_failure_is_noted_and_disturbs_nobody(
    database_settings: Database, action: str, said: str
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        report = bounce(acknowledgement, action=action, status="4.4.1", message_id="<b@mx.test>")
        assert await talk.takes(report) == []
        assert said in (await talk.notes())[-1]


async def test_a_bounce_does_not_reopen(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [ticket] = await talk.tickets()
        await talk.close(ticket.number)
        await talk.takes(bounce(acknowledgement, message_id="<b@mx.test>"))
        [ticket] = await talk.tickets()
        assert ticket.stage == "done"


async def test_a_notice_to_the_desk_that_bounces_makes_no_further_notice(
    database_settings: Database,
) -> None:
    two = ({**PEOPLE[0], "login": "rui.n0", "email": "rui.n0@r3izzy.com.br"}, *PEOPLE)
    async with talking(database_settings, roster={"person": two}) as talk:
        [acknowledgement] = await talk.takes(mail())
        told = await talk.takes(bounce(acknowledgement, message_id="<b1@mx.test>"))
        assert {one.recipient for one in told} == {"ana.n0@r3izzy.com.br", "rui.n0@r3izzy.com.br"}
        for number, notice in enumerate(told):
            assert await talk.takes(bounce(notice, message_id=f"<n{number}@mx.test>")) == []
        assert await talk.outcomes() == ["opened", "joined", "joined", "joined"]


async def test_a_bounce_about_nothing_of_ours_is_recorded(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        forged = mail(sender="MAILER-DAEMON@alheio.com.br", subject="Undelivered Mail")
        assert await talk.takes(forged) == []
        assert await talk.outcomes() == ["recorded"]


async def test_replies_are_marked_so_that_no_other_program_answers_them(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [notice] = await talk.takes(answer(acknowledgement))
        assert acknowledgement.automatic
        assert notice.automatic


async def test_a_mail_that_must_not_be_answered_still_becomes_a_ticket(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        assert await talk.takes(mail(sender="noreply@exemplo.com.br")) == []
        assert await talk.outcomes() == ["opened"]
        assert "Nenhuma confirmação enviada" in (await talk.notes())[-1]
        [reply] = await rows(talk.application, "SELECT state, detail FROM replies")
        assert reply["state"] == "suppressed"
        assert "noreply" in reply["detail"]
