"""How fast `tandem serve` answers health check and setup while it loads its model.

    python -m bench.startup [--first] [--after N] [--json]

The process is started anew; both routes are asked by one caller each, a new connection a request
as Label Studio makes them, from before the process listens until its model is loaded, and then N
times more. `--first` loads as on a machine's first start, the bundled model's conversion included.
"""

import argparse
import json
import os
import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from labeling.errors import EngineError
from tandem.servers.backend import BackendServer

LABEL_CONFIG = """<View><Text name="text" value="$text"/>
<Choices name="sentiment" toName="text">
  <Choice value="positive"/><Choice value="negative"/>
</Choices></View>"""
ROUTES: dict[str, tuple[str, dict[str, Any] | None]] = {
    "/health": ("GET", None),
    "/setup": ("POST", {"project": "1.1700000000", "schema": LABEL_CONFIG}),
}
PAUSE = 0.02
"""Seconds between a caller's requests."""


@dataclass(frozen=True, slots=True)
class LatencySample:
    """One answer: when it was there, on the clock of `time.perf_counter`, and after how long."""

    at: float
    seconds: float
    state: str | None


@dataclass(frozen=True, slots=True)
class StartupLatency:
    """How fast one route answered in one phase, in seconds."""

    route: str
    phase: str
    answers: int
    median: float
    worst: float


@dataclass(frozen=True, slots=True)
class StartupResult:
    """One start: seconds from the process's start, and latencies before and after it is loaded.

    Attributes:
        first_answer: Until the first health check was answered.
        loaded: Until the health check said that the model is ready.
        load_average: Of the machine's last minute, since other work slows all of this down.
        latencies: By route and phase.
    """

    first_answer: float
    loaded: float
    load_average: float
    latencies: list[StartupLatency]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", action="store_true", help="convert the bundled model anew")
    parser.add_argument("--after", type=int, default=200, help="requests a route once loaded")
    parser.add_argument("--json", action="store_true", help="end with the result as one object")
    given = parser.parse_args(arguments)
    result = measure(given.after, first=given.first)
    Console().print(_table(result))
    if given.json:
        print(json.dumps(asdict(result)))


def measure(after: int, *, first: bool = False) -> StartupResult:
    """Measure one start.

    Args:
        after: Requests of each route once the model is loaded.
        first: Whether the model's conversion is part of it.

    Returns:
        Seconds until the service answers, until its model is loaded, and of requests meanwhile.

    Raises:
        EngineError: The model cannot be loaded.
        TandemError: The process does not start.
    """
    with TemporaryDirectory() as folder, ThreadPoolExecutor(len(ROUTES)) as pool:
        cache = {"TANDEM_CACHE": str(Path(folder) / "cache")} if first else {}
        server = BackendServer(Path(folder) / "data", **cache)
        is_over = threading.Event()
        started = time.perf_counter()
        polls = {route: pool.submit(_poll, server.url, route, is_over) for route in ROUTES}
        try:
            with server:
                loading = {route: poll.result() for route, poll in polls.items()}
                load_average = os.getloadavg()[0]
                loaded = {route: _ask_often(server.url, route, after) for route in ROUTES}
        finally:
            is_over.set()
    checks = loading["/health"]
    latencies = [
        _latency(route, phase, samples[route])
        for route in ROUTES
        for phase, samples in (("loading", loading), ("loaded", loaded))
    ]
    return StartupResult(checks[0].at - started, checks[-1].at - started, load_average, latencies)


def _poll(url: str, route: str, is_over: threading.Event) -> list[LatencySample]:
    """Ask until the health check says that the loading is over; leave out refused connections."""
    samples: list[LatencySample] = []
    with _client(url) as client:
        while not is_over.wait(PAUSE):
            try:
                samples.append(_ask(client, route))
            except httpx.ConnectError:
                if samples:
                    is_over.set()
                    raise
            if samples and samples[-1].state not in ("loading", None):
                is_over.set()
    return samples


def _ask_often(url: str, route: str, count: int) -> list[LatencySample]:
    with _client(url) as client:
        return [_ask(client, route) for _ in range(count)]


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=120, limits=httpx.Limits(max_keepalive_connections=0))


def _ask(client: httpx.Client, route: str) -> LatencySample:
    method, body = ROUTES[route]
    started = time.perf_counter()
    answer = client.request(method, route, json=body)
    at = time.perf_counter()
    content = answer.raise_for_status().json()
    if content.get("model") == "failed":
        raise EngineError(content["error"])
    return LatencySample(at, at - started, content.get("model"))


def _latency(route: str, phase: str, samples: Sequence[LatencySample]) -> StartupLatency:
    seconds = [sample.seconds for sample in samples]
    return StartupLatency(route, phase, len(seconds), statistics.median(seconds), max(seconds))


def _table(result: StartupResult) -> Table:
    title = (
        f"first answer after {result.first_answer:.2f} s, model loaded after {result.loaded:.2f} s,"
        f" load average {result.load_average:.1f}"
    )
    table = Table("route", "while", "answers", "median ms", "worst ms", title=title)
    for one in result.latencies:
        table.add_row(
            one.route,
            one.phase,
            f"{one.answers:,}",
            f"{1e3 * one.median:.1f}",
            f"{1e3 * one.worst:.1f}",
        )
    return table


if __name__ == "__main__":
    main()
