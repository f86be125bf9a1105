"""Migrations: at start, once, and never backwards. On the embedded and on a given PostgreSQL."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from intake.store import migrations
from intake.store.migrate import DatabaseNewer, migrate


def test_the_head_kept_in_the_package_is_alembics() -> None:
    config = Config()
    config.set_main_option("script_location", str(next(iter(migrations.__path__))))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_migrating_twice_changes_nothing(debian_postgres: str) -> None:
    migrate(debian_postgres)
    with psycopg.connect(debian_postgres) as connection:
        connection.execute("INSERT INTO ticket_numbers VALUES (2026, 7)")
    migrate(debian_postgres)
    with psycopg.connect(debian_postgres) as connection:
        assert connection.execute("SELECT last FROM ticket_numbers").fetchone() == (7,)


def test_daemons_that_start_together_migrate_once(debian_postgres: str) -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        runs = [pool.submit(migrate, debian_postgres) for _ in range(4)]
        for run in runs:
            run.result(timeout=60)


def test_a_newer_database_is_refused_with_a_way_out(journal_url: str) -> None:
    with psycopg.connect(journal_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseNewer, match="schema 9999, this program knows up to"):
        migrate(journal_url)


def test_the_queues_tables_are_upgraded_from_what_is_recorded(journal_url: str) -> None:
    # As if an older release had made them: the scripts after that version are applied.
    with psycopg.connect(journal_url) as connection:
        connection.execute("UPDATE queue_schema SET version = '3.9.0'")
    migrate(journal_url)
    with psycopg.connect(journal_url) as connection:
        row = connection.execute("SELECT version FROM queue_schema").fetchone()
    assert row != ("3.9.0",)


def test_what_was_never_a_mails_message_id_leads_to_no_ticket(debian_postgres: str) -> None:
    """As it was written down before 0019."""
    kept, dropped = ["<um@exemplo.com.br>", "<nosso@r3izzy.com.br>"], ["<p-1@app:site>", "SM1"]
    migrate(debian_postgres)
    [step] = Path(str(next(iter(migrations.__path__)))).glob("versions/0019_*.py")
    deletions = [
        f"DELETE {words.split(';')[0]}" for words in step.read_text("utf-8").split("DELETE ")[1:]
    ]
    with psycopg.connect(debian_postgres) as connection:
        connection.execute("SET session_replication_role = replica")
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO mail_threads VALUES (%s, 1, %s)",
                [(each, each == kept[1]) for each in kept + dropped],
            )
        for deletion in deletions:
            connection.execute(deletion.encode())
        found = connection.execute("SELECT message_id FROM mail_threads ORDER BY 1 DESC").fetchall()
    assert [row[0] for row in found] == kept


def test_a_step_that_fails_is_told_in_one_line(debian_postgres: str) -> None:
    with psycopg.connect(debian_postgres) as connection:
        connection.execute("CREATE TABLE messages (id integer)")
    with pytest.raises(psycopg.OperationalError, match=r"migration failed: .*messages") as failure:
        migrate(debian_postgres)
    assert "\n" not in str(failure.value)


def test_a_daemon_at_rest_does_without_alembic(debian_postgres: str) -> None:
    # Its memory is to stay under 150 MB, and Alembic with SQLAlchemy takes 25 of them.
    look = "import sys; from intake.store.migrate import migrate; migrate(sys.argv[1]); "
    look += "sys.exit('alembic' in sys.modules or 'sqlalchemy' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", look, debian_postgres], check=False).returncode == 0
    )
