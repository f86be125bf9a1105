"""Webhooks durably accepted per second from 50 concurrent clients, compared with an empty webhook.

JSON goes to standard output, a table to standard error.
"""

import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from bench.webhook_server import ACCOUNT, EMPTY, PUBLIC_URL, TOKEN

CLIENTS = 50
REQUESTS = 6000
WARM_UP = 500
ENDPOINT = "/twilio/messages"
WANTED_RATE, WANTED_P99 = 600, 100


@dataclass(slots=True)
class Run:
    """The measurements of one run."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, float]:
        cuts = statistics.quantiles(self.times, n=100)
        return {
            "requests": len(self.times),
            "per_second": round(len(self.times) / self.seconds, 1),
            "p50_ms": round(cuts[49] * 1000, 1),
            "p99_ms": round(cuts[98] * 1000, 1),
            "max_ms": round(max(self.times) * 1000, 1),
        }


def body(number: int) -> bytes:
    """A WhatsApp message from one of twenty people."""
    sid = f"SM{number:032x}"
    return urlencode(
        {
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "ProfileName": "Bia Souza",
            "MessageType": "text",
            "SmsSid": sid,
            "WaId": f"55119{87650000 + number % 20}",
            "SmsStatus": "received",
            "Body": f"Bom dia, o aplicativo trava ao abrir a agenda, já é a {number}.ª vez hoje.",
            "To": "whatsapp:+551140028922",
            "NumSegments": "1",
            "MessageSid": sid,
            "AccountSid": ACCOUNT,
            "From": f"whatsapp:+55119{87650000 + number % 20}",
            "ApiVersion": "2010-04-01",
        }
    ).encode()


def request(path: str, number: int) -> bytes:
    """A complete, signed HTTP request."""
    content = body(number)
    signature = RequestValidator(TOKEN).compute_signature(
        f"{PUBLIC_URL}{path}", dict(parse_qsl(content.decode(), keep_blank_values=True))
    )
    head = (
        f"POST {path} HTTP/1.1\r\nHost: desk.example.com\r\nX-Twilio-Signature: {signature}\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def play(address: str, requests: list[bytes]) -> Run:
    """Send all requests from `CLIENTS` concurrent clients, each on one connection."""
    where = urlsplit(address)
    run, turn = Run(), itertools.count()
    began = time.perf_counter()

    async def client() -> None:
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        while (number := next(turn)) < len(requests):
            at = time.perf_counter()
            writer.write(requests[number])
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            run.times.append(time.perf_counter() - at)
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode("latin-1"))
        writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    run.seconds = time.perf_counter() - began
    return run


def measure(address: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure both webhooks, each after a warm-up."""
    numbers = itertools.count(1)

    def some(path: str, count: int) -> list[bytes]:
        return [request(path, next(numbers)) for _ in range(count)]

    found: dict[str, Any] = {"clients": CLIENTS, "load_before": os.getloadavg()[0]}
    for name, path in (("empty_door", EMPTY), ("durable", ENDPOINT)):
        asyncio.run(play(address, some(path, WARM_UP)))
        found[name] = asyncio.run(play(address, some(path, REQUESTS))).as_json()
        say(f"{name}: {found[name]}")
    return found


def main() -> None:
    """Measure, and fail if a message was answered but not stored."""
    with tempfile.TemporaryDirectory(prefix="ci-bench-") as folder:
        Path(folder).chmod(0o755)
        with subprocess.Popen(
            [sys.executable, "-m", "bench.webhook_server", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            # The server's log is on the same stream: skip its lines.
            address = next(line for line in server.stdout if line.startswith("http://")).strip()
            found = measure(address, lambda line: print(line, file=sys.stderr))
            server.stdin.close()
            found["stored"] = int(server.stdout.read().splitlines()[-1])
    if found["stored"] != REQUESTS + WARM_UP:
        raise SystemExit(f"answered {REQUESTS + WARM_UP}, stored {found['stored']}")
    durable = found["durable"]
    print(
        f"\nwebhooks, durable  {durable['per_second']:.0f}/s   to reach: {WANTED_RATE}/s\n"
        f"answer, p99        {durable['p99_ms']:.0f} ms   to reach: under {WANTED_P99} ms\n"
        f"the empty door     {found['empty_door']['per_second']:.0f}/s",
        file=sys.stderr,
    )
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
