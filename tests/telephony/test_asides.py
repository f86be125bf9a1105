"""Reactions, corrections and deletions: kept on their ticket, and no request of their own."""

import pytest

from intake.app.opening import Office
from intake.jobs.triage import triage_messages
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.office import rows
from tests.telephony.place import TOKEN, TOKEN_PLACE, Clock, take_in, telephone_office

BROKEN = "o app trava ao abrir a agenda"


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)


async def does(
    office: Office, clock: Clock, sid: str, kind: str, words: str = "", about: str = "", **more: str
) -> None:
    """Bia does it, and is silent then. `about`: the message, where it is not `sid` itself."""
    quoted = {"OriginalRepliedMessageSid": about} if about else {}
    raw = {"MessageType": kind, **quoted, **more}
    await take_in(office, clock, sid, words, **raw)
    await silence(office, clock)


async def silence(office: Office, clock: Clock) -> None:
    clock.pass_(121)
    waiting = await rows(office, "SELECT id FROM messages WHERE state = 'new' ORDER BY id")
    await triage_messages(office.context, [row["id"] for row in waiting])


async def entries(office: Office) -> list[tuple[str, str]]:
    """What stands on tickets after they were opened."""
    found = await rows(
        office,
        "SELECT kind, body FROM ticket_entries WHERE id > (SELECT min(id) FROM ticket_entries "
        "WHERE kind = 'reply') ORDER BY id",
    )
    return [(row["kind"], row["body"]) for row in found]


async def replies(office: Office) -> list[str]:
    found = await rows(office, "SELECT kind FROM replies ORDER BY id")
    return [row["kind"] for row in found]


async def outcomes(office: Office) -> list[str]:
    return [r["outcome"] for r in await rows(office, "SELECT outcome FROM messages ORDER BY id")]


@pytest.mark.parametrize("closed", [False, True])
async def test_a_reaction_is_a_note_and_wakes_nobody(
    database_settings: Database, closed: bool
) -> None:
    clock = Clock()
    async with telephone_office(database_settings, clock, MemorySender()) as office:
        await does(office, clock, "SM1", "text", BROKEN)
        if closed:
            await rows(
                office, "UPDATE tickets SET stage = 'done', closed_at = %s RETURNING 1", [clock()]
            )
        await does(office, clock, "SM2", "reaction", "👍", about="SM1")
        await does(office, clock, "SM3", "reaction", "", about="SM1")
        assert await outcomes(office) == ["opened", "joined", "joined"]
        assert await entries(office) == [
            ("note", f"O cliente reagiu com 👍 a: “{BROKEN}”"),
            ("note", "O cliente retirou uma reação."),
        ]
        assert await replies(office) == ["acknowledgement"]
        [ticket] = await rows(office, "SELECT stage FROM tickets")
        assert ticket["stage"] == ("done" if closed else "new")


@pytest.mark.parametrize("kind", ["reaction", "revoke"])
async def test_without_a_ticket_nothing_follows(database_settings: Database, kind: str) -> None:
    clock = Clock()
    async with telephone_office(database_settings, clock, MemorySender()) as office:
        await does(office, clock, "SM2", kind, "👋", about="SM1")
        assert await outcomes(office) == ["recorded"]
        assert await replies(office) == []
        assert await rows(office, "SELECT id FROM tickets") == []


@pytest.mark.parametrize(("sid", "about"), [("SM2", "SM1"), ("SM1", "")])
async def test_a_deleted_message_stays_and_a_note_says_so(
    database_settings: Database, sid: str, about: str
) -> None:
    clock = Clock()
    async with telephone_office(database_settings, clock, MemorySender()) as office:
        await does(office, clock, "SM1", "text", BROKEN)
        await does(office, clock, sid, "revoke", about=about)
        await does(office, clock, sid, "revoke", about=about)
        assert await entries(office) == [
            ("note", f"O cliente apagou a mensagem “{BROKEN}”. Ela continua neste chamado.")
        ]
        [ticket] = await rows(office, "SELECT description FROM tickets")
        assert ticket["description"] == BROKEN
        assert await replies(office) == ["acknowledgement"]


@pytest.mark.parametrize(("sid", "about"), [("SM2", "SM1"), ("SM1", "")])
async def test_a_corrected_message_is_a_later_one_of_its_ticket(
    database_settings: Database, sid: str, about: str
) -> None:
    clock = Clock()
    async with telephone_office(database_settings, clock, MemorySender()) as office:
        await does(office, clock, "SM1", "text", BROKEN)
        await does(office, clock, sid, "edit", "o site trava", about=about)
        assert await outcomes(office) == ["opened", "joined"]
        assert await entries(office) == [
            ("note", f"O cliente corrigiu a mensagem “{BROKEN}”; o novo texto segue."),
            ("message", "o site trava"),
        ]
        assert await replies(office) == ["acknowledgement", "owner-reply"]


async def test_what_is_changed_before_it_was_decided_is_decided_as_it_stands(
    database_settings: Database,
) -> None:
    clock = Clock()
    async with telephone_office(database_settings, clock, MemorySender()) as office:
        await take_in(office, clock, "SM1", "o ap trava")
        await take_in(office, clock, "SM1", "o app trava", MessageType="edit")
        await take_in(office, clock, "SM2", "esqueçam a agenda")
        await take_in(
            office, clock, "SM3", "", MessageType="revoke", OriginalRepliedMessageSid="SM2"
        )
        await take_in(
            office, clock, "SM4", "🙏", MessageType="reaction", OriginalRepliedMessageSid="SM9"
        )
        await silence(office, clock)
        [ticket] = await rows(office, "SELECT description, description_html FROM tickets")
        assert ticket["description"] == "o app trava\nesqueçam a agenda"
        assert "uma mensagem dizia: “o ap trava”" in ticket["description_html"]
        assert "apagou depois esta mensagem: “esqueçam a agenda”" in ticket["description_html"]
        assert await outcomes(office) == ["opened", *["joined"] * 4]
