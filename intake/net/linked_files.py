"""Fetch files that an app gives by URL, only from hosts in the settings and never from inside our
network.

A name is resolved once, every address of it is checked, and the connection goes to the checked
address, so a name that resolves differently the next time (DNS rebinding) gains nothing. Redirects
are refused. Source: OWASP, *Server-Side Request Forgery Prevention*.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpx

from intake.net.media import Fetched, FileAway, FileRefused

HTTPS_PORT = 443
_CARRIES_IPV4 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""NAT64 (RFC 6052, RFC 8215): the last 32 bits are an IPv4 address."""

Address = IPv4Address | IPv6Address


def host_allowed(url: str, hosts: Sequence[str]) -> bool:
    """Whether a URL is HTTPS at exactly one of those hosts, without user, password or another
    port.
    """
    try:
        where = urlsplit(url)
        port = where.port
    except ValueError:
        return False
    if where.username is not None or where.password is not None or "\\" in url:
        return False
    name = (where.hostname or "").rstrip(".")
    return (
        where.scheme == "https"
        and port in (None, HTTPS_PORT)
        and name in {host.lower().rstrip(".") for host in hosts}
    )


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet. An IPv4 address inside an IPv6 one is checked
    too.
    """
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or _carried(address)
        if inside is not None:
            return is_public(inside)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: IPv6Address) -> IPv4Address | None:
    if any(address in network for network in _CARRIES_IPV4):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


async def resolved(host: str, port: int, allowed: Callable[[Address], bool]) -> Address:
    """The address to connect to.

    Raises FileRefused if any of the name's addresses is not allowed, FileAway if there is none.
    """
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FileAway(f"{host} has no address") from error
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses:
        raise FileAway(f"{host} has no address")
    if not all(allowed(address) for address in addresses):
        raise FileRefused(f"{host} has an address that is not on the internet at large")
    return addresses[0]


async def fetch_linked(
    url: str,
    *,
    hosts: Sequence[str],
    largest: int,
    seconds: float,
    allowed: Callable[[Address], bool] = is_public,
    client: httpx.AsyncClient | None = None,
) -> Fetched:
    """Fetch one file. `largest` is in bytes; `seconds` limits the whole fetch.

    Raises FileRefused and FileAway.
    """
    if not host_allowed(url, hosts):
        raise FileRefused("the settings allow this app no files from that host")
    where = urlsplit(url)
    host = where.hostname or ""
    try:
        async with asyncio.timeout(seconds):
            address = await resolved(host, HTTPS_PORT, allowed)
            return await _fetch(url, host, address, largest, client)
    except TimeoutError as error:
        raise FileAway(f"over {seconds:g} seconds") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FileAway(f"{type(error).__name__}: {error}") from error


async def _fetch(
    url: str, host: str, address: Address, largest: int, given: httpx.AsyncClient | None
) -> Fetched:
    client = given or httpx.AsyncClient(trust_env=False, follow_redirects=False)
    try:
        async with client.stream(
            "GET",
            httpx.URL(url).copy_with(host=str(address)),
            headers={"Host": host, "Accept-Encoding": "identity"},
            # The certificate is still checked against the name.
            extensions={"sni_hostname": host},
        ) as answer:
            return await _read(answer, largest)
    finally:
        if given is None:
            await client.aclose()


async def _read(answer: httpx.Response, largest: int) -> Fetched:
    if answer.is_redirect:
        raise FileRefused("it leads elsewhere, and redirects are not followed")
    if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
        raise FileAway(f"HTTP {answer.status_code}")
    if not answer.is_success:
        raise FileRefused(f"HTTP {answer.status_code}")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        # A small compressed body may expand into one that fills the memory.
        raise FileRefused("it comes packed, although that was not asked for")
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > largest:
            raise FileRefused(f"over {largest} bytes")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()[:200]
    return Fetched(content=bytes(content), content_type=kind)
