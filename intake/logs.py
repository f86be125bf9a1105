"""Structured logs on standard error, without message contents."""

import io
import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo

from intake.settings.operations import Log
from intake.store.error_words import without_rows

NOISY = (
    "procrastinate",
    "uvicorn",
    "psycopg",
    "psycopg.pool",
    "httpx",
    "httpcore",
    "alembic",
    "asyncio",
    "imapclient",
)
QUOTING = "mailparser"
"""Its warnings and errors quote what strangers wrote."""


_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
"""Without local variables, because these hold what clients wrote."""


def _without_rows(_: Any, __: str, event: EventDict) -> EventDict:
    for each in event.get("exception", ()):
        each["exc_value"] = without_rows(each["exc_value"])
    return event


def _plain_traceback(stream: TextIO, error: ExcInfo) -> None:
    text = io.StringIO()
    structlog.dev.plain_traceback(text, error)
    stream.write(without_rows(text.getvalue()))


def configure_logs(settings: Log, stream: TextIO | None = None) -> None:
    """Configure logging for this process: our own events, and the libraries' warnings."""
    stream = stream or sys.stderr
    level = getattr(logging, settings.level.upper())
    as_json = settings.format == "json" or (settings.format == "auto" and not stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending: list[structlog.typing.Processor] = (
        [_TRACEBACKS, _without_rows, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(), exception_formatter=_plain_traceback
            )
        ]
    )
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))
    for name in NOISY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.getLogger(QUOTING).setLevel(logging.CRITICAL)
