"""The daemon: listeners, workers and the HTTP server, started together and stopped together."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from intake import memory, systemd
from intake.active_config import build_config
from intake.app.listeners import listeners
from intake.app.opening import Application, now, opened
from intake.app.supervisor import supervise
from intake.app.webhooks import NO_SOURCE, Webhooks, has_webhooks, webhook_routes
from intake.jobs.desk_watch import DeskWatch
from intake.jobs.flush_bursts import flush_bursts
from intake.notify.alarms import schedule_alarms
from intake.ports.arrivals import IntakeUnavailable
from intake.ports.listener import Listener, ListenerUnavailable
from intake.ports.sender import SenderUnavailable
from intake.replies.templates import TemplatesInvalid
from intake.settings.credential import CredentialMissing
from intake.settings.load import SettingsInvalid, load_settings
from intake.settings.model import Settings
from intake.settings.twilio import Twilio
from intake.upkeep.reconciliation import Reconciler
from intake.web.health import Health
from intake.web.server import serving
from intake.web.sla_metrics import SlaGauges
from routing.rules.problems import RulesInvalid

log = structlog.get_logger()

RELOADABLE = (
    "rules",
    "calendar",
    "sla",
    "roster",
    "replies",
    "smtp",
    "organisation",
    "tickets",
    "mail",
    "conversations",
    "watch",
    "app",
    "twilio",
)
"""Sections that SIGHUP reloads. The others need a restart, and the log says so."""


TWILIO_ACCOUNT = (
    "account_sid",
    "auth_token",
    "subaccounts",
    "public_url",
    "api_url",
    "reconcile",
)
"""Keys of [twilio] that need a restart, because the reconciliation of Twilio's lists uses them."""


class WorkUndone(Exception):
    """`run --once` ended, but not everything could be taken in"""


async def run(settings: Settings, stopping: asyncio.Event | None = None) -> None:
    """Run until SIGTERM or SIGINT, or until the caller sets `stopping`."""
    memory.prefer_few_heaps()
    stopping = stopping or asyncio.Event()
    summary = Webhooks()
    async with (
        opened(settings) as application,
        _signals(application, settings.path, stopping, summary),
    ):
        health = Health(application.database, application.metrics, promises=_promises(application))
        await schedule_alarms(application.context)
        async with _http(settings, application, health, summary), asyncio.TaskGroup() as tasks:
            found = _listeners(application, settings)
            for listener in found:
                application.metrics.listener_started(listener.source)
            reconciler = Reconciler(zone=ZoneInfo(settings.calendar.timezone), clock=now)
            listening = tasks.create_task(
                supervise(
                    found, stopping=stopping, progress=application.metrics, reconciler=reconciler
                ),
                name="listeners",
            )
            working = tasks.create_task(application.worker_pool.run(stopping), name="workforce")
            looking = tasks.create_task(_watch_desk(application, settings, stopping), name="desk")
            keeper = tasks.create_task(application.database.keep_alive(), name="journal")
            watchdog = tasks.create_task(systemd.watchdog(health, stopping), name="watchdog")
            freeing = tasks.create_task(memory.give_back(), name="memory")
            memory.freeze_heap()
            systemd.ready()
            log.info("daemon.ready", listeners=[listener.source for listener in found])
            if not found and not has_webhooks(settings):
                log.warning("daemon.no_listener", so=NO_SOURCE)
            await stopping.wait()
            systemd.stopping()
            log.info("daemon.stopping", at_most_seconds=settings.work.shutdown_grace)
            # Their last work needs the database, so its server is kept alive until they have ended.
            await asyncio.wait({listening, working})
            # Not waited for, since the desk may not answer; the next look finds the same changes.
            looking.cancel()
            keeper.cancel()
            watchdog.cancel()
            freeing.cancel()
    log.info("daemon.stopped")


