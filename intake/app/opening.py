"""Everything that is open while the program works: database, queue, desk, sender.

The daemon, `run --once` and the read-only commands share this.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
import structlog

from intake.active_config import ActiveConfig, build_config
from intake.app.desk import opened_desk
from intake.app.reading import read_message
from intake.app.senders import sender
from intake.channels.discuss.sender import DiscussSender
from intake.channels.twilio.sender import phone_senders
from intake.context import Context
from intake.jobs.message_files import StoredFiles
from intake.jobs.registry import queue_app
from intake.jobs.workers import WORKER_SPECS, WorkerPool, most_at_a_time
from intake.metrics import Metrics
from intake.net.oauth import AccessTokens
from intake.net.token_requests import Usage
from intake.notify.alarms import schedule_alarms
from intake.ports.arrivals import IntakeUnavailable
from intake.ports.chat import Chat
from intake.ports.desk import Desk
from intake.ports.desk_snapshots import DeskChanges
from intake.ports.listener import ListenerUnavailable
from intake.ports.sender import Sender, SenderUnavailable
from intake.replies.by_channel import ChannelSenders
from intake.settings.mail import Mail
from intake.settings.model import Settings
from intake.store.database import Database
from intake.store.inbox import Inbox
from intake.store.leases import Leases
from intake.store.process_run import ProcessRun
from intake.store.queue import Queue, open_pool
from intake.store.tokens import Tokens
from intake.store.transient_errors import is_away
from routing.vocabulary import Channel

log = structlog.get_logger()

LEAVE_SECONDS = 5.0
"""Seconds for releasing claims at the end, so that an unreachable database does not hold up the
stop.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """Everything that is open."""

    database: Database
    app: procrastinate.App
    context: Context
    inbox: Inbox
    tokens: Tokens
    leases: Leases
    worker_pool: WorkerPool
    metrics: Metrics
    changes: DeskChanges | None
    """How to see what people change at the desk."""
    room: Chat | None = None
    """The chat in which the team gives commands."""
    _leaving: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    """Tasks in the background: closing replaced senders, scheduling alarms."""

    def activate(self, config: ActiveConfig) -> None:
        """Use this config from now on; jobs that have begun end with the old one.

        Raises SenderUnavailable if a file named in the settings cannot be used. Then nothing has
        changed.
        """
        settings, before = config.settings, self.context.config.settings
        if _ways_out(settings) != _ways_out(before):
            replaced = self.context.sender
            self.context.sender = _sender(settings, self.tokens, self.room)
            self._meanwhile(replaced.close(), "replaced sender")
        self.context.config = config
        self._meanwhile(self._wind_up(), "clock")

    async def _wind_up(self) -> None:
        try:
            await schedule_alarms(self.context)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning(
                "alarms.not_scheduled", so="alarms are counted anew at the next start or reload"
            )

    def _meanwhile(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Close the senders' connections and wait for the background tasks."""
        await asyncio.gather(self.context.sender.close(), *self._leaving)


def now() -> datetime:
    """The daemon's clock."""
    return datetime.now(UTC)


@asynccontextmanager
async def opened(
    settings: Settings,
    *,
    desk: Desk | None = None,
    room: Chat | None = None,
    outbox: Sender | None = None,
    clock: Callable[[], datetime] = now,
) -> AsyncIterator[Application]:
    """Open the database and everything that works on it. `desk`, `room` and `outbox` replace those
    of the settings.

    Raises what `Database.open` and `build_config` raise, each with one clear line.
    """
    config = build_config(settings)
    async with Database.open(settings.database) as database:
        app = queue_app()
        pool = open_pool(database.url, most_at_a_time(settings) + 2 * len(WORKER_SPECS))
        await pool.open(wait=True)
        leases = Leases(database.url)
        tokens = Tokens(database)
        metrics = Metrics()

        def active_settings() -> Settings:
            return context.config.settings

        def silence() -> timedelta:
            return timedelta(seconds=context.config.settings.conversations.quiet_seconds)

        def mail_limits() -> Mail:
            return context.config.settings.mail

        files = StoredFiles(database, mail_limits, read_message, raw=settings.odoo.attach_raw)
        try:
            async with (
                app.open_async(pool),
                opened_desk(settings, database, files, active_settings) as ours,
            ):
                context = Context(
                    database=database,
                    queue=Queue(app),
                    run=ProcessRun(leases),
                    desk=desk or ours.desk,
                    sender=outbox or _sender(settings, tokens, room or ours.room),
                    config=config,
                    metrics=metrics,
                    read=read_message,
                    clock=clock,
                )
                application = Application(
                    database=database,
                    app=app,
                    context=context,
                    inbox=Inbox(
                        database,
                        context.queue,
                        leases,
                        settings.work.partitions,
                        silence,
                    ),
                    tokens=tokens,
                    leases=leases,
                    worker_pool=WorkerPool(app, context, leases),
                    metrics=metrics,
                    changes=ours.changes,
                    room=room or ours.room,
                )
                try:
                    yield application
                finally:
                    await application.close()
                    await _leave_no_claim(context)
        finally:
            await leases.close()
            await pool.close()


async def _leave_no_claim(context: Context) -> None:
    try:
        async with asyncio.timeout(LEAVE_SECONDS):
            await context.run.end(context.database)
    except Exception as error:
        if not (is_away(error) or isinstance(error, TimeoutError)):
            raise
        log.warning("claims.not_released", so="what was in hand is processed alone next time")


def _sender(settings: Settings, tokens: Tokens, room: Chat | None) -> Sender:
    smtp = settings.smtp
    source = None
    if smtp.oauth is not None:
        source = SmtpTokens(
            AccessTokens(smtp.oauth, user=smtp.user, store=tokens, clock=now, usage=Usage.SMTP)
        )
    mail = sender(settings.replies, smtp, tokens=source)
    if settings.replies.backend != "smtp":
        # For trials and demos: nothing is sent outside, whatever the channel.
        return ChannelSenders({**dict.fromkeys(Channel, mail), **_in_room(room)})
    return ChannelSenders({Channel.EMAIL: mail, **phone_senders(settings.twilio), **_in_room(room)})


def _in_room(room: Chat | None) -> dict[Channel, Sender]:
    """The chat's sender. Trials answer there too, since the chat belongs to the desk that they
    use.
    """
    return {} if room is None else {Channel.CHAT: DiscussSender(room)}


def _ways_out(settings: Settings) -> tuple[object, ...]:
    """The settings that a sender is made from."""
    return settings.replies.backend, settings.replies.outbox, settings.smtp, settings.twilio


class SmtpTokens:
    """Access tokens for the mail server. Errors are raised as the sender's, not a listener's."""

    def __init__(self, tokens: AccessTokens) -> None:
        self._tokens = tokens

    async def token(self) -> str:
        """See `TokenSource.token`."""
        try:
            return await self._tokens.token()
        except (ListenerUnavailable, IntakeUnavailable) as error:
            raise SenderUnavailable(str(error)) from error

    def invalidate(self) -> None:
        """See `TokenSource.invalidate`."""
        self._tokens.invalidate()
