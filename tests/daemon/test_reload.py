"""SIGHUP: a good file takes effect while the daemon runs; a bad one changes nothing."""

import signal

from tests.application import mail
from tests.daemon.process import Daemon
from tests.daemon.workplace import OUTBOX, PLAIN, Workplace, get
from tests.servers.process import wait_until

RENAMED = PLAIN.replace(OUTBOX, OUTBOX + 'sender_name = "Mesa Nova"\n')
MISSPELT = PLAIN.replace(OUTBOX, OUTBOX + 'sender_nam = "Mesa Nova"\n')


def reload(daemon: Daemon) -> None:
    """SIGHUP, and wait until it has been dealt with."""
    before = len(daemon.events("reload.done") + daemon.events("reload.refused"))
    daemon.send(signal.SIGHUP)
    wait_until(
        lambda: len(daemon.events("reload.done") + daemon.events("reload.refused")) > before,
        "the reload is dealt with",
    )


def sender_of_next_answer(place: Workplace, number: int) -> str:
    place.deliver(mail(sender=f"bia{number}@exemplo.com.br", message_id=f"<{number}@x.br>"))
    wait_until(lambda: len(place.answers()) == number, f"answer {number} is in the outbox")
    [answer] = [one for one in place.answers() if f"bia{number}@" in one["To"]]
    return str(answer["From"])


def test_a_good_file_takes_effect(place: Workplace) -> None:
    daemon = place.started()
    assert "Mesa Nova" not in sender_of_next_answer(place, 1)
    place.write(RENAMED)
    reload(daemon)
    assert daemon.events("reload.done")
    assert "Mesa Nova" in sender_of_next_answer(place, 2)
    assert 'intake_reloads_total{outcome="ok"} 1.0' in get(f"{daemon.address}/metrics")[1]


def test_a_bad_file_keeps_the_old_settings_and_says_where_it_is_wrong(place: Workplace) -> None:
    place.write(RENAMED)
    daemon = place.started()
    place.write(MISSPELT)
    reload(daemon)
    [refused] = daemon.events("reload.refused")
    line = MISSPELT.splitlines().index('sender_nam = "Mesa Nova"') + 1
    assert f"{place.settings}:{line}: " in refused["problem"]
    assert "sender_name" in refused["problem"]
    assert "Mesa Nova" in sender_of_next_answer(place, 1)
    assert 'intake_reloads_total{outcome="refused"} 1.0' in get(f"{daemon.address}/metrics")[1]


def test_what_needs_a_restart_is_said(place: Workplace) -> None:
    daemon = place.started()
    place.write(PLAIN.replace("poll = 0.05", "poll = 0.5"))
    reload(daemon)
    assert daemon.events("reload.done")
    [warning] = daemon.events("reload.needs_restart")
    assert warning["sections"] == ["maildir"]