def _promises(application: Application) -> SlaGauges:
    def zone() -> ZoneInfo:
        return application.context.config.policy.procedure.calendar.zone

    return SlaGauges(application.database, application.metrics, zone=zone, now=now)


async def _watch_desk(
    application: Application, settings: Settings, stopping: asyncio.Event
) -> None:
    if application.changes is not None:
        poll = settings.odoo.poll
        await DeskWatch(
            application.context, application.changes, application.leases, poll=poll
        ).run(stopping)


async def run_once(settings: Settings) -> None:
    """Accept everything there is, process it completely, and end.

    Raises WorkUndone if a source could not be reached, after everything else was done.
    """
    async with opened(settings) as application:
        unreached = []
        await schedule_alarms(application.context)
        for listener in _listeners(application, settings):
            try:
                new = await listener.drain()
                log.info("listener.drained", source=listener.source, new=new)
            except (ListenerUnavailable, IntakeUnavailable) as error:
                unreached.append(str(error))
        await application.worker_pool.drain()
        if await flush_bursts(application.context):
            await application.worker_pool.drain()
    if unreached:
        raise WorkUndone("; ".join(unreached))


def _listeners(application: Application, settings: Settings) -> list[Listener]:
    return listeners(
        settings,
        intake=application.inbox,
        tokens=application.tokens,
        progress=application.metrics,
        clock=now,
        room=application.room,
    )


@asynccontextmanager
async def _http(
    settings: Settings, application: Application, health: Health, summary: Webhooks
) -> AsyncIterator[None]:
    if not settings.http.enabled:
        yield
        return
    summary.open(webhook_routes(application, settings))
    async with serving(settings.http, health, [summary.route()]):
        yield


@asynccontextmanager
async def _signals(
    application: Application, path: Path | None, stopping: asyncio.Event, summary: Webhooks
) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_signal_handler(signal.SIGINT, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, reload, application, path, summary)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)


def _kept(read: Settings, before: Settings) -> dict[str, Any]:
    """Settings that stay as they were until the next start."""
    fixed = {
        name: getattr(before, name) for name in Settings.model_fields if name not in RELOADABLE
    }
    # `watch.enabled` is fixed because its workers start with the daemon.
    watch = read.watch.model_copy(update={"enabled": before.watch.enabled})
    return fixed | {"watch": watch, "twilio": _twilio_kept(read.twilio, before.twilio)}


def _twilio_kept(read: Twilio | None, before: Twilio | None) -> Twilio | None:
    if read is None or before is None:
        return before
    fixed = {name: getattr(before, name) for name in TWILIO_ACCOUNT}
    if (read.voice is None) is not (before.voice is None):
        fixed["voice"] = before.voice
    return read.model_copy(update=fixed)


def reload(application: Application, path: Path | None, summary: Webhooks | None = None) -> None:
    """Activate changed settings, rules, templates, senders and webhooks.

    An invalid file or a missing secret changes nothing.
    """
    systemd.reloading()
    before = application.context.config.settings
    try:
        read = load_settings(path)
        kept = _kept(read, before)
        settings = read.model_copy(update=kept)
        routes = webhook_routes(application, settings) if summary and settings.http.enabled else ()
        application.activate(build_config(settings))
        if summary is not None:
            summary.open(routes)
    except (
        SettingsInvalid,
        RulesInvalid,
        TemplatesInvalid,
        SenderUnavailable,
        CredentialMissing,
    ) as error:
        application.metrics.reloaded("refused")
        log.error("reload.refused", problem=str(error), kept="the settings from before")
    else:
        changed = [name for name in kept if getattr(read, name) != kept[name] and name != "path"]
        application.metrics.reloaded("ok")
        log.info("reload.done", rules=application.context.config.policy.rules.fingerprint)
        if changed:
            named = ["watch.enabled" if name == "watch" else name for name in changed]
            log.warning("reload.needs_restart", sections=named)
    systemd.ready()
