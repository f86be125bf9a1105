"""What the daemon counts and measures (Prometheus)."""

import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from intake.store.sla_report import Judged

DESK = "desk"
"""Key of the desk in `failing`."""
LATENCY_BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 60, 300, 3600)


class Metrics:
    """All metrics of one daemon, in a registry of their own. Implements `Progress` for
    listeners.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._messages = Counter(
            "intake_messages",
            "Messages by channel and what became of them",
            ["channel", "outcome"],
            registry=self.registry,
        )
        self._replies = Counter(
            "intake_replies",
            "Attempts to send a reply, by kind and outcome",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self._latency = Histogram(
            "intake_acknowledgement_seconds",
            "From a ticket's opening to its acknowledgement at the mail server",
            buckets=LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.oldest_waiting = Gauge(
            "intake_oldest_unprocessed_seconds",
            "Age of the oldest message that is in the journal and not processed; 0 for none",
            registry=self.registry,
        )
        self.waiting = Gauge(
            "intake_unprocessed_messages",
            "Messages in the journal and not processed",
            registry=self.registry,
        )
        self.failed = Gauge(
            "intake_failed_messages",
            "Messages that a person must look at (intake failed)",
            registry=self.registry,
        )
        self.queued_replies = Gauge(
            "intake_queued_replies", "Replies that wait to be sent", registry=self.registry
        )
        self.unsynced = Gauge(
            "intake_desk_backlog",
            "Jobs that wait to bring tickets to the desk",
            registry=self.registry,
        )
        self.refused = Gauge(
            "intake_desk_refused",
            "Tickets that the desk refuses (intake failed)",
            registry=self.registry,
        )
        self.failed_jobs = Gauge(
            "intake_failed_jobs",
            "Jobs that failed by a mistake and wait for a person (intake failed)",
            registry=self.registry,
        )
        self._job_failures = Counter(
            "intake_job_failures", "Jobs that failed by a mistake", ["job"], registry=self.registry
        )
        self._listener_age = Gauge(
            "intake_listener_last_success_seconds",
            "Seconds since the listener's source last answered",
            ["source"],
            registry=self.registry,
        )
        self._listener_failures = Counter(
            "intake_listener_failures",
            "Times that a listener's source could not be reached",
            ["source"],
            registry=self.registry,
        )
        self._alarms = Counter(
            "intake_alarms", "Alarms that have rung, by kind", ["kind"], registry=self.registry
        )
        self._alarm_delay = Histogram(
            "intake_alarm_delay_seconds",
            "From when an alarm was due to when people were told",
            buckets=LATENCY_BUCKETS,
            registry=self.registry,
        )
        promises = ["promise", "request_type", "level"]
        self._judged = Gauge(
            "intake_sla_judged",
            "Tickets received this month of which it is known whether the promise was kept",
            promises,
            registry=self.registry,
        )
        self._kept = Gauge(
            "intake_sla_kept", "Those of them that it was kept to", promises, registry=self.registry
        )
        self._knocks = Counter(
            "intake_webhooks",
            "Requests at the doors for webhooks, by what became of them",
            ["endpoint", "outcome"],
            registry=self.registry,
        )
        self._desk_age: Gauge | None = None
        self._reloads = Counter(
            "intake_reloads",
            "Reloads of the settings, by outcome",
            ["outcome"],
            registry=self.registry,
        )
        self._failing: dict[str, str] = {}

    def processed(self, channel: str, outcome: str) -> None:
        """Count a processed message."""
        self._messages.labels(channel, outcome).inc()

    def job_failed(self, job: str) -> None:
        """A job failed by a mistake, not because something was away."""
        self._job_failures.labels(job).inc()

    def delivered(self, kind: str, outcome: str) -> None:
        """Count an attempt to send a reply."""
        self._replies.labels(kind, outcome).inc()

    def acknowledged(self, seconds: float) -> None:
        """Record an acknowledgement that reached the mail server this many seconds after its ticket
        was opened.
        """
        self._latency.observe(seconds)

    def fired(self, kind: str, delay: float) -> None:
        """Record that an alarm fired, this many seconds after it was due."""
        self._alarms.labels(kind).inc()
        self._alarm_delay.observe(max(0.0, delay))

    def promised(self, counted: Iterable[Judged]) -> None:
        """Set how many of this month's tickets met the SLA. Labels that are no longer there are
        removed.
        """
        self._judged.clear()
        self._kept.clear()
        for each in counted:
            for promise, judged, kept in (
                ("first_response", each.answers_judged, each.answered_in_time),
                ("resolution", each.resolutions_judged, each.resolved_in_time),
            ):
                labels = (promise, each.request_type, each.level)
                self._judged.labels(*labels).set(judged)
                self._kept.labels(*labels).set(kept)

    def count_request(self, endpoint: str, outcome: str) -> None:
        """Count a request to a webhook. `outcome` is `accepted`, or why it was rejected."""
        self._knocks.labels(endpoint, outcome).inc()

    def reloaded(self, outcome: str) -> None:
        """Count a reload. `outcome` is `ok` or `refused`."""
        self._reloads.labels(outcome).inc()

    def listener_started(self, source: str) -> None:
        """Start measuring the time since that source last answered."""
        self._succeeded_now(source)

    def listener_ok(self, source: str) -> None:
        """See `Progress.listener_ok`."""
        self._failing.pop(source, None)
        self._succeeded_now(source)

    def listener_failed(self, source: str, reason: str) -> None:
        """See `Progress.listener_failed`."""
        self._failing[source] = reason
        self._listener_failures.labels(source).inc()

    def desk_looked(self) -> None:
        """Record that everything people changed at the desk until now is known."""
        self._failing.pop(DESK, None)
        if self._desk_age is None:
            # Only created if there is a desk to look at.
            self._desk_age = Gauge(
                "intake_desk_last_look_seconds",
                "Seconds since the last look at what people changed at the desk",
                registry=self.registry,
            )
        at = time.monotonic()
        self._desk_age.set_function(lambda: time.monotonic() - at)

    def desk_not_looked(self, reason: str) -> None:
        """Record that the desk could not be looked at."""
        self._failing[DESK] = reason

    @property
    def failing(self) -> dict[str, str]:
        """Listeners (or the desk) that cannot be reached now, and why."""
        return dict(self._failing)

    def _succeeded_now(self, source: str) -> None:
        at = time.monotonic()
        self._listener_age.labels(source).set_function(lambda: time.monotonic() - at)
