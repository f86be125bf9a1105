"""From mailbox to acknowledgement: how fast, how soon, with how much memory; JSON on stdout.

`python -m bench.mail` (or `make bench`) runs the real daemon on its embedded PostgreSQL, between a
private Dovecot and an SMTP sink, and measures in the same run what each step could do alone.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import limits
from bench.acknowledgements import Acknowledgements, sink
from bench.corpus import corpus
from bench.daemon import Daemon, running_daemon
from bench.mailbox import USER, Mailbox
from bench.processes import cpu_seconds, family
from bench.table import table
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.process import ServerUnavailable

PATIENCE = 60.0
"""Seconds without a new acknowledgement after which the benchmark fails."""
SETTLED = 3.0
"""Seconds after which an idle daemon has finished all its work."""
RESTED = 30.0
"""Seconds after which an idle daemon has released memory."""
DELIVERY_SEED, ENDURANCE_SEED = 1_000_000, 2_000_000
"""Added to the seed, so that no part of the benchmark repeats another part's messages."""

Messages = Sequence[tuple[str, bytes]]
Result = dict[str, Any]


def main() -> int:
    """Measure and print. Returns the exit code: 1 if it was not possible."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="intake-bench-"))
    try:
        with sink() as acknowledgements, running_dovecot() as dovecot:
            result = _measure(options, acknowledgements, dovecot, folder)
    except (ServerUnavailable, TimeoutError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table(result), file=sys.stderr)
    print(json.dumps(result, indent=2))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.mail", description=__doc__)
    parser.add_argument("--messages", type=int, default=1000, help="in the mailbox at once")
    parser.add_argument("--single", type=int, default=100, help="delivered one at a time, at rest")
    parser.add_argument("--seed", type=int, default=1, help="of the corpus")
    parser.add_argument(
        "--endurance",
        type=int,
        nargs="?",
        const=10_000,
        default=0,
        metavar="N",
        help="then N more (10,000), with the memory at each thousand",
    )
    return parser.parse_args()


def _measure(
    options: argparse.Namespace,
    acknowledgements: Acknowledgements,
    dovecot: Dovecot,
    folder: Path,
) -> Result:
    began = datetime.now(UTC)
    say(f"making {options.messages} messages from seed {options.seed}")
    messages = list(corpus(options.messages, options.seed))
    mailbox = Mailbox(dovecot)
    mailbox.prepare(raw for _, raw in messages)
    say("starting the daemon")
    with running_daemon(dovecot, USER, acknowledgements.port, folder) as daemon:
        time.sleep(SETTLED)
        at_rest = daemon.memory().rss
        say("at once: every message is in the mailbox now")
        bench = Bench(acknowledgements, dovecot, mailbox, daemon)
        at_once = bench.at_once(messages)
        say(f"one at a time: {options.single} messages by LMTP")
        time.sleep(SETTLED)
        latency = bench.one_at_a_time(
            list(corpus(options.single, options.seed + DELIVERY_SEED)), options.seed
        )
        time.sleep(RESTED)
        used = daemon.memory()
        memory = {
            "at_rest_after_start": at_rest,
            "at_rest_after_work": used.rss,
            "peak": used.peak_rss,
            "postgres_pss": daemon.postgres_pss(),
        }
        endurance = bench.endurance(options.endurance, options.seed) if options.endurance else None
    say("bare limits: each step alone")
    raws = [raw for _, raw in messages]
    return {
        "at": began.isoformat(timespec="seconds"),
        "seed": options.seed,
        "machine": {"cores": os.cpu_count(), "load_before": at_once.pop("load_before")},
        "corpus": {
            "messages": len(raws),
            "mean_bytes": round(sum(map(len, raws)) / len(raws)),
        },
        "end_to_end": at_once,
        "at_rest_seconds": latency,
        "memory_bytes": memory,
        **({"endurance": endurance} if endurance is not None else {}),
        "bare_per_second": {
            "imap_fetch": round(limits.imap_fetch(dovecot), 1),
            "mail_parser": round(limits.mail_parser(raws), 1),
            "journal_insert": round(limits.journal_insert(raws, folder / "bare"), 1),
            "smtp_send": round(limits.smtp_send(acknowledgements.port, len(raws)), 1),
        },
    }


class Bench:
    """The measurements that need the daemon."""

    def __init__(
        self,
        acknowledgements: Acknowledgements,
        dovecot: Dovecot,
        mailbox: Mailbox,
        daemon: Daemon,
    ) -> None:
        self._acknowledgements = acknowledgements
        self._dovecot = dovecot
        self._mailbox = mailbox
        self._daemon = daemon

    def at_once(self, messages: Messages) -> Result:
        """Handle all prepared messages, from their move to INBOX to the last acknowledgement."""
        load = os.getloadavg()[0]
        before = self._cpu_seconds()
        began = self._mailbox.release()
        taken = self._acknowledgements.wait_for([each for each, _ in messages], PATIENCE)
        used = {name: seconds - before[name] for name, seconds in self._cpu_seconds().items()}
        seconds = max(taken) - began
        return {
            "load_before": round(load, 2),
            "messages_per_second": round(len(messages) / seconds, 1),
            "seconds": round(seconds, 3),
            "first_acknowledgement_after": round(min(taken) - began, 3),
            "repeated_acknowledgements": self._acknowledgements.repeated,
            "cpu_ms_per_message": {
                name: round(each * 1000 / len(messages), 2) for name, each in used.items()
            },
        }

    def _cpu_seconds(self) -> dict[str, float]:
        return {
            "daemon": cpu_seconds([self._daemon.pid]),
            "postgres": cpu_seconds(self._daemon.postgres()),
            "dovecot": cpu_seconds(family(_master(self._dovecot))),
            "sink": cpu_seconds([self._acknowledgements.pid]),
        }

    def one_at_a_time(self, messages: Messages, seed: int) -> Result:
        """Times from the LMTP server's "250" to the acknowledgement, on an idle daemon."""
        chance = random.Random(seed)
        waits = []
        for identifier, raw in messages:
            delivered = self._mailbox.deliver(raw)
            waits.append(self._acknowledgements.wait_for([identifier], PATIENCE)[0] - delivered)
            # Random pauses, so that messages do not arrive in step with a periodic task.
            time.sleep(chance.uniform(0.1, 0.6))
        waits.sort()
        return {
            "messages": len(waits),
            "p50": round(waits[len(waits) // 2], 3),
            "p99": round(waits[min(len(waits) - 1, len(waits) * 99 // 100)], 3),
            "max": round(waits[-1], 3),
        }

    def endurance(self, count: int, seed: int) -> list[Result]:
        """The daemon's memory after each thousand of `count` messages."""
        found: list[Result] = []
        for number in range(1, count // 1000 + 1):
            messages = list(corpus(1000, seed + ENDURANCE_SEED + number))
            self._mailbox.empty()
            self._mailbox.prepare(raw for _, raw in messages)
            at_once = self.at_once(messages)
            time.sleep(RESTED)
            memory = self._daemon.memory()
            found.append(
                {
                    "messages": number * 1000,
                    "rss": memory.rss,
                    "peak": memory.peak_rss,
                    "postgres_pss": self._daemon.postgres_pss(),
                    "messages_per_second": at_once["messages_per_second"],
                }
            )
            say(f"{number * 1000} messages: {memory.rss / 1e6:.1f} MB")
        return found


def _master(dovecot: Dovecot) -> int:
    return int((dovecot.folder / "run" / "master.pid").read_text())


def say(words: str) -> None:
    """Print progress to standard error."""
    print(f"bench: {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
