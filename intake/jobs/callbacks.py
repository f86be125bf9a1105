"""The job `callback`: tell an app, by a signed webhook, what became of its request.

A callback is tried for a day. Its id is the same at every attempt, so that the app recognises a
repeat (Standard Webhooks, *Idempotency*).
"""

import json
from datetime import timedelta

import httpx
import structlog

from intake.context import Context
from intake.notify.notes import note
from intake.notify.outbox import Outbox
from intake.replies.presentable import one_line
from intake.settings.apps import App
from intake.settings.credential import CredentialMissing
from intake.store.app_requests import Callback, lock_callback, record_attempt
from intake.store.batch import Batch
from intake.store.database import Connection
from intake.store.queue import CALLBACK
from routing.waiting import next_attempt

log = structlog.get_logger()

PATIENCE = timedelta(days=1)
TIMEOUT = 15.0
"""Seconds for one attempt, as Standard Webhooks recommends."""
NEVER_AGAIN = 410
"""HTTP 410 Gone: the app wants no more callbacks (Standard Webhooks)."""


async def call_back(context: Context, callback: int) -> None:
    """Send a callback, unless it has been sent; its row stays locked until the outcome is stored.

    What cannot be sent for a day, or is not wanted, is given up with a note on the ticket.
    """
    async with context.database.transaction() as connection:
        row = await lock_callback(connection, callback)
        if row is None:
            return
        apps = {app.name: app for app in context.config.settings.app if app.callback}
        app = apps.get(row.app)
        if app is None:
            await _give_up(context, connection, row, "the settings have no callback for it")
            return
        status, detail = await _attempt(context, app, row)
        await _record(context, connection, row, status, one_line(detail, 300))


async def _attempt(context: Context, app: App, row: Callback) -> tuple[int, str]:
    """Return the HTTP status (0 where there was no answer) and a description of the outcome."""
    # Imported here so that the signing library is loaded only where an app is called.
    from intake.net.webhook_keys import signer

    body = json.dumps(
        {
            "type": row.event,
            "timestamp": row.at.isoformat(),
            "data": {"number": row.number, "title": row.title, "stage": row.stage},
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    now = context.clock()
    webhook_id = f"msg_{row.uid.hex}"
    try:
        signature = signer(app.secrets[0]).sign(webhook_id, now, body)
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            answer = await client.post(
                app.callback,
                content=body.encode(),
                headers={
                    "content-type": "application/json",
                    "webhook-id": webhook_id,
                    "webhook-timestamp": str(int(now.timestamp())),
                    "webhook-signature": signature,
                },
            )
    except (httpx.HTTPError, CredentialMissing) as error:
        return 0, f"{type(error).__name__}: {error}"
    return answer.status_code, f"HTTP {answer.status_code}"


async def _record(
    context: Context, connection: Connection, row: Callback, status: int, detail: str
) -> None:
    now = context.clock()
    if 200 <= status < 300:
        await record_attempt(connection, row.id, "sent", detail, now)
        return
    log.warning("callback.not_sent", app=row.app, callback=row.id, status=status)
    again = next_attempt(row.attempts + 1, since=row.at, now=now, patience=PATIENCE)
    if status == NEVER_AGAIN or again is None:
        await _give_up(context, connection, row, detail)
        return
    await record_attempt(connection, row.id, "waiting", detail, now)
    await context.queue.put(connection, CALLBACK, at=again, callback=row.id)


async def _give_up(context: Context, connection: Connection, row: Callback, detail: str) -> None:
    await record_attempt(connection, row.id, "gave_up", detail, context.clock())
    words = f"O aplicativo {row.app} não pôde ser avisado ({row.event}): {detail}"
    await Outbox(context, connection).write(Batch(entries=[note(row.ticket_id, words)]))
