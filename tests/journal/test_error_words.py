"""What clients wrote stays out of logs and error texts, also where PostgreSQL quotes it."""

import io

import psycopg
import pytest
import structlog

from intake.logs import configure_logs
from intake.settings.operations import Log
from intake.store.error_words import words_of

WRITTEN = "bia@exemplo.com.br disse que\n\no app trava"


def violation(url: str) -> psycopg.Error:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TEMP TABLE t (said text CHECK (length(said) < 3))")
        with pytest.raises(psycopg.Error) as raised:
            connection.execute("INSERT INTO t VALUES (%s)", [WRITTEN])
    return raised.value


def test_an_errors_words_name_what_failed_and_quote_no_row(journal_url: str) -> None:
    error = violation(journal_url)
    assert "exemplo" in str(error)
    words = words_of(error)
    assert words.startswith('CheckViolation: new row for relation "t" violates check constraint')
    for part in ("exemplo", "disse", "trava"):
        assert part not in words


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_logged_traceback_quotes_no_row(journal_url: str, form: str) -> None:
    stream = io.StringIO()
    configure_logs(Log.model_validate({"format": form}), stream)
    try:
        structlog.get_logger().error("triage.failed", exc_info=violation(journal_url))
    finally:
        structlog.reset_defaults()
    logged = stream.getvalue()
    assert "violates check constraint" in logged
    for part in ("exemplo", "disse", "trava"):
        assert part not in logged
