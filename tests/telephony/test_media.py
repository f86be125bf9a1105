"""Files are fetched from Twilio's hosts alone, in bounds, and the credentials stay with its API."""

from collections.abc import Iterator

import pytest

from intake.net.media import FileAway, FileRefused, MediaSource, fetch
from tests.servers.scripted_twilio import Answer, ScriptedTwilio, running_scripted_twilio

PNG = Answer(body=b"\x89PNG", headers={"Content-Type": "image/png"})


@pytest.fixture
def api() -> Iterator[ScriptedTwilio]:
    with running_scripted_twilio() as server:
        yield server


@pytest.fixture
def storage() -> Iterator[ScriptedTwilio]:
    with running_scripted_twilio() as server:
        yield server


def source(api: ScriptedTwilio, *, largest: int = 1000, timeout: float = 5) -> MediaSource:
    return MediaSource(
        account="AC1",
        token="secret",
        api_host=f"127.0.0.1:{api.port}",
        hosts=("127.0.0.1",),
        largest=largest,
        timeout=timeout,
    )


async def test_the_api_gets_the_credentials_and_the_storage_does_not(
    api: ScriptedTwilio, storage: ScriptedTwilio
) -> None:
    api.say("/ME1", Answer(status=307, headers={"Location": f"{storage.url}/bytes?sign=x"}))
    storage.say("/bytes", PNG)
    fetched = await fetch(f"{api.url}/ME1", source(api))
    assert (fetched.content, fetched.content_type) == (PNG.body, "image/png")
    assert api.asked[0].authorization.startswith("Basic ")
    assert storage.asked[0].authorization == ""


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://169.254.169.254/latest/meta-data",
        "http://localhost:1/x",
        "https://twilio.com.example.org/x",
        "https://eviltwilio.com/x",
        "file:///etc/passwd",
        "//10.0.0.1/x",
        "https://user@10.0.0.1/",
    ],
)
async def test_nothing_is_asked_of_other_hosts(api: ScriptedTwilio, elsewhere: str) -> None:
    api.say("/ME1", Answer(status=302, headers={"Location": elsewhere}))
    with pytest.raises(FileRefused, match="none of Twilio's hosts"):
        await fetch(f"{api.url}/ME1", source(api))


async def test_hosts_below_twilios_are_twilios(api: ScriptedTwilio) -> None:
    api.say("/ME1", Answer(status=302, headers={"Location": "http://mms.twiliocdn.com/x"}))
    # Without TLS not even these.
    with pytest.raises(FileRefused):
        await fetch(f"{api.url}/ME1", source(api))


async def test_a_circle_ends(api: ScriptedTwilio) -> None:
    api.say("/ME1", Answer(status=302, headers={"Location": "/ME1"}))
    with pytest.raises(FileRefused, match="circle"):
        await fetch(f"{api.url}/ME1", source(api))


async def test_what_is_too_large_is_not_kept(api: ScriptedTwilio) -> None:
    api.say("/ME1", Answer(body=b"x" * 1001))
    with pytest.raises(FileRefused, match="larger than 1000 bytes"):
        await fetch(f"{api.url}/ME1", source(api))


@pytest.mark.parametrize("elsewhere", ["https://[::1/x", "https://127.0.0.1:99999/x", "http://["])
async def test_what_is_no_address_is_refused_for_good(api: ScriptedTwilio, elsewhere: str) -> None:
    with pytest.raises(FileRefused):
        await fetch(elsewhere, source(api))
    api.say("/ME1", Answer(status=302, headers={"Location": elsewhere}))
    with pytest.raises((FileRefused, FileAway)):
        await fetch(f"{api.url}/ME1", source(api))


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
async def test_what_may_pass_is_tried_again(api: ScriptedTwilio, status: int) -> None:
    api.say("/ME1", Answer(status=status))
    with pytest.raises(FileAway, match=str(status)):
        await fetch(f"{api.url}/ME1", source(api))


async def test_a_slow_file_is_given_up_for_now(api: ScriptedTwilio) -> None:
    api.say("/ME1", Answer(body=b"x", pause=3))
    with pytest.raises(FileAway):
        await fetch(f"{api.url}/ME1", source(api, timeout=0.2))
