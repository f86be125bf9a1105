"""Files that an app names: from hosts of the settings, never from inside the house."""

import socket
from ipaddress import ip_address
from typing import Any

import httpx
import pytest

from intake.net.linked_files import fetch_linked, host_allowed, is_public
from intake.net.media import FileAway, FileRefused

HOSTS = ("files.example.com",)
URL = "https://files.example.com/a/pedido.pdf?x=1"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "2001:db8::1",
    ],
)
def test_addresses_inside_are_no_public_ones(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["200.160.2.3", "2001:12ff:0:2::3", "::ffff:200.160.2.3"])
def test_addresses_outside_are(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.com/a",
        "https://files.example.com.evil.org/a",
        "https://evil.org/files.example.com",
        "https://files.example.com@evil.org/a",
        "https://user:x@files.example.com/a",
        "https://files.example.com:8443/a",
        "https://files.example.com:99999/a",
        "https://evil.org\\@files.example.com/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://[files.example.com/a",
        "file:///etc/passwd",
    ],
)
def test_other_hosts_are_not_asked(url: str) -> None:
    assert not host_allowed(url, HOSTS)


def test_a_host_of_the_settings_is() -> None:
    assert host_allowed(URL, HOSTS)
    assert host_allowed("https://FILES.example.com:443/a", HOSTS)


class Resolving:
    """A name that answers each time with the next list of addresses; the last one stays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked = 0
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answer]


class Web:
    """Answers, and keeps what was asked."""

    def __init__(self, status: int = 200, content: bytes = b"%PDF", **headers: str) -> None:
        self.asked: list[httpx.Request] = []
        self._answer = (status, content, headers)
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        status, content, headers = self._answer
        return httpx.Response(status, content=content, headers=headers)

    async def fetch(self, **limits: Any) -> bytes:
        wanted = {"hosts": HOSTS, "largest": 1000, "seconds": 5, "client": self.client, **limits}
        return (await fetch_linked(URL, **wanted)).content


async def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Resolving(monkeypatch, ["200.160.2.3"], ["127.0.0.1"])
    web = Web()
    assert await web.fetch() == b"%PDF"
    (asked,) = web.asked
    assert names.asked == 1
    assert asked.url.host == "200.160.2.3"
    assert asked.headers["host"] == "files.example.com"
    assert asked.extensions["sni_hostname"] == "files.example.com"


@pytest.mark.parametrize("inside", [["10.0.0.1"], ["200.160.2.3", "127.0.0.1"]])
async def test_a_name_with_an_address_inside_is_refused(
    monkeypatch: pytest.MonkeyPatch, inside: list[str]
) -> None:
    Resolving(monkeypatch, inside)
    web = Web()
    with pytest.raises(FileRefused, match="not on the internet"):
        await web.fetch()
    assert web.asked == []


async def test_redirects_and_large_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    Resolving(monkeypatch, ["200.160.2.3"])
    with pytest.raises(FileRefused, match="redirects"):
        await Web(302, b"", location="https://files.example.com/b").fetch()
    with pytest.raises(FileRefused, match="packed"):
        await Web(200, b"", **{"content-encoding": "gzip"}).fetch()
    with pytest.raises(FileRefused, match="over 3 bytes"):
        await Web().fetch(largest=3)
    with pytest.raises(FileRefused, match="HTTP 404"):
        await Web(404).fetch()
    with pytest.raises(FileAway, match="HTTP 503"):
        await Web(503).fetch()
