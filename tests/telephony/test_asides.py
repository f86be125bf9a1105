"""Reactions, corrections and deletions: kept on their ticket, and no request of their own."""

import pytest

from intake.app.opening import Application
from intake.jobs.triage import triage_messages
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import rows
from tests.telephony.place import TOKEN, TOKEN_PLACE, Clock, take_in, telephone_application

BROKEN = "o app trava ao abrir a agenda"


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)


async def does(
    application: Application,
    clock: Clock,
    sid: str,
    kind: str,
    words: str = "",
    about: str = "",
    **more: str,
) -> None:
    """Bia does it, and is silent then. `about`: the message, where it is not `sid` itself."""
    quoted = {"OriginalRepliedMessageSid": about} if about else {}
    raw = {"MessageType": kind, **quoted, **more}
    await take_in(application, clock, sid, words, **raw)
    await silence(application, clock)


async def silence(application: Application, clock: Clock) -> None:
    clock.pass_(121)
    waiting = await rows(application, "SELECT id FROM messages WHERE state = 'new' ORDER BY id")
    await triage_messages(application.context, [row["id"] for row in waiting])


async def entries(application: Application) -> list[tuple[str, str]]:
    """What stands on tickets after they were opened."""
    found = await rows(
        application,
        "SELECT kind, body FROM ticket_entries WHERE id > (SELECT min(id) FROM ticket_entries "
        "WHERE kind = 'reply') ORDER BY id",
    )
    return [(row["kind"], row["body"]) for row in found]


async def replies(application: Application) -> list[str]:
    found = await rows(application, "SELECT kind FROM replies ORDER BY id")
    return [row["kind"] for row in found]


async def outcomes(application: Application) -> list[str]:
    return [
        r["outcome"] for r in await rows(application, "SELECT outcome FROM messages ORDER BY id")
    ]


@pytest.mark.parametrize("closed", [False, True])
async def test_a_reaction_is_a_note_and_wakes_nobody(
    database_settings: Database, closed: bool
) -> None:
    clock = Clock()
    async with telephone_application(database_settings, clock, MemorySender()) as application:
        await does(application, clock, "SM1", "text", BROKEN)
        if closed:
            await rows(
                application,
                "UPDATE tickets SET stage = 'done', closed_at = %s RETURNING 1",
                [clock()],
            )
        await does(application, clock, "SM2", "reaction", "👍", about="SM1")
        await does(application, clock, "SM3", "reaction", "", about="SM1")
        assert await outcomes(application) == ["opened", "joined", "joined"]
        assert await entries(application) == [
            ("note", f"O cliente reagiu com 👍 a: “{BROKEN}”"),
            ("note", "O cliente retirou uma reação."),
        ]
        assert await replies(application) == ["acknowledgement"]
        [ticket] = await rows(application, "SELECT stage FROM tickets")
        assert ticket["stage"] == ("done" if closed else "new")


@pytest.mark.parametrize("kind", ["reaction", "revoke"])
async def test_without_a_ticket_nothing_follows(database_settings: Database, kind: str) -> None:
    clock = Clock()
    async with telephone_application(database_settings, clock, MemorySender()) as application:
        await does(application, clock, "SM2", kind, "👋", about="SM1")
        assert await outcomes(application) == ["recorded"]
        assert await replies(application) == []
        assert await rows(application, "SELECT id FROM tickets") == []


@pytest.mark.parametrize(("sid", "about"), [("SM2", "SM1"), ("SM1", "")])
async def test_a_deleted_message_stays_and_a_note_says_so(
    database_settings: Database, sid: str, about: str
) -> None:
    clock = Clock()
    async with telephone_application(database_settings, clock, MemorySender()) as application:
        await does(application, clock, "SM1", "text", BROKEN)
        await does(application, clock, sid, "revoke", about=about)
        await does(application, clock, sid, "revoke", about=about)
        assert await entries(application) == [
            ("note", f"O cliente apagou a mensagem “{BROKEN}”. Ela continua neste chamado.")
        ]
        [ticket] = await rows(application, "SELECT description FROM tickets")
        assert ticket["description"] == BROKEN
        assert await replies(application) == ["acknowledgement"]


@pytest.mark.parametrize(("sid", "about"), [("SM2", "SM1"), ("SM1", "")])
async def test_a_corrected_message_is_a_later_one_of_its_ticket(
    database_settings: Database, sid: str, about: str
) -> None:
    clock = Clock()
    async with telephone_application(database_settings, clock, MemorySender()) as application:
        await does(application, clock, "SM1", "text", BROKEN)
        await does(application, clock, sid, "edit", "o site trava", about=about)
        assert await outcomes(application) == ["opened", "joined"]
        assert await entries(application) == [
            ("note", f"O cliente corrigiu a mensagem “{BROKEN}”; o novo texto segue."),
            ("message", "o site trava"),
        ]
        assert await replies(application) == ["acknowledgement", "owner-reply"]


async def test_what_is_changed_before_it_was_decided_is_decided_as_it_stands(
    database_settings: Database,
) -> None:
    clock = Clock()
    async with telephone_application(database_settings, clock, MemorySender()) as application:
        await take_in(application, clock, "SM1", "o ap trava")
        await take_in(application, clock, "SM1", "o app trava", MessageType="edit")
        await take_in(application, clock, "SM2", "esqueçam a agenda")
        await take_in(
            application, clock, "SM3", "", MessageType="revoke", OriginalRepliedMessageSid="SM2"
        )
        await take_in(
            application, clock, "SM4", "🙏", MessageType="reaction", OriginalRepliedMessageSid="SM9"
        )
        await silence(application, clock)
        [ticket] = await rows(application, "SELECT description, description_html FROM tickets")
        assert ticket["description"] == "o app trava\nesqueçam a agenda"
        assert "uma mensagem dizia: “o ap trava”" in ticket["description_html"]
        assert "apagou depois esta mensagem: “esqueçam a agenda”" in ticket["description_html"]
        assert await outcomes(application) == ["opened", *["joined"] * 4]
