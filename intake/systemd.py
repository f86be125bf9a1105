"""Talking to systemd (sd_notify(3)): ready, reloading, stopping, and the watchdog.

Outside systemd, where $NOTIFY_SOCKET is not set, nothing happens.
"""

import asyncio
import os
import socket
import time

from intake.web.health import Health


def notify(*lines: str) -> None:
    """Send state lines to the service manager."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.connect(address)
        channel.sendall("\n".join(lines).encode())


def ready() -> None:
    """Started, or reloaded."""
    notify("READY=1")


def reloading() -> None:
    """Type=notify-reload wants the instant at which the reload began."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """Asked to stop; work in hand is being finished."""
    notify("STOPPING=1")


async def watchdog(health: Health, stopping: asyncio.Event) -> None:
    """Tell systemd that we live, as long as the event loop turns and work gets done.

    A journal that is away is no reason to be restarted: we wait for it. Ends at once where no
    watchdog is set.
    """
    microseconds = int(os.environ.get("WATCHDOG_USEC", "0"))
    if not microseconds:
        return
    # Until `stopping`, not for ever: a cancellation may be lost in a connection that breaks.
    while not stopping.is_set():
        await health.refresh()
        if not health.stuck:
            notify("WATCHDOG=1")
        await asyncio.sleep(microseconds / 3_000_000)
