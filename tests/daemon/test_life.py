"""From start to stop: health, metrics, work, draining."""

import json

from tests.application import mail
from tests.daemon.held_smtp import held_smtp
from tests.daemon.workplace import MAILDIR, PEOPLE, QUIET, Workplace, get
from tests.servers.process import wait_until

FAMILIES = {
    "intake_messages_total": "messages by channel and outcome",
    "intake_oldest_unprocessed_seconds": "age of the oldest unprocessed message",
    "intake_listener_last_success_seconds": "seconds since each listener's last success",
    "intake_acknowledgement_seconds_bucket": "acknowledgement latency",
}


def test_a_mail_becomes_a_ticket_and_gets_its_answer(place: Workplace) -> None:
    place.started()
    place.deliver(mail(subject="App travando"))
    wait_until(lambda: len(place.answers()) == 1, "the acknowledgement is in the outbox")
    [answer] = place.answers()
    [ticket] = place.tickets()
    assert ticket["subject"] == "App travando"
    assert ticket["number"] in answer["Subject"]
    assert answer["In-Reply-To"] == "<um@exemplo.com.br>"
    assert answer["Auto-Submitted"] == "auto-replied"


def test_health_and_metrics(place: Workplace) -> None:
    daemon = place.started()
    status, body = get(f"{daemon.address}/healthz")
    assert (status, json.loads(body)) == (200, {"healthy": True, "problems": []})
    place.deliver(mail())
    wait_until(lambda: len(place.answers()) == 1, "the acknowledgement is in the outbox")
    wait_until(
        lambda: "intake_acknowledgement_seconds_count 1.0" in get(f"{daemon.address}/metrics")[1],
        "the acknowledgement is counted",
    )
    _, metrics = get(f"{daemon.address}/metrics")
    missing = {name: what for name, what in FAMILIES.items() if f"\n{name}" not in metrics}
    assert not missing
    assert 'intake_messages_total{channel="email",outcome="opened"} 1.0' in metrics
    assert 'intake_listener_last_success_seconds{source="maildir:entrada"}' in metrics
    assert "intake_oldest_unprocessed_seconds 0.0" in metrics


def test_the_journal_s_server_comes_and_goes_with_the_daemon(place: Workplace) -> None:
    daemon = place.started()
    assert place.journal.is_running()
    assert daemon.terminate() == 0
    assert daemon.events("daemon.stopped")
    assert not place.journal.is_running()


def test_sigterm_lets_work_in_hand_end(place: Workplace) -> None:
    with held_smtp() as server:
        place.write(
            QUIET
            + MAILDIR
            + PEOPLE
            + f"""
[replies]
backend = "smtp"
[smtp]
host = "127.0.0.1"
port = {server.port}
security = "none"
"""
        )
        daemon = place.started()
        place.deliver(mail())
        server.wait_for(1)
        daemon.ask_to_stop()
        daemon.wait_event("daemon.stopping")
        server.let_go()
        assert daemon.wait() == 0
    assert len(server.received) == 1
    [ticket] = place.tickets()
    assert ticket["acknowledged_at"] is not None


def test_paths_start_at_the_settings_file_also_where_the_file_does_not_name_them(
    place: Workplace,
) -> None:
    place.started()
    place.deliver(mail())
    wait_until(lambda: len(place.answers()) == 1, "the acknowledgement is in the outbox")
    assert "[database]" not in place.settings.read_text()
    assert (place.folder / "var" / "journal" / "pgdata").is_dir()
