"""The settings of a daemon whose desk is the test's own Odoo."""

from tests.daemon.workplace import QUIET
from tests.desk.odoo.carrying import PROJECT
from tests.servers.dovecot import Dovecot
from tests.servers.odoo import OdooDatabase
from tests.servers.process import HOST

PASSWORDS = {"INTAKE_TEST_IMAP": "segredo", "INTAKE_TEST_ODOO_PASSWORD": "intake"}
"""For the daemon's environment."""
PEOPLE = """
[[roster.person]]
login = "ana.n0"
name = "Ana Lima"
email = "ana.n0@r3izzy.com.br"
levels = ["N0"]
[[roster.person]]
login = "edu.n1"
name = "Edu Reis"
email = "edu.n1@r3izzy.com.br"
levels = ["N1"]
"""
RULES = """
[words.request_type.bug]
"trav*" = 2

[words.priority.high]
"urgente" = 2
"""
POLL = 1.0


def mailboxes(dovecot: Dovecot, *users: str) -> str:
    """[[imap]] for each."""
    return "".join(
        f"""
[[imap]]
name = "{user.partition("@")[0]}"
host = "{dovecot.host}"
port = {dovecot.ports.plain}
security = "none"
user = "{user}"
password = {{ env = "INTAKE_TEST_IMAP" }}
batch = 5
import_existing = "acknowledge"
"""
        for user in users
    )


def answers(port: int) -> str:
    """[smtp] on loopback."""
    return f"""
[replies]
backend = "smtp"
[smtp]
host = "{HOST}"
port = {port}
security = "none"
"""


def odoo_desk(odoo: OdooDatabase, *, url: str = "", user: str = "intake") -> str:
    """[desk] and [odoo]; `user`: an agent whose password is in PASSWORDS."""
    return f"""
[desk]
backend = "odoo"
[odoo]
url = "{url or odoo.url}"
database = "{odoo.name}"
user = "{user}"
password = {{ env = "INTAKE_TEST_ODOO_PASSWORD" }}
project = "{PROJECT}"
poll = {POLL}
timeout = 10
"""


def quiet(rules: str = "") -> str:
    """What all have, with only these rules."""
    return QUIET.replace("shipped = false", f"shipped = false\n{rules}")
