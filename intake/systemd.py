"""Notify systemd (sd_notify(3)): ready, reloading, stopping, and the watchdog.

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
    """Report that the start or reload is complete."""
    notify("READY=1")


def reloading() -> None:
    """Report that a reload begins, with its time, as Type=notify-reload requires."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """Report that the daemon is stopping and finishing its work."""
    notify("STOPPING=1")


async def watchdog(health: Health, stopping: asyncio.Event) -> None:
    """Tell systemd that we are alive, as long as the event loop runs and work gets done.

    An unreachable database is no reason for a restart: we wait for it. Returns at once if no
    watchdog is configured.
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
