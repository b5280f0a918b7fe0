"""What `tandem sync --watch` measures of its passes, in Prometheus's form."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    start_http_server,
)

from labeling.errors import SettingsError

if TYPE_CHECKING:
    from routing.sync import SyncReport

LOOPBACK = "127.0.0.1"

MeasureT = TypeVar("MeasureT", Counter, Gauge)

_SECONDS = (0.3, 1, 3, 10, 30, 100, 300, 1000, 3000)


_NAMESPACE = "tandem"
"""What the names of all measures begin with."""

_COUNTERS = {
    "passes": "Passes by how they ended: done, without_backend, failed.",
    "pass_requests": "Requests of passes to Label Studio and the ML backend.",
    "pass_writes": "Writes of passes into Label Studio.",
}
_GAUGES = {
    "pass_failures_in_a_row": "Passes that failed since the last that did not.",
    "pass_last_success_timestamp_seconds": (
        "When the last pass ended that did not fail, in seconds since 1970; 0: none did."
    ),
    "votes_owed": "Votes that people owe.",
    "tasks_undecided": "Tasks that nothing was decided about yet.",
    "spend": "Money for labels so far, by whose they are: people, model.",
    "people_hours": "Hours of people's work so far.",
}
_LABELS = {"passes": ("project", "outcome"), "spend": ("project", "source")}
"""What measures are told apart by, where not by the project alone."""


class PassMetrics:
    """The passes' measures, in a registry of their own.

    Args:
        projects: What the watched projects are called.
        clock: Seconds since 1970.
    """

    def __init__(self, projects: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        self._registry = CollectorRegistry()
        self._clock = clock
        self._counters = {name: self._made(Counter, name, one) for name, one in _COUNTERS.items()}
        self._gauges = {name: self._made(Gauge, name, one) for name, one in _GAUGES.items()}
        self._seconds = Histogram(
            "pass_seconds",
            "Seconds that passes took.",
            ("project",),
            namespace=_NAMESPACE,
            buckets=_SECONDS,
            registry=self._registry,
        )
        for project in projects:
            self._set(project, pass_failures_in_a_row=0, pass_last_success_timestamp_seconds=0)

    def done(self, project: str, report: "SyncReport", seconds: float, requests: int) -> None:
        """Count a pass that came to its end.

        Args:
            project: What its project is called.
            report: What it did.
            seconds: How long it took.
            requests: How many requests it made.
        """
        outcome = "without_backend" if report.backend_problem else "done"
        self._count(project, outcome, seconds, requests)
        self._counters["pass_writes"].labels(project).inc(len(report.changes))
        self._set(
            project,
            pass_failures_in_a_row=0,
            pass_last_success_timestamp_seconds=self._clock(),
            votes_owed=report.owed,
            tasks_undecided=report.undecided,
        )
        if spend := report.standing.spend:
            self._set(project, people_hours=spend.hours)
            self._gauges["spend"].labels(project, "people").set(spend.people)
            self._gauges["spend"].labels(project, "model").set(spend.model)

    def failed(self, project: str, seconds: float, requests: int) -> None:
        """Count a pass that failed.

        Args:
            project: What its project is called.
            seconds: How long it took.
            requests: How many requests it made.
        """
        self._count(project, "failed", seconds, requests)
        self._gauges["pass_failures_in_a_row"].labels(project).inc()

    def exposition(self) -> bytes:
        """Write all measures in Prometheus's text format."""
        return generate_latest(self._registry)

    @contextmanager
    def served(self, port: int | None) -> Iterator[None]:
        """Answer `/metrics` on this machine alone while the block runs.

        Args:
            port: Where; None: nowhere.

        Raises:
            SettingsError: The port is taken.
        """
        if port is None:
            yield
            return
        try:
            server, thread = start_http_server(port, LOOPBACK, self._registry)
        except OSError as error:
            raise SettingsError(
                f"Measures cannot be served on {LOOPBACK}:{port}: {error.strerror}",
                hint="Give --metrics-port another port.",
            ) from error
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _made(self, kind: type[MeasureT], name: str, meaning: str) -> MeasureT:
        labels = _LABELS.get(name, ("project",))
        return kind(name, meaning, labels, namespace=_NAMESPACE, registry=self._registry)

    def _count(self, project: str, outcome: str, seconds: float, requests: int) -> None:
        self._counters["passes"].labels(project, outcome).inc()
        self._counters["pass_requests"].labels(project).inc(requests)
        self._seconds.labels(project).observe(seconds)

    def _set(self, project: str, **values: float) -> None:
        for name, value in values.items():
            self._gauges[name].labels(project).set(value)
