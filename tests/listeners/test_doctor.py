"""`intake doctor` on mailboxes: every connection is tried, and each failure says what to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.workplace import OUTBOX, PEOPLE, QUIET, Workplace, workplace
from tests.servers.dovecot import Dovecot
from tests.servers.process import free_port
from tests.servers.token_server import running_token_server

pytestmark = pytest.mark.servers


class Surgery:
    """A workplace whose mailboxes are at the test Dovecot."""

    def __init__(self, place: Workplace, dovecot: Dovecot, user: str, journal_url: str) -> None:
        self.place = place
        self.journal = f'[database]\nurl = "{journal_url}"\n'
        self.dovecot = dovecot
        self.user = user
        self.base = QUIET + OUTBOX + PEOPLE
        self.secret("password", dovecot.password(user))

    def secret(self, name: str, value: str) -> Path:
        file = self.place.folder / name
        file.write_text(value)
        return file

    def account(self, name: str, **changes: Any) -> str:
        """An [[imap]] section; a value None leaves the key out."""
        given: dict[str, Any] = {
            "host": self.dovecot.host,
            "port": self.dovecot.ports.tls,
            "ca_file": str(self.dovecot.certificates.ca),
            "user": self.user,
            "password": {"file": str(self.place.folder / "password")},
        }
        lines = [f"{key} = {_toml(value)}" for key, value in (given | changes).items() if value]
        return "\n".join(["[[imap]]", f'name = "{name}"', *lines, ""])

    def examine(self, *accounts: str, code: int, journal: str | None = None) -> dict[str, str]:
        """What it says of each thing, with its mark."""
        self.place.write(self.base + (journal or self.journal) + "\n".join(accounts))
        done = self.place.command("doctor")
        assert (done.returncode, done.stderr) == (code, "")
        lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
        return {what: f"{mark} {detail}" for mark, what, detail in lines}


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items() if v) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'


@pytest.fixture
def surgery(dovecot: Dovecot, mailbox: str, journal_url: str) -> Iterator[Surgery]:
    with workplace() as place:
        yield Surgery(place, dovecot, mailbox, journal_url)


def test_all_is_well(surgery: Surgery) -> None:
    said = surgery.examine(surgery.account("suporte", post_fetch_action="flag"), code=0)
    assert said["imap:suporte/INBOX"] == (
        f"✓ logged in as {surgery.user} at 127.0.0.1, 0 messages; pushes (IDLE); "
        "after intake mail gets the keyword CentralIntake"
    )
    assert said["journal"] == "✓ PostgreSQL, schema up to date"


def test_each_failure_says_what_to_do_and_none_hides_another(surgery: Surgery) -> None:
    wrong = surgery.secret("wrong", "errada")
    said = surgery.examine(
        surgery.account("boa"),
        surgery.account("senha", password={"file": str(wrong)}),
        surgery.account("segredo", password={"env": "NO_SUCH_VARIABLE"}),
        surgery.account("nome", host="no-such-host.invalid"),
        surgery.account("porta", port=free_port()),
        surgery.account("certificado", ca_file=None),
        surgery.account("hospedeiro", host="127.1"),
        surgery.account("protocolo", port=surgery.dovecot.ports.plain),
        surgery.account("pasta", folders=["INBOX", "Fiscal"]),
        surgery.account("destino", post_fetch_action="move", move_to=".."),
        code=1,
    )
    assert said["imap:boa/INBOX"].startswith("✓ ")
    assert said["imap:pasta/INBOX"].startswith("✓ ")
    for name, advice in {
        "senha/INBOX": "look at user and password of [[imap]] senha",
        "segredo/INBOX": "environment variable NO_SUCH_VARIABLE is not set",
        "nome/INBOX": f"no-such-host.invalid:{surgery.dovecot.ports.tls}: no such host",
        "porta/INBOX": "Connection refused",
        "certificado/INBOX": "for a private CA give ca_file",
        "hospedeiro/INBOX": "the host must be the name in the certificate",
        "protocolo/INBOX": "is security right for this port?",
        "pasta/Fiscal": "Fiscal cannot be opened",
        "destino/INBOX": "move_to .. cannot be made",
    }.items():
        assert said[f"imap:{name}"].startswith("✗ ")
        assert advice in said[f"imap:{name}"]
    assert "there is: INBOX" in said["imap:pasta/Fiscal"]
    assert "errada" not in str(said)


def test_oauth(surgery: Surgery) -> None:
    secret, first = surgery.secret("secret", "the-secret"), surgery.secret("first", "refresh-0")
    with running_token_server(surgery.user, surgery.dovecot) as server:
        given = {
            "token_url": server.url,
            "client_id": server.client_id,
            "client_secret": {"file": str(secret)},
            "refresh_token": {"file": str(first)},
        }
        account = surgery.account("suporte", password=None, oauth=given)
        said = surgery.examine(account, code=0)
        assert said["imap:suporte/INBOX"].startswith("✓ logged in")
        # The first refresh token is used up: the next look needs the one in the journal.
        surgery.examine(account, code=0)
        secret.write_text("expired")
        said = surgery.examine(account, code=1)
        assert "look at client_id and client_secret; secrets expire" in said["imap:suporte/INBOX"]
        secret.write_text("the-secret")
        server.refresh_token = "revoked"
        said = surgery.examine(account, code=1)
        assert "sign in again and renew refresh_token" in said["imap:suporte/INBOX"]
    said = surgery.examine(account, code=1)
    assert said["imap:suporte/INBOX"].startswith(f"✗ {server.url}: ")


def test_without_a_journal_the_mailboxes_are_tried_all_the_same(surgery: Surgery) -> None:
    given = {
        "token_url": "http://127.0.0.1:9/token",
        "client_id": "x",
        "refresh_token": {"env": "X"},
    }
    said = surgery.examine(
        surgery.account("suporte"),
        surgery.account("oauth", password=None, oauth=given),
        code=1,
        journal=f'[database]\nurl = "postgresql://127.0.0.1:{free_port()}/journal"\n',
    )
    assert said["journal"].startswith("✗ ")
    assert "Connection refused" in said["journal"]
    assert said["imap:suporte/INBOX"].startswith("✓ logged in")
    assert said["imap:oauth/INBOX"] == "✗ not tried: its refresh token is kept in the journal"
