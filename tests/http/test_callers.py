"""Whose request it is: what a proxy says is believed from a trusted one, and nobody else."""

import json
from ipaddress import IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from intake.net.client_addresses import NOBODY, client_network, within
from intake.settings.http import Http
from tests.http.served import Served, served

PROXY = "127.0.0.1"
CDN = "198.51.100.7"


async def seen(one: Served, *headers: str, source: str = PROXY) -> dict[str, str]:
    lines = "".join(f"{each}\r\n" for each in headers)
    status, body = await one.ask(f"GET /who HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode(), source)
    assert status == 200
    found: dict[str, str] = json.loads(body)
    return found


@pytest.mark.parametrize(
    ("headers", "who"),
    [
        ([], PROXY),
        (["X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
        # The proxy adds what it saw at the right: what stands left of it was the client's to write.
        (["X-Forwarded-For: 127.0.0.1, 10.9.9.9, 203.0.113.9"], "203.0.113.9"),
        (["X-Forwarded-For: 10.9.9.9", "X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
        # Through two proxies that are both trusted.
        ([f"X-Forwarded-For: 10.9.9.9, 203.0.113.9, {CDN}"], "203.0.113.9"),
        (["X-Forwarded-For: 203.0.113.9:4711"], "203.0.113.9"),
        (["X-Forwarded-For: 2001:db8:1:2:3::4"], "2001:db8:1:2::/64"),
        (["X-Forwarded-For: [2001:db8:1:2:ffff::1]:443"], "2001:db8:1:2::/64"),
        (["X-Forwarded-For: ::ffff:203.0.113.9"], "203.0.113.9"),
        (["X-Forwarded-For: nobody's business"], NOBODY),
        (["X-Forwarded-For: " + "9" * 20_000], NOBODY),
        (["X-Forwarded-For: unix:"], NOBODY),
        (["X-Forwarded-For: ,,,"], PROXY),
        (["X-Forwarded-For:"], PROXY),
        (["Forwarded: for=203.0.113.9"], PROXY),
    ],
)
async def test_behind_a_trusted_proxy(headers: list[str], who: str) -> None:
    async with served(trusted_proxies=["127.0.0.1", "198.51.100.0/24"]) as one:
        assert (await seen(one, *headers))["caller"] == who


async def test_nobody_else_is_believed() -> None:
    spoofed = ("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https")
    async with served(trusted_proxies=["127.0.0.1"]) as one:
        assert await seen(one, *spoofed, source="127.0.0.2") == {
            "caller": "127.0.0.2",
            "scheme": "http",
        }
    async with served(trusted_proxies=[]) as one:
        assert await seen(one, *spoofed) == {"caller": PROXY, "scheme": "http"}


async def test_the_scheme_is_what_the_proxy_speaks() -> None:
    async with served() as one:
        for said, scheme in (("https", "https"), ("gopher", "http"), ("", "http")):
            assert (await seen(one, f"X-Forwarded-Proto: {said}"))["scheme"] == scheme


@pytest.mark.parametrize("host", ["::", "::1"])
async def test_proxies_on_this_machine_are_known_by_both_protocols(host: str) -> None:
    source = "127.0.0.1" if host == "::" else "::1"
    async with served(host=host) as one:
        one.address = one.address.replace("[::]", "127.0.0.1")
        assert (await seen(one, "X-Forwarded-For: 203.0.113.9", source=source))[
            "caller"
        ] == "203.0.113.9"


@given(st.text(max_size=60))
def test_any_text_is_somebody_or_nobody(text: str) -> None:
    assert client_network(text)
    assert within(["::/0"])(text) in (True, False)


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**64 - 1))
def test_what_a_provider_gives_one_customer_is_one_caller(number: int, other: int) -> None:
    address = IPv6Address(number)
    neighbour = IPv6Address(number >> 64 << 64 | other)
    if address.ipv4_mapped is None and neighbour.ipv4_mapped is None:
        assert client_network(str(address)) == client_network(str(neighbour))
        assert address in IPv6Network(client_network(str(address)))


@pytest.mark.parametrize("wrong", ["*", "10.0.0.300", "proxy.example.com", "10.0.0.0/33", ""])
def test_a_proxy_is_named_by_its_address(wrong: str) -> None:
    with pytest.raises(ValidationError, match=r"write for instance 10\.0\.0\.7 or 10\.0\.0\.0/24"):
        Http.model_validate({"trusted_proxies": [wrong]})
