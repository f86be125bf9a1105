"""pytest fixtures for the servers. tests/conftest.py loads this file through pytest_plugins.

Servers live as long as the session; each test makes its own users, so tests share nothing.
Where a server cannot be had, its tests are skipped with one line; with CI=true they fail.
"""

import itertools
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import NoReturn, TypeVar

import pytest

from tests.servers.chromium import Chromium, running_chromium
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.odoo import OdooDatabase, OdooServer, running_odoo
from tests.servers.postfix import Postfix, running_postfix
from tests.servers.postgres import PostgresCluster, running_postgres
from tests.servers.prism import Prism, running_prism
from tests.servers.process import ServerUnavailable
from tests.servers.scripted_imap import ScriptedImap, running_scripted_imap
from tests.servers.scripted_smtp import ScriptedSmtp, running_scripted_smtp

Server = TypeVar("Server")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A running Dovecot without users."""
    yield from serve(running_dovecot())


@pytest.fixture
def mailbox(dovecot: Dovecot) -> str:
    """A user of that Dovecot whom no other test has, with an empty INBOX."""
    user = f"suporte{next(_numbers)}@r3izzy.test"
    dovecot.add_user(user)
    return user


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """A running Postfix in front of that Dovecot."""
    yield from serve(running_postfix(dovecot))


@pytest.fixture
def scripted_smtp() -> Iterator[ScriptedSmtp]:
    """An SMTP server of the test's own that records, and fails when told to."""
    with running_scripted_smtp() as server:
        yield server


@pytest.fixture
def scripted_imap() -> Iterator[ScriptedImap]:
    """An IMAP server of the test's own that misbehaves when told to."""
    with running_scripted_imap() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """A running cluster, made with Debian's PostgreSQL."""
    yield from serve(running_postgres())


@pytest.fixture
def debian_postgres(postgres_cluster: PostgresCluster) -> str:
    """The URL of an empty database in that cluster."""
    return postgres_cluster.new_database()


@pytest.fixture(scope="session")
def odoo_server(postgres_cluster: PostgresCluster) -> Iterator[OdooServer]:
    """A running Odoo 19 with project and OCA's helpdesk."""
    yield from serve(running_odoo(postgres_cluster))


@pytest.fixture(scope="module")
def odoo(odoo_server: OdooServer) -> OdooDatabase:
    """A database of that server that no other module has."""
    return odoo_server.new_database()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A running browser without a window."""
    yield from serve(running_chromium())


@pytest.fixture(scope="session")
def prism() -> Iterator[Prism]:
    """Twilio's API, played by Prism from Twilio's description."""
    yield from serve(running_prism())


def serve(context: AbstractContextManager[Server]) -> Iterator[Server]:
    """A fixture's body: the started server, or a skip (in CI a failure) where it cannot be had."""
    try:
        server = context.__enter__()
    except ServerUnavailable as error:
        _do_without(error)
    try:
        yield server
    finally:
        context.__exit__(None, None, None)


def _do_without(error: ServerUnavailable) -> NoReturn:
    line = f"SERVER MISSING: {error}"
    if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
        pytest.fail(line, pytrace=False)
    pytest.skip(line)
