"""The instant that matters: Twilio has a message of ours, and we die before we can note it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.daemon.workplace import PEOPLE, QUIET, Workplace, workplace
from tests.servers.process import HOST, free_port, wait_until
from tests.telephony.posts import ACCOUNT, PUBLIC_URL, TOKEN, US, form, signed

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

TOKEN_PLACE = "CRASH_TWILIO_TOKEN"
PEOPLE_WRITING = 2
HELD_SECONDS = 60


class Twilio:
    """Takes messages and lists them; while it holds, whoever sends one hears nothing of it."""

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self.asked = 0
        self.let_go = threading.Event()
        twilio = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                said = {name: values[0] for name, values in parse_qs(body).items()}
                twilio.taken.append(said)
                row = twilio.row(len(twilio.taken), said)
                twilio.let_go.wait(HELD_SECONDS)
                self._answer(201, row)

            def do_GET(self) -> None:
                twilio.asked += 1
                to = parse_qs(self.path.partition("?")[2])["To"][0]
                rows = [twilio.row(n, said) for n, said in enumerate(twilio.taken, 1)]
                found = [row for row in rows if row["to"] == to]
                self._answer(200, {"messages": found, "next_page_uri": None})

            def _answer(self, status: int, tree: dict[str, Any]) -> None:
                body = json.dumps(tree).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    # Whoever asked has been killed.
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self.server.server_port}"

    def row(self, number: int, said: dict[str, str]) -> dict[str, Any]:
        """As the API shows a message."""
        return {
            "sid": f"SM{number:032x}",
            "account_sid": ACCOUNT,
            "body": said["Body"],
            "to": said["To"],
            "from": said["From"],
            "status": "queued",
        }


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    made = Twilio()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.let_go.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def place() -> Iterator[Workplace]:
    with workplace() as made:
        yield made


def test_each_reply_reaches_twilio_once(place: Workplace, twilio: Twilio) -> None:
    port = free_port()
    settings = f"""
[replies]
backend = "smtp"
[smtp]
host = "127.0.0.1"
port = 9
security = "none"
[twilio]
account_sid = "{ACCOUNT}"
auth_token = {{ env = "{TOKEN_PLACE}" }}
public_url = "{PUBLIC_URL}"
api_url = "{twilio.url}"
whatsapp_from = "{US}"
reconcile = false
[conversations]
quiet_seconds = 0
"""
    quiet = QUIET.replace("port = 0", f"port = {port}").replace("after = 10", "after = 5")
    place.write(quiet + PEOPLE + settings)
    daemon = place.started({TOKEN_PLACE: TOKEN})
    for number in range(1, PEOPLE_WRITING + 1):
        phone = f"+55119{80000000 + number}"
        body = form(number, "O app trava", From=f"whatsapp:{phone}", WaId=phone[1:])
        url = f"http://{HOST}:{port}/twilio/messages"
        httpx.post(url, content=body, headers=signed(body), trust_env=False).raise_for_status()
    # One is under way, the other behind it: it has not been tried.
    wait_until(lambda: bool(twilio.taken), "Twilio has a message")
    daemon.kill()
    assert twilio.asked == 0
    twilio.let_go.set()
    daemon.start()
    daemon.wait_ready()
    acknowledged = "SELECT count(*) FROM tickets WHERE acknowledged_at IS NOT NULL"
    wait_until(lambda: place.rows(acknowledged) == [(PEOPLE_WRITING,)], "all are acknowledged", 90)
    assert twilio.asked >= 1
    assert len({said["To"] for said in twilio.taken}) == PEOPLE_WRITING
    assert len(twilio.taken) == PEOPLE_WRITING
    assert daemon.terminate() == 0
