"""How the backend holds under load: people's waits beside bulk work, and nothing lost at the end.

    python -m bench.load [--seconds 120] [--callers 64] [--json]

`tandem serve` runs in a process of its own with the bundled model. Half of the callers are people
who open a task every few seconds (one text), half do bulk work (64 texts per call). A caller that
gets a 503 waits as it is told and asks again. First each kind is measured alone, then both
together, and then SIGTERM comes while they ask. After a restart every text whose answer a caller
got is asked again: those that the model had to answer anew were lost. All texts are different.
"""

import argparse
import json
import os
import signal
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from rich.console import Console
from rich.table import Table

from bench.load_callers import BULK_TEXTS, PATIENCE, Callers, LoadPhase, ask
from tandem.servers.backend import BackendServer

STOP_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class PhaseFigures:
    """One phase in numbers: seconds of interactive calls, and texts a second of bulk ones."""

    phase: str
    calls: int
    p50: float | None
    p95: float | None
    p99: float | None
    bulk_per_second: float | None
    errors: int
    refusals: int


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The whole run.

    Attributes:
        rows: One per phase.
        stop_seconds: From SIGTERM to the process's end.
        answers: Answers that callers got over all phases.
        lost: Those of them that were not kept.
        load_average: Of the machine's last minute, since other work slows all of this down.
    """

    rows: list[PhaseFigures]
    stop_seconds: float
    answers: int
    lost: int
    load_average: float


def measure(seconds: float, callers: int) -> LoadResult:
    """Measure one run.

    Args:
        seconds: Of the phase in which both kinds ask; each alone has a quarter of them.
        callers: Callers at once, half of each kind.

    Returns:
        The phases, and what was lost at the end.

    Raises:
        TandemError: The process does not start.
    """
    half = max(1, callers // 2)
    with TemporaryDirectory() as folder:
        server = BackendServer(Path(folder) / "data")
        with server:
            asking = Callers(server.url)
            _answered_anew(server.url, ["Loads the model."])
            people, people_seconds = _run(asking, half, 0, seconds / 4)
            bulk, bulk_seconds = _run(asking, 0, half, seconds / 4)
            mixed, mixed_seconds = _run(asking, half, half, seconds)
            last = LoadPhase()
            with asking.asking(half, half, last):
                time.sleep(min(10.0, seconds / 4))
                load_average = os.getloadavg()[0]
                stop = _Stop(server)
            stop_seconds = stop.wait()
        texts = [text for one in (people, bulk, mixed, last) for text in one.answered]
        with server:
            lost = sum(
                _answered_anew(server.url, texts[start : start + BULK_TEXTS])
                for start in range(0, len(texts), BULK_TEXTS)
            )
    rows = [
        _row("people alone", people, people_seconds),
        _row("bulk alone", bulk, bulk_seconds),
        _row("both", mixed, mixed_seconds),
        _row("both, and SIGTERM", last, None),
    ]
    return LoadResult(rows, stop_seconds, len(texts), lost, load_average)


class _Stop:
    """SIGTERM as an init system sends it, to the service's first process alone."""

    def __init__(self, server: BackendServer) -> None:
        assert server.process_id is not None
        self._process = server.process_id
        self._started = time.perf_counter()
        os.kill(self._process, signal.SIGTERM)

    def wait(self) -> float:
        """Wait for the process's end; return how long it took since the signal."""
        deadline = self._started + STOP_SECONDS
        while time.perf_counter() < deadline:
            ended, _ = os.waitpid(self._process, os.WNOHANG)
            if ended:
                return time.perf_counter() - self._started
            time.sleep(0.05)
        raise TimeoutError(f"The backend did not stop in {STOP_SECONDS:.0f} s")


def _run(callers: Callers, interactive: int, bulk: int, seconds: float) -> tuple[LoadPhase, float]:
    phase, started = LoadPhase(), time.perf_counter()
    with callers.asking(interactive, bulk, phase):
        time.sleep(seconds)
    return phase, time.perf_counter() - started


def _answered_anew(url: str, texts: Sequence[str]) -> int:
    """Ask for texts, and count those that the model had to answer, since none was kept."""
    before = _computed(url)
    phase = LoadPhase()
    with httpx.Client(base_url=url, timeout=PATIENCE) as client:
        ask(client, texts, phase, threading.Event())
    return _computed(url) - before


def _computed(url: str) -> int:
    lines = httpx.get(f"{url}/metrics", timeout=PATIENCE).text.splitlines()
    counts = [line.split()[-1] for line in lines if 'scores_total{source="model"}' in line]
    return round(float(counts[0])) if counts else 0


def _row(name: str, phase: LoadPhase, seconds: float | None) -> PhaseFigures:
    cuts = (
        statistics.quantiles(phase.interactive, n=100, method="inclusive")
        if len(phase.interactive) > 1
        else None
    )
    refusals = phase.statuses[503]
    errors = phase.statuses.total() - phase.statuses[200] - refusals + phase.failed
    return PhaseFigures(
        phase=name,
        calls=phase.statuses.total(),
        p50=cuts[49] if cuts else None,
        p95=cuts[94] if cuts else None,
        p99=cuts[98] if cuts else None,
        bulk_per_second=phase.bulk_texts / seconds if seconds and phase.bulk_texts else None,
        errors=errors,
        refusals=refusals,
    )


def _table(result: LoadResult) -> Table:
    title = (
        f"stopped in {result.stop_seconds:.1f} s, {result.answers:,} answers,"
        f" load average {result.load_average:.1f}"
    )
    table = Table(title=title)
    for name in ("while", "calls", "p50 s", "p95 s", "p99 s", "bulk texts/s", "errors", "503s"):
        table.add_column(name)
    for row in result.rows:
        numbers = (row.p50, row.p95, row.p99, row.bulk_per_second)
        told = ["" if number is None else f"{number:.2f}" for number in numbers]
        table.add_row(row.phase, str(row.calls), *told, str(row.errors), str(row.refusals))
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120.0, help="with both kinds of callers")
    parser.add_argument("--callers", type=int, default=64, help="at once, half of each kind")
    parser.add_argument("--json", action="store_true", help="end with the result as one object")
    given = parser.parse_args(arguments)
    result = measure(given.seconds, given.callers)
    Console().print(_table(result))
    print(f"lost: {result.lost}")
    if given.json:
        print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
