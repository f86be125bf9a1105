"""Messages of the journal with what was decided of them, for a backtest."""

from datetime import UTC, datetime, timedelta
from functools import partial

from intake.app.opening import Application
from intake.app.reading import read_message
from intake.settings.calendar import Calendar
from intake.settings.database import Database
from intake.settings.mail import Mail
from intake.store.past_messages import PastMessages
from routing.rules.classification import Surroundings
from tests.application import application, mail, take_in

RECEIVED = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
"""When the mails of `tests.application` came: a Tuesday at ten in São Paulo."""


OWN = frozenset({"suporte@r3izzy.com.br"})


def routed(running: Application) -> PastMessages:
    return PastMessages(
        running.database,
        read=partial(read_message, limits=Mail(), own_addresses=OWN),
        calendar=Calendar().build(),
        surroundings=Surroundings(own_domains=frozenset({"r3izzy.com.br"}), business_hours=False),
        own_addresses=OWN,
    )


async def test_messages_come_with_ticket_number_decision_and_the_hour_s_surroundings(
    database_settings: Database,
) -> None:
    async with application(database_settings) as running:
        await take_in(running, mail(message_id="<1@x>"), mail("Oi", message_id="<2@x>"))
        found = [each async for each in routed(running).since(RECEIVED)]
    assert {each.id for each in found} == {"R3-2026-000001", "R3-2026-000002"}
    assert found[1].message.text.strip() == "Oi"
    assert found[0].surroundings.business_hours
    assert found[0].surroundings.own_domains == {"r3izzy.com.br"}
    assert found[0].decided is not None
    assert found[0].decided.request_type is None
    assert len(found[0].decided.fingerprint) == 16


async def test_a_form_on_the_firms_site_is_replayed_as_the_clients_mail(
    database_settings: Database,
) -> None:
    form = mail(sender="suporte@r3izzy.com.br", Reply_To="caio@exemplo.com.br")
    async with application(database_settings) as running:
        await take_in(running, form)
        [found] = [each async for each in routed(running).since(RECEIVED)]
    assert found.message.sender is not None
    assert found.message.sender.address == "caio@exemplo.com.br"


async def test_only_messages_from_an_instant_on_are_read(database_settings: Database) -> None:
    async with application(database_settings) as running:
        await take_in(running, mail(message_id="<1@x>"))
        messages = routed(running)
        later = RECEIVED + timedelta(seconds=1)
        assert await messages.count(RECEIVED) == 1
        assert await messages.count(later) == 0
        assert [each async for each in messages.since(later)] == []


async def test_answers_copies_and_machines_mail_are_left_out(database_settings: Database) -> None:
    async with application(database_settings) as running:
        await take_in(
            running,
            mail(message_id="<1@x>"),
            mail("Mais isto", message_id="<2@x>", In_Reply_To="<1@x>"),
            mail("Estou de férias", message_id="<3@x>", Auto_Submitted="auto-replied"),
        )
        await take_in(running, mail(message_id="<1@x>"), source="imap:outra/INBOX", first=4)
        found = [each.id async for each in routed(running).since(RECEIVED)]
    assert found == ["R3-2026-000001"]
