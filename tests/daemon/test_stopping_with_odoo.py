"""A daemon whose Odoo does not answer stops all the same."""

from tests.daemon.workplace import MAILDIR, OUTBOX, Workplace
from tests.desk.odoo.workplace import PASSWORDS, PEOPLE, odoo_desk, quiet
from tests.servers.odoo import OdooDatabase
from tests.servers.odoo_front import SILENT, running_odoo_front
from tests.servers.process import wait_until


def test_an_unanswered_look_does_not_hold_up_the_end(place: Workplace) -> None:
    with running_odoo_front("http://127.0.0.1:9") as front:
        front.answer_always(SILENT)
        desk = odoo_desk(OdooDatabase(front.url, "x")).replace("timeout = 10", "timeout = 600")
        place.write(quiet() + MAILDIR + OUTBOX + PEOPLE + desk)
        daemon = place.started(PASSWORDS)
        wait_until(lambda: bool(front.paths), "the daemon looks at Odoo")
        assert daemon.terminate() == 0, daemon.log()
        front.speak()
