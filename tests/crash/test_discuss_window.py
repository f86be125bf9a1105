"""Odoo has shown the answer to a command, and the daemon dies before it knows."""

import pytest

from intake.desk.odoo.discuss import CHANNEL
from tests.crash.test_odoo_windows import TASK, front, known, place
from tests.daemon.workplace import MAILDIR, OUTBOX, Workplace
from tests.desk.odoo.conftest import Call, agent, call
from tests.desk.odoo.workplace import PASSWORDS, PEOPLE, odoo_desk, quiet
from tests.servers.odoo import OdooDatabase
from tests.servers.odoo_front import HELD, OdooFront
from tests.servers.process import wait_until

__all__ = ["agent", "call", "front", "known", "place"]

pytestmark = [pytest.mark.crash, pytest.mark.servers]

LISTENING = "SELECT count(*) FROM mailbox_cursors WHERE source LIKE 'discuss:%'"
ANSWERED = "SELECT count(*) FROM replies WHERE kind = 'command-opened' AND state = 'sent'"


def test_a_command_is_carried_out_and_answered_once(
    place: Workplace, front: OdooFront, odoo: OdooDatabase, call: Call, known: set[int]
) -> None:
    [channel] = call(
        CHANNEL, "create", [{"name": "comandos de atendimento", "channel_type": "channel"}]
    )
    place.write(
        quiet().replace("stalled_after = 10", "stalled_after = 5")
        + MAILDIR
        + OUTBOX
        + PEOPLE
        + odoo_desk(odoo, url=front.url)
        + "[odoo.discuss]\npoll = 1\n"
    )
    daemon = place.daemon(PASSWORDS)
    daemon.start()
    daemon.wait_ready()
    wait_until(lambda: place.rows(LISTENING) == [(1,)], "the channel was looked at", 60)
    front.choke_on(b'"message_post"', HELD)
    [line] = call(
        CHANNEL,
        "message_post",
        [channel],
        body="/ticket Nota não emitida prioridade:alta",
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )
    assert front.holding.wait(60), daemon.log()
    daemon.kill()
    front.speak()
    daemon.start()
    daemon.wait_ready()
    wait_until(lambda: place.rows(ANSWERED) == [(1,)], "the answer is known", 60)
    assert len(set(call(TASK, "search", [])) - known) == 1
    answers = [("model", "=", CHANNEL), ("parent_id", "=", line)]
    assert call("mail.message", "search_count", answers) == 1
