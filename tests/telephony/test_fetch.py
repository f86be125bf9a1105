"""The files of messages: with the ticket where they come in time, else after it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from intake.app.opening import Application
from intake.app.reading import read_message
from intake.jobs.desk_sync import sync_tickets
from intake.jobs.media import PATIENCE, fetch_files
from intake.jobs.message_files import StoredFiles
from intake.jobs.triage import triage_messages
from intake.net.media import FileAway
from intake.ports.memory_desk import MemoryDesk
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import rows
from tests.servers.scripted_twilio import Answer, ScriptedTwilio, running_scripted_twilio
from tests.telephony.place import TOKEN, TOKEN_PLACE, Clock, take_in, telephone_application, twilio

PHOTO = Answer(body=b"\xff\xd8\xffphoto", headers={"Content-Type": "image/jpeg"})


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)


@pytest.fixture
def api() -> Iterator[ScriptedTwilio]:
    with running_scripted_twilio() as server:
        yield server


def section(api: ScriptedTwilio) -> dict[str, object]:
    return twilio(api_url=api.url, media_hosts=("127.0.0.1",))


async def photo(application: Application, clock: Clock, api: ScriptedTwilio, **more: str) -> int:
    return await take_in(
        application,
        clock,
        "SM1",
        "a tela ficou assim, o app trava",
        **{
            "NumMedia": "1",
            "MediaUrl0": f"{api.url}/ME1",
            "MediaContentType0": "image/jpeg",
            **more,
        },
    )


async def files_at_the_desk(application: Application) -> list[tuple[str, bytes]]:
    """All that its carriers bring, the ticket's first: none of them twice."""
    desk, limits = application.context.desk, application.context.config.settings.mail
    assert isinstance(desk, MemoryDesk)
    files = StoredFiles(application.database, lambda: limits, read_message, raw=False)
    await sync_tickets(application.context, [1])
    return [
        (file.name, file.content)
        for each in (*desk.tickets.values(), *desk.entries.values())
        if each.message is not None
        for file in await files.of(each.message, each.attachments, getattr(each, "file", None))
    ]


async def test_a_photo_hangs_on_its_ticket(
    database_settings: Database, api: ScriptedTwilio
) -> None:
    clock = Clock()
    api.say("/ME1", PHOTO)
    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=section(api)
    ) as application:
        message = await photo(application, clock, api)
        await fetch_files(application.context, message)
        clock.pass_(21)
        await triage_messages(application.context, [message])
        assert await files_at_the_desk(application) == [("foto-1.jpg", PHOTO.body)]
        # Once it is here nobody is asked again.
        await fetch_files(application.context, message)
        assert len(api.asked) == 1


async def test_the_ticket_waits_a_while_for_a_photo_and_then_goes_on_without(
    database_settings: Database, api: ScriptedTwilio
) -> None:
    clock = Clock()
    api.say("/ME1", Answer(status=503), PHOTO)
    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=section(api)
    ) as application:
        message = await photo(application, clock, api)
        with pytest.raises(FileAway):
            await fetch_files(application.context, message)
        clock.pass_(21)
        await triage_messages(application.context, [message])
        assert await rows(application, "SELECT id FROM tickets") == []
        clock.pass_(100)
        await triage_messages(application.context, [message])
        assert len(await rows(application, "SELECT id FROM tickets")) == 1
        assert await files_at_the_desk(application) == []
        await fetch_files(application.context, message)
        [entry] = await rows(
            application, "SELECT kind, message_id FROM ticket_entries WHERE body ~ 'Chegou'"
        )
        assert entry == {"kind": "note", "message_id": message}
        assert await files_at_the_desk(application) == [("foto-1.jpg", PHOTO.body)]


@pytest.mark.parametrize("carried_before", [True, False])
async def test_a_late_file_brings_no_other_again(
    database_settings: Database, api: ScriptedTwilio, carried_before: bool
) -> None:
    clock, late = Clock(), Answer(body=b"\xff\xd8\xffanother", headers=PHOTO.headers)
    api.say("/ME1", PHOTO)
    api.say("/ME2", Answer(status=503), late)
    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=section(api)
    ) as application:
        message = await photo(
            application,
            clock,
            api,
            NumMedia="2",
            MediaUrl1=f"{api.url}/ME2",
            MediaContentType1="image/jpeg",
        )
        with pytest.raises(FileAway):
            await fetch_files(application.context, message)
        clock.pass_(121)
        await triage_messages(application.context, [message])
        in_time = [("foto-1.jpg", PHOTO.body)]
        if carried_before:
            assert await files_at_the_desk(application) == in_time
        await fetch_files(application.context, message)
        assert await files_at_the_desk(application) == [*in_time, ("foto-2.jpg", late.body)]


async def test_what_never_comes_leaves_a_note_with_its_address(
    database_settings: Database, api: ScriptedTwilio
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=section(api)
    ) as application:
        message = await photo(application, clock, api)
        # The row's own time of acceptance is the database's, so it is that which is moved.
        async with application.database.transaction() as connection:
            await connection.execute(
                "UPDATE messages SET accepted_at = %s",
                [clock() - PATIENCE - timedelta(minutes=1)],
            )
        clock.pass_(121)
        await triage_messages(application.context, [message])
        await fetch_files(application.context, message)
        notes = await rows(application, "SELECT body FROM ticket_entries WHERE kind = 'note'")
        assert any(f"{api.url}/ME1" in row["body"] for row in notes)
        [file] = await rows(application, "SELECT state, detail FROM message_files")
        assert file == {"state": "given_up", "detail": "HTTP 404"}


async def test_a_photo_that_comes_while_its_message_is_triaged_is_not_lost(
    database_settings: Database, api: ScriptedTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    api.say("/ME1", PHOTO)
    from intake.jobs import triage

    read = triage._read

    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=section(api)
    ) as application:
        message = await photo(application, clock, api)
        clock.pass_(121)
        came: list[int] = []

        async def read_and_then(*arguments: object) -> object:
            found = await read(*arguments)  # type: ignore[arg-type]
            if not came:
                came.append(message)
                await fetch_files(application.context, message)
            return found

        monkeypatch.setattr(triage, "_read", read_and_then)
        await triage_messages(application.context, [message])
        assert await files_at_the_desk(application) == [("foto-1.jpg", PHOTO.body)]
