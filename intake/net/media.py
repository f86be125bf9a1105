"""Fetch files of messages from Twilio's hosts, and from nowhere else.

Twilio's API asks for the account's credentials and redirects to the host that has the bytes; that
host gets no credentials. Source: Twilio, *Media resource*.
"""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import httpx

from intake.ports.unavailable import Unavailable

MOST_HOPS = 4
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class FileRefused(Exception):
    """the file cannot be had, and trying again would not help"""


class FileAway(Unavailable):
    """the file cannot be fetched just now"""


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaSource:
    """The hosts from which files may be fetched, and the credentials. `largest` is in bytes,
    `timeout` in seconds.
    """

    account: str
    token: str = field(repr=False)
    api_host: str
    hosts: tuple[str, ...]
    largest: int
    timeout: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A file as fetched."""

    content: bytes = field(repr=False)
    content_type: str


async def fetch(url: str, source: MediaSource) -> Fetched:
    """Fetch `url`, following redirects within the source's hosts. Raises FileRefused and
    FileAway.
    """
    try:
        async with (
            asyncio.timeout(source.timeout),
            httpx.AsyncClient(timeout=source.timeout, trust_env=False) as client,
        ):
            for _ in range(MOST_HOPS):
                async with client.stream(
                    "GET", _allowed(url, source), auth=_auth(url, source)
                ) as answer:
                    if not answer.is_redirect:
                        return await _read(answer, source.largest)
                    url = _led_to(url, answer.headers.get("location", ""))
    except TimeoutError as error:
        raise FileAway(f"not within {source.timeout:.0f} s") from error
    except httpx.HTTPError as error:
        raise FileAway(f"{type(error).__name__}: {error}") from error
    except httpx.InvalidURL as error:
        raise FileRefused(f"no address: {error}") from error
    raise FileRefused("redirected in a circle")


async def _read(answer: httpx.Response, largest: int) -> Fetched:
    if answer.status_code == httpx.codes.GONE:
        raise FileRefused("HTTP 410")
    # Includes 404: a message may arrive before its file is available.
    if answer.status_code != httpx.codes.OK:
        raise FileAway(f"HTTP {answer.status_code}")
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > largest:
            raise FileRefused(f"larger than {largest} bytes")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Fetched(content=bytes(content), content_type=kind)


def _led_to(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FileRefused(f"no address: {error}") from error


def _allowed(url: str, source: MediaSource) -> str:
    try:
        where = urlsplit(url)
        host, _port = (where.hostname or "").lower(), where.port
    except ValueError as error:
        raise FileRefused(f"no address: {error}") from error
    known = any(host == each or host.endswith(f".{each}") for each in source.hosts)
    protected = where.scheme == "https" or (where.scheme == "http" and host in _LOOPBACK)
    if not (known and protected):
        raise FileRefused(f"{where.scheme}://{host} is none of Twilio's hosts")
    return url


def _auth(url: str, source: MediaSource) -> tuple[str, str] | None:
    where = urlsplit(url)
    return (source.account, source.token) if where.netloc == source.api_host else None
