"""What the service measures, in Prometheus's form."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)


class Metrics:
    """The service's measures, in a registry of their own.

    Args:
        waiting: Tells how many requests wait for the model.
        is_ready: Tells whether the model is loaded.
    """

    def __init__(self, waiting: Callable[[], float], is_ready: Callable[[], bool]) -> None:
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
            buckets=(1, 2, 4, 8, 16, 32, 64),
            registry=registry,
        )
        self.model_seconds = Counter(
            "tandem_model_seconds", "Seconds that the model was busy.", registry=registry
        )
        Gauge(
            "tandem_waiting", "Requests that wait for the model.", registry=registry
        ).set_function(waiting)
        Gauge("tandem_model_ready", "1 once the model is loaded.", registry=registry).set_function(
            lambda: float(is_ready())
        )

    def exposition(self) -> bytes:
        """Write all measures in Prometheus's text format."""
        return generate_latest(self._registry)
