"""The real daemon at a mailbox full of old mail: it answers none of it."""

import os
from collections.abc import Callable
from datetime import datetime

import pytest

from tests.application import mail
from tests.daemon.workplace import OUTBOX, PEOPLE, PLAIN, QUIET, Workplace
from tests.servers.dovecot import Dovecot
from tests.servers.process import wait_until

OLD = datetime.fromisoformat("2022-03-04T10:00:00+00:00")
FOLDER = "Suporte"


def numbered(number: int) -> bytes:
    return mail(
        f"Pedido {number}.",
        sender=f"Cliente {number} <c{number}@exemplo.com.br>",
        subject=f"Pedido {number}",
        message_id=f"<{number}@exemplo.com.br>",
    )


def until(place: Workplace, condition: Callable[[], bool]) -> None:
    wait_until(condition, f"{[each['To'] for each in place.answers()]}", 60)


def to(place: Workplace) -> list[str]:
    return sorted(each["To"].partition("<")[2].strip(">") for each in place.answers())


def processed(place: Workplace, count: int) -> None:
    query = "SELECT count(*) FROM messages WHERE state = 'done'"
    until(place, lambda: place.rows(query) == [(count,)])


@pytest.mark.servers
@pytest.mark.parametrize("wanted", ["silent", "no"])
def test_a_mailbox_of_old_mail(
    place: Workplace, dovecot: Dovecot, mailbox: str, wanted: str
) -> None:
    def put(*numbers: int, at: datetime | None = None) -> None:
        for number in numbers:
            dovecot.append(mailbox, numbered(number), FOLDER, received_at=at)

    (place.folder / "secret").write_text(f"{dovecot.password(mailbox)}\n")
    place.write(
        QUIET
        + OUTBOX
        + PEOPLE
        + f"""
[[imap]]
name = "suporte"
host = "{dovecot.host}"
port = {dovecot.ports.plain}
security = "none"
user = "{mailbox}"
password = {{ file = "secret" }}
folders = ["{FOLDER}"]
"""
        + ('import_existing = "no"\n' if wanted == "no" else "")
    )
    with dovecot.client(mailbox) as client:
        client.create_folder(FOLDER)
    put(1, 2, at=OLD)
    checked = place.command("doctor").stdout
    assert f"messages already there: 2; they {'become' if wanted == 'silent' else 'are'}" in checked
    daemon = place.started()
    imported = 2 if wanted == "silent" else 0
    until(place, lambda: bool(daemon.events("listener.listening")))
    processed(place, imported)
    assert f"imap:suporte/{FOLDER}: first start: messages already there: 2" in daemon.log()
    [look] = daemon.events("listener.first_look")
    assert (look["messages"], look["import_existing"]) == (2, wanted)
    put(3)
    until(place, lambda: to(place) == ["c3@exemplo.com.br"])
    daemon.terminate()
    put(4)
    daemon.start()
    until(place, lambda: to(place) == ["c3@exemplo.com.br", "c4@exemplo.com.br"])
    daemon.terminate()
    dovecot.recreate_folder(mailbox, FOLDER)
    put(1, 2, at=OLD)
    put(5)
    daemon.start()
    until(place, lambda: "c5@exemplo.com.br" in to(place))
    # The old ones were read before it, once more.
    processed(place, imported + (5 if wanted == "silent" else 3))
    assert to(place) == [f"c{number}@exemplo.com.br" for number in (3, 4, 5)]
    assert len(place.tickets()) == imported + 3
    assert place.rows("SELECT count(*) FROM replies WHERE kind <> 'acknowledgement'") == [(0,)]


def test_a_maildir_of_old_mail(place: Workplace) -> None:
    place.write(PLAIN.replace('import_existing = "acknowledge"', ""))
    place.deliver(numbered(1), numbered(2))
    for file in (place.folder / "maildir" / "new").iterdir():
        os.utime(file, (OLD.timestamp(), OLD.timestamp()))
    daemon = place.started()
    processed(place, 2)
    place.deliver(numbered(3))
    until(place, lambda: to(place) == ["c3@exemplo.com.br"])
    daemon.kill()
    place.deliver(numbered(4))
    daemon.start()
    until(place, lambda: to(place) == ["c3@exemplo.com.br", "c4@exemplo.com.br"])
    assert len(place.tickets()) == 4
