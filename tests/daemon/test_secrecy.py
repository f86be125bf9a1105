"""What clients write is not in the logs: neither in the daemon's nor in PostgreSQL's."""

from tests.application import mail
from tests.daemon.workplace import Workplace
from tests.servers.process import wait_until

MARKS = {
    "text": "Jabuticabeira",
    "subject": "Paralelepipedo",
    "sender": "fulana.secreta",
    "name": "Fulana Misteriosa",
    "phone": "98877-6655",
    "file": "exame-sigiloso",
}
TEXT = f"Bom dia, {MARKS['text']} trava. Meu telefone: (11) {MARKS['phone']}.\n"
HELPLESS = (
    b"From: "
    + MARKS["sender"].encode()
    + b"@exemplo.com.br\r\nSubject: \xff\xfe"
    + (
        MARKS["subject"].encode() + b"\r\nContent-Type: text/plain; charset=nenhum\r\n\r\n"
        b"\x00\xed\xa0\x80" + MARKS["text"].encode() + b"\r\n"
    )
)


def from_marked(number: int, **headers: str) -> bytes:
    return mail(
        TEXT,
        sender=f"{MARKS['name']} <{MARKS['sender']}@exemplo.com.br>",
        subject=MARKS["subject"],
        message_id=f"<{number}@exemplo.com.br>",
        **headers,
    )


def test_logs_tell_nothing_of_what_clients_wrote(place: Workplace) -> None:
    daemon = place.started()
    attached = from_marked(2, MIME_Version="1.0").replace(
        b"Content-Type: text/plain",
        f'Content-Disposition: attachment; filename="{MARKS["file"]}.pdf"\n'.encode()
        + b"Content-Type: text/plain",
    )
    place.deliver(
        from_marked(1),
        from_marked(1),
        attached,
        from_marked(3, In_Reply_To="<1@exemplo.com.br>"),
        from_marked(4, Auto_Submitted="auto-replied"),
        HELPLESS,
    )
    wait_until(lambda: len(processed(place)) == 6, "all are processed")
    assert {"opened", "joined", "duplicate"} <= set(processed(place))
    wait_until(lambda: place.rows(QUEUED) == [(0,)], "all answers are sent")
    server_log = (place.journal.data / "server.log").read_text(errors="replace")
    assert daemon.terminate() == 0
    for what, mark in MARKS.items():
        assert mark.casefold() not in daemon.log().casefold(), what
        assert mark.casefold() not in server_log.casefold(), what


QUEUED = "SELECT count(*) FROM replies WHERE state = 'queued'"


def processed(place: Workplace) -> list[str]:
    rows = place.rows("SELECT outcome FROM messages WHERE state <> 'new'")
    return [outcome for (outcome,) in rows]
