"""Connections to a real server: protected, checked, refused with a reason, and made again."""

from pathlib import Path
from typing import Any

import pytest

from intake.ports.listener import ListenerUnavailable, LoginRefused
from intake.settings.listeners import Imap
from tests.listeners.conftest import Desk, running, subjects, until
from tests.servers.certificates import make_certificates

pytestmark = pytest.mark.servers


def protected(desk: Desk, security: str, **changes: Any) -> dict[str, Any]:
    ports = desk.dovecot.ports
    return {
        "security": security,
        "port": ports.tls if security == "tls" else ports.plain,
        "ca_file": str(desk.dovecot.certificates.ca),
        **changes,
    }


@pytest.fixture(params=["tls", "starttls"])
def security(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# TLS


async def test_the_server_of_a_ca_that_we_are_given(desk: Desk, security: str) -> None:
    desk.deliver(1)
    assert await desk.listener(**protected(desk, security)).drain() == 1


async def test_pushes_over_tls(desk: Desk) -> None:
    async with running(desk.listener(**protected(desk, "tls"))):
        await until(lambda: desk.progress.ok)
        for number in (1, 2, 3):
            desk.deliver(1, start=number)
            await until(lambda: desk.subjects == subjects(1, number))  # noqa: B023


async def test_a_certificate_that_nobody_vouches_for_is_refused(desk: Desk, security: str) -> None:
    desk.deliver(1)
    listener = desk.listener(**protected(desk, security, ca_file=None))
    with pytest.raises(ListenerUnavailable, match=r"certificate not accepted: .*ca_file"):
        await listener.drain()
    assert desk.intake.arrivals == {}


async def test_a_certificate_of_another_ca_is_refused(
    desk: Desk, security: str, tmp_path: Path
) -> None:
    other = make_certificates(tmp_path / "other")
    listener = desk.listener(**protected(desk, security, ca_file=str(other.ca)))
    with pytest.raises(ListenerUnavailable, match="certificate not accepted"):
        await listener.check()


async def test_a_certificate_for_another_name_is_refused(desk: Desk, security: str) -> None:
    # Another way to write 127.0.0.1, which the certificate does not name.
    listener = desk.listener(**protected(desk, security, host="127.1"))
    with pytest.raises(ListenerUnavailable, match="the host must be the name in the certificate"):
        await listener.check()


async def test_a_ca_file_that_is_none_says_so(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("hello")
    for path, reason in (("ca.pem", "not a PEM certificate"), ("missing.pem", "No such file")):
        listener = desk.listener(**protected(desk, "tls", ca_file=str(tmp_path / path)))
        with pytest.raises(ListenerUnavailable, match=f"ca_file .*{path}: {reason}"):
            await listener.check()


async def test_tls_on_a_port_without_it_says_what_to_look_at(desk: Desk) -> None:
    listener = desk.listener(**protected(desk, "tls", port=desk.dovecot.ports.plain))
    with pytest.raises(ListenerUnavailable, match="is security right for this port"):
        await listener.check()


async def test_the_settings_protect_where_they_say_nothing(desk: Desk) -> None:
    told = desk.settings().model_dump(exclude={"security", "port"}, exclude_none=True)
    silent = Imap.model_validate(told)
    assert (silent.security, silent.effective_port) == ("tls", 993)


async def test_an_unprotected_password_is_pointed_out(desk: Desk) -> None:
    assert "unprotected" not in await desk.listener(**protected(desk, "tls")).check()
    assert 'unprotected (security = "none")' in await desk.listener().check()


# Refusals


async def test_a_wrong_password_says_where_to_look(desk: Desk) -> None:
    desk.password_file.write_text("errada")
    with pytest.raises(LoginRefused, match=r"user and password of \[\[imap\]\] suporte") as refused:
        await desk.listener().check()
    assert "errada" not in str(refused.value)


async def test_a_password_outside_ascii(desk: Desk) -> None:
    desk.dovecot.add_user(desk.user, "senha çom açento €")
    desk.password_file.write_text("senha çom açento €\n")
    assert "0 messages" in await desk.listener().check()


async def test_a_secret_that_is_not_there(desk: Desk) -> None:
    desk.password_file.unlink()
    with pytest.raises(LoginRefused, match="No such file"):
        await desk.listener().check()


async def test_a_folder_that_is_not_there_names_those_that_are(desk: Desk) -> None:
    with desk.dovecot.client(desk.user) as client:
        client.create_folder("Suporte/Dúvidas")
    with pytest.raises(ListenerUnavailable, match=r"there is: INBOX, .*Suporte/Dúvidas"):
        await desk.listener("Duvidas").check()


async def test_a_port_where_nobody_listens(desk: Desk) -> None:
    with pytest.raises(ListenerUnavailable, match=r"127\.0\.0\.1:9: Connection refused"):
        await desk.listener(port=9).check()


async def test_a_host_that_does_not_exist(desk: Desk) -> None:
    with pytest.raises(ListenerUnavailable, match=r"no-such-host\.invalid:143: no such host"):
        await desk.listener(host="no-such-host.invalid", port=143).check()


# Broken and made again


async def test_a_restart_of_the_server_while_idling_is_caught_up_with(desk: Desk) -> None:
    listener = desk.listener()
    async with running(listener):
        await until(lambda: desk.progress.ok.get(listener.source))
        desk.deliver(1)
        await until(lambda: desk.subjects == subjects(1, 1))
        desk.dovecot.stop()
        await until(lambda: desk.progress.failures.get(listener.source))
        desk.dovecot.start()
        desk.deliver(2, start=2)
        await until(lambda: desk.subjects == subjects(1, 3))
        desk.deliver(1, start=4)
        await until(lambda: desk.subjects == subjects(1, 4))


async def test_an_administrator_who_cuts_the_connection(desk: Desk) -> None:
    listener = desk.listener()
    async with running(listener):
        await until(lambda: desk.progress.ok.get(listener.source))
        desk.dovecot.kick(desk.user)
        desk.deliver(1)
        await until(lambda: desk.subjects == subjects(1, 1))


async def test_a_password_that_is_put_right_while_the_daemon_runs(desk: Desk) -> None:
    desk.password_file.write_text("errada")
    listener = desk.listener()
    desk.deliver(1)
    async with running(listener):
        await until(lambda: len(desk.progress.failures.get(listener.source, ())) > 1)
        desk.password_file.write_text(desk.dovecot.password(desk.user))
        await until(lambda: desk.subjects == subjects(1, 1))
