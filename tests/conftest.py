"""Fixtures for every test: a fresh journal database, cheap to have."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import structlog

from intake.settings.database import Database as DatabaseSettings
from intake.store.embedded import EmbeddedPostgres
from intake.store.migrate import migrate

pytest_plugins = ["tests.servers.fixtures"]

TEMPLATE = "intake_template"
_numbers = itertools.count(1)


# What commands print is compared: its width is that of a pipe, whatever the tests run in.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)


@pytest.fixture(autouse=True)
def logs_as_imported() -> Iterator[None]:
    """A command that set up the logs of its process leaves nothing of that to the next test."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def embedded_postgres() -> Iterator[EmbeddedPostgres]:
    """The embedded PostgreSQL, once for all tests of this run."""
    folder = Path(tempfile.mkdtemp(prefix="intake-tests-"))
    server = EmbeddedPostgres(folder)
    url = server.start()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}".encode())
    migrate(_url(url, TEMPLATE))
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def journal_url(embedded_postgres: EmbeddedPostgres) -> Iterator[str]:
    """A migrated, empty journal in the embedded PostgreSQL."""
    with _new_journal(embedded_postgres) as url:
        yield url


@pytest.fixture
def database_settings(journal_url: str) -> DatabaseSettings:
    """[database] of a fresh journal."""
    return DatabaseSettings(url=journal_url)


@pytest.fixture
def second_database_settings(embedded_postgres: EmbeddedPostgres) -> Iterator[DatabaseSettings]:
    """[database] of another firm's journal."""
    with _new_journal(embedded_postgres) as url:
        yield DatabaseSettings(url=url)


@contextmanager
def _new_journal(server: EmbeddedPostgres) -> Iterator[str]:
    name = f"journal_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}".encode())
    yield _url(server.url, name)
    # A thousand of them would fill a small disk, and take minutes to remove at the end.
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _url(url: str, database: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{database}?{query}"
