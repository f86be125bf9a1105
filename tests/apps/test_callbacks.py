"""An app is told, signed, what becomes of its request; for a day, and then the ticket says so."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from intake.jobs.app_events import record_stage
from intake.jobs.callbacks import call_back
from intake.settings.database import Database
from routing.vocabulary import Stage
from tests.application import rows
from tests.apps.house import REQUEST, SECRET, House, house


class App:
    """Listens on loopback, checks signatures as an app does, and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.status = 204
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                app.heard.append(Webhook(SECRET).verify(body, dict(self.headers)))
                app.ids.append(self.headers["webhook-id"])
                self.send_response(app.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/desk"


@pytest.fixture
def app() -> Iterator[App]:
    made = App()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


async def becomes(desk: House, *stages: Stage) -> None:
    (ticket,) = await rows(desk.application, "SELECT id FROM tickets")
    for stage in stages:
        async with desk.application.database.transaction() as connection:
            await record_stage(desk.application.context, connection, ticket["id"], stage)
    await desk.application.worker_pool.drain()


async def test_an_app_is_told_of_each_step(database_settings: Database, app: App) -> None:
    async with house(database_settings, site={"callback": app.url}) as desk:
        number = (await desk.opens(REQUEST)).json()["number"]
        await desk.application.worker_pool.drain()
        await becomes(desk, Stage.SCHEDULED, Stage.IN_PROGRESS, Stage.DONE)
        assert [each["type"] for each in app.heard] == [
            "request.acknowledged",
            "request.scheduled",
            "request.done",
        ]
        assert {each["data"]["number"] for each in app.heard} == {number}
        assert len(set(app.ids)) == 3


async def test_without_a_client_to_tell_the_app_alone_is_told(
    database_settings: Database, app: App
) -> None:
    async with house(database_settings, site={"callback": app.url}) as desk:
        await desk.opens({"title": "Fatura vencida"})
        await desk.application.worker_pool.drain()
        assert [each["type"] for each in app.heard] == ["request.acknowledged"]
        assert desk.sender.sent == []


async def test_it_is_tried_again_with_the_same_id_and_given_up_after_a_day(
    database_settings: Database, app: App
) -> None:
    app.status = 500
    async with house(database_settings, site={"callback": app.url}) as desk:
        await desk.opens({"title": "Fatura vencida"})
        await desk.application.worker_pool.drain()
        (waiting,) = await rows(desk.application, "SELECT id, state, attempts FROM app_callbacks")
        assert (waiting["state"], waiting["attempts"]) == ("waiting", 1)
        (job,) = await rows(
            desk.application,
            "SELECT scheduled_at FROM procrastinate_jobs"
            " WHERE task_name = 'callback' AND status = 'todo'",
        )
        assert job["scheduled_at"] is not None
        began = desk.application.context.clock()
        desk.application.context.clock = lambda: began + timedelta(hours=24)
        try:
            # Its signature would be of another day; the app of this test would not take it.
            app.server.RequestHandlerClass.do_POST = _unavailable  # type: ignore[attr-defined]
            await call_back(desk.application.context, waiting["id"])
        finally:
            desk.application.context.clock = lambda: began
        (ended,) = await rows(desk.application, "SELECT state, detail FROM app_callbacks")
        assert ended == {"state": "gave_up", "detail": "HTTP 503"}
        notes = await rows(desk.application, "SELECT body FROM ticket_entries WHERE kind = 'note'")
        assert any("site não pôde ser avisado" in note["body"] for note in notes)


def _unavailable(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(503)
    handler.end_headers()


async def test_of_other_tickets_and_of_nothing_new_no_app_is_told(
    database_settings: Database, app: App
) -> None:
    async with house(database_settings, site={"callback": app.url}) as desk:
        await desk.opens(REQUEST, webhook_id="msg_once")
        await desk.opens(REQUEST, webhook_id="msg_once")
        await becomes(desk, Stage.NEW)
        assert len(app.heard) == 1
        waiting = json.dumps(await rows(desk.application, "SELECT state FROM app_callbacks"))
        assert waiting == '[{"state": "sent"}]'
