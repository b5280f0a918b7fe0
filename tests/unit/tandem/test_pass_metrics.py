"""The measures of passes say what happened, by project, and are served on this machine alone."""

import socket
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from labeling.errors import SettingsError
from routing.standing.standing import Spend, Standing
from tandem.pass_metrics import LOOPBACK, PassMetrics


def report(backend_problem: str | None = None) -> Any:
    return SimpleNamespace(
        changes=[1, 2, 3],
        owed=7,
        undecided=11,
        backend_problem=backend_problem,
        standing=Standing("Posts", "http://there", spend=Spend("$", 3.5, 0.25, 1.5)),
    )


def read(metrics: PassMetrics, name: str, **labels: str) -> float | None:
    families = text_string_to_metric_families(metrics.exposition().decode())
    found = (
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )
    return next(found, None)


@pytest.fixture
def metrics() -> PassMetrics:
    return PassMetrics(["a", "b"], clock=lambda: 1_000.0)


def test_a_pass_counts_for_its_own_project(metrics: PassMetrics) -> None:
    metrics.done("a", report(), 2.5, 12)
    assert read(metrics, "tandem_passes_total", project="a", outcome="done") == 1
    assert read(metrics, "tandem_pass_seconds_sum", project="a") == 2.5
    assert read(metrics, "tandem_pass_requests_total", project="a") == 12
    assert read(metrics, "tandem_pass_writes_total", project="a") == 3
    assert read(metrics, "tandem_votes_owed", project="a") == 7
    assert read(metrics, "tandem_tasks_undecided", project="a") == 11
    assert read(metrics, "tandem_pass_last_success_timestamp_seconds", project="a") == 1_000
    assert read(metrics, "tandem_spend", project="a", source="people") == 3.5
    assert read(metrics, "tandem_spend", project="a", source="model") == 0.25
    assert read(metrics, "tandem_people_hours", project="a") == 1.5
    assert read(metrics, "tandem_passes_total", project="b") is None


def test_failures_are_counted_in_a_row_until_a_pass_succeeds(metrics: PassMetrics) -> None:
    metrics.failed("a", 1, 1)
    metrics.failed("a", 1, 1)
    assert read(metrics, "tandem_pass_failures_in_a_row", project="a") == 2
    assert read(metrics, "tandem_pass_last_success_timestamp_seconds", project="a") == 0
    metrics.done("a", report(), 1, 1)
    assert read(metrics, "tandem_pass_failures_in_a_row", project="a") == 0
    assert read(metrics, "tandem_passes_total", project="a", outcome="failed") == 2


def test_a_pass_without_the_backend_is_told_apart(metrics: PassMetrics) -> None:
    metrics.done("a", report("away"), 1, 1)
    assert read(metrics, "tandem_passes_total", project="a", outcome="without_backend") == 1


def test_a_project_has_measures_before_its_first_pass(metrics: PassMetrics) -> None:
    assert read(metrics, "tandem_pass_failures_in_a_row", project="b") == 0


def test_they_are_served_while_the_block_runs(metrics: PassMetrics) -> None:
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = probe.getsockname()[1]
    with metrics.served(port):
        answer = httpx.get(f"http://{LOOPBACK}:{port}/metrics")
    assert "tandem_pass_failures_in_a_row" in answer.text
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{LOOPBACK}:{port}/metrics")


def test_a_port_that_is_taken_is_said(metrics: PassMetrics) -> None:
    with (
        socket.create_server((LOOPBACK, 0)) as taken,
        pytest.raises(SettingsError, match="--metrics-port"),
        metrics.served(taken.getsockname()[1]),
    ):
        pass
