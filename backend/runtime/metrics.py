"""What the service measures, in Prometheus's form."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backend.runtime.priority_queue import Priority
from labeling.protocol.health import (
    PaidUsage,
    QueueLoad,
    RunningTraining,
    TrainingProgress,
)

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)


class Metrics:
    """The service's measures, in a registry of their own.

    Args:
        load: Returns what waits for the model and what it did, by priority.
        is_ready: Returns whether the model is loaded.
        paid: Returns what a server was paid.
        training: Returns what is learned beside serving.
    """

    def __init__(
        self,
        load: Callable[[], Mapping[Priority, QueueLoad]],
        is_ready: Callable[[], bool],
        paid: Callable[[], PaidUsage],
        training: Callable[[], TrainingProgress | None],
    ) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self.requests = Counter(
            "tandem_http_requests", "HTTP requests.", ["route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "tandem_http_request_seconds",
            "Seconds that HTTP requests took.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.tasks = Counter(
            "tandem_tasks", "Tasks by what became of them.", ["outcome"], registry=registry
        )
        self.scores = Counter(
            "tandem_scores", "Scores by where they came from.", ["source"], registry=registry
        )
        self.webhooks = Counter(
            "tandem_webhooks", "Webhooks by what they told of.", ["action"], registry=registry
        )
        self.batch = Histogram(
            "tandem_micro_batch_requests",
            "Requests that the model was given at once.",
            buckets=(1, 4, 16, 64, 256, 1024),
            registry=registry,
        )
        self.model_seconds = Counter(
            "tandem_model_seconds", "Seconds that the model was busy.", registry=registry
        )
        self.trainings = Counter(
            "tandem_trainings", "Trainings by what became of them.", ["outcome"], registry=registry
        )
        registry.register(_QueueLoadCollector(load))
        Gauge("tandem_model_ready", "1 once the model is loaded.", registry=registry).set_function(
            lambda: float(is_ready())
        )
        Gauge(
            "tandem_paid_tokens", "Tokens that a server was paid for.", registry=registry
        ).set_function(lambda: paid().tokens)
        Gauge(
            "tandem_paid_money",
            "What a server was paid, by the settings' prices.",
            registry=registry,
        ).set_function(lambda: paid().money)

        Gauge(
            "tandem_training_running", "1 while something is trained.", registry=registry
        ).set_function(lambda: float(_running(training()) is not None))
        Gauge(
            "tandem_training_done_share", "Share of the training at hand.", registry=registry
        ).set_function(lambda: now.done if (now := _running(training())) else 0.0)

    def exposition(self) -> bytes:
        """Write all measures in Prometheus's text format."""
        return generate_latest(self._registry)


_GAUGES = {
    "waiting": "Requests that wait for the model.",
    "waiting_tokens": "Tokens that wait for the model, as estimated.",
    "in_flight": "Requests that the model has at this moment.",
    "per_second": "Requests done a second, over the last minute.",
}
_COUNTERS = {
    "done": "Requests that the model is done with.",
    "done_tokens": "Tokens that the model is done with, as estimated.",
    "refused": "Callers that found no room in the queue.",
}


def _running(training: TrainingProgress | None) -> RunningTraining | None:
    return training.running if training else None


class _QueueLoadCollector(Collector):
    """Reads the load of the queue at the moment that it is asked for, one measure per number."""

    def __init__(self, load: Callable[[], Mapping[Priority, QueueLoad]]) -> None:
        self._load = load

    def collect(self) -> Iterator[Metric]:
        loads = self._load()
        for name, meaning in _GAUGES.items():
            gauge = GaugeMetricFamily(f"tandem_{name}", meaning, labels=["kind"])
            yield _filled(gauge, name, loads)
        for name, meaning in _COUNTERS.items():
            counter = CounterMetricFamily(f"tandem_{name}", meaning, labels=["kind"])
            yield _filled(counter, name, loads)


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily, name: str, loads: Mapping[Priority, QueueLoad]
) -> Metric:
    for priority, load in loads.items():
        family.add_metric([priority.value], getattr(load, name))
    return family
