"""From the desk to the app: a person schedules and closes, and the app is told, in order, once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from intake.jobs.desk_watch import DeskWatch
from intake.settings.database import Database
from tests.application import rows
from tests.apps.house import REQUEST, House, house
from tests.apps.test_callbacks import App, app  # noqa: F401  (a fixture)
from tests.desk.watched import WatchedDesk

ANA = "ana.n0"


class AtTheDesk:
    """People who work on the one ticket."""

    def __init__(self, house: House, ref: str) -> None:
        self._office = house.application
        self._desk = WatchedDesk()
        self._ref = ref
        self._watch = DeskWatch(self._office.context, self._desk, self._office.leases, poll=0.01)

    async def stands(self, who: str, **values: Any) -> None:
        """How the ticket stands from now on, by whom."""
        self._desk.stands(self._ref, who, at=datetime.now(UTC), **values)
        await self._notice()

    async def notes(self, who: str, text: str) -> None:
        """An internal note."""
        self._desk.says(self._ref, who, text, at=datetime.now(UTC))
        await self._notice()

    async def _notice(self) -> None:
        # The second look finds nothing new.
        for _ in range(2):
            await self._watch.look()
            await self._office.worker_pool.drain()


async def test_what_people_do_at_the_desk_reaches_the_app(
    database_settings: Database,
    app: App,  # noqa: F811
) -> None:
    async with house(database_settings, site={"callback": app.url}) as desk:
        number = (await desk.opens(REQUEST)).json()["number"]
        await desk.application.worker_pool.drain()
        [ticket] = await rows(
            desk.application,
            "UPDATE tickets SET owner = %s, "
            "desk_synced = desk_synced || jsonb_build_object('owner', %s::text) "
            "RETURNING desk_ref, priority",
            [ANA, ANA],
        )
        person = AtTheDesk(desk, ticket["desk_ref"])
        begins = {"stage": "new", "closed": False, "owner": ANA, "priority": ticket["priority"]}
        await person.stands("intake", **begins, deadline=None, client="Bia Souza")
        due = datetime.now(UTC) + timedelta(days=3)
        await person.stands(ANA, stage="scheduled", deadline=due)
        await person.stands(ANA, stage="in_progress")
        await person.notes(ANA, "Solução: a certidão foi emitida e enviada.")
        await person.stands(ANA, stage="done")
        [ended] = await rows(desk.application, "SELECT closed_at FROM tickets")
        assert ended["closed_at"] is not None
        assert [(each["type"], each["data"]["number"]) for each in app.heard] == [
            ("request.acknowledged", number),
            ("request.scheduled", number),
            ("request.done", number),
        ]
        assert len(set(app.ids)) == len(app.ids)
