"""What `tandem sync --watch` measures of its passes, in Prometheus's form."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

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

_SECONDS = (0.3, 1, 3, 10, 30, 100, 300, 1000, 3000)


class PassMetrics:
    """The passes' measures, in a registry of their own.

    Args:
        projects: What the watched projects are called.
        clock: Seconds since 1970.
    """

    def __init__(self, projects: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        registry, by_project = CollectorRegistry(), ["project"]
        self._registry = registry
        self._clock = clock
        self._passes = Counter(
            "tandem_passes",
            "Passes by how they ended: done, without_backend, failed.",
            ["project", "outcome"],
            registry=registry,
        )
        self._seconds = Histogram(
            "tandem_pass_seconds",
            "Seconds that passes took.",
            by_project,
            buckets=_SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            "tandem_pass_requests",
            "Requests of passes to Label Studio and the ML backend.",
            by_project,
            registry=registry,
        )
        self._writes = Counter(
            "tandem_pass_writes", "Writes of passes.", by_project, registry=registry
        )
        self._in_a_row = Gauge(
            "tandem_pass_failures_in_a_row",
            "Passes that failed since the last that did not.",
            by_project,
            registry=registry,
        )
        self._succeeded_at = Gauge(
            "tandem_pass_last_success_timestamp_seconds",
            "When the last pass ended that did not fail, in seconds since 1970; 0: none did.",
            by_project,
            registry=registry,
        )
        self._votes_owed = Gauge(
            "tandem_votes_owed", "Votes that people owe.", by_project, registry=registry
        )
        self._undecided = Gauge(
            "tandem_tasks_undecided",
            "Tasks that nothing was decided about yet.",
            by_project,
            registry=registry,
        )
        for project in projects:
            self._in_a_row.labels(project)
            self._succeeded_at.labels(project)

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
        self._writes.labels(project).inc(len(report.changes))
        self._in_a_row.labels(project).set(0)
        self._succeeded_at.labels(project).set(self._clock())
        self._votes_owed.labels(project).set(report.owed)
        self._undecided.labels(project).set(report.undecided)

    def failed(self, project: str, seconds: float, requests: int) -> None:
        """Count a pass that failed.

        Args:
            project: What its project is called.
            seconds: How long it took.
            requests: How many requests it made.
        """
        self._count(project, "failed", seconds, requests)
        self._in_a_row.labels(project).inc()

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

    def _count(self, project: str, outcome: str, seconds: float, requests: int) -> None:
        self._passes.labels(project, outcome).inc()
        self._seconds.labels(project).observe(seconds)
        self._requests.labels(project).inc(requests)
