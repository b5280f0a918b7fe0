"""Hours of watching, compressed by a scripted clock, leave no handle, thread or memory behind."""

import gc
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, create_engine, text

from routing.ledger.passes import recorded_pass
from tandem.schedule import Schedule, WatchedProject
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.serving import as_json, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="handles are counted in /proc")

SOAK = 2 * 3_600.0
"""Seconds of the scripted clock."""

EVERY = 30.0

PASSES = SOAK / EVERY

WARM = 60
"""Passes after which all is there that is kept for good."""


@dataclass(frozen=True)
class Held:
    """What the process holds."""

    handles: int
    threads: int
    memory: int

    @classmethod
    def now(cls) -> "Held":
        """What it holds at this moment, with all that nothing refers to gone."""
        gc.collect()
        memory, _ = tracemalloc.get_traced_memory()
        return cls(len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), memory)


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[MemoryLoop]:
    """A small project that nobody answers in."""
    made = new_memory_loop(tmp_path, 5, "ada@example.org", "bob@example.org")
    made.ledger.upgrade()
    yield made
    made.ledger.engine.dispose()


def soak(make_pass: Callable[[], object]) -> list[Held]:
    """Watch for two hours; return what was held once it was warm, and at the end."""
    now, passes = 0.0, 0
    held: list[Held] = []

    def counted() -> None:
        nonlocal passes
        make_pass()
        passes += 1
        if passes in (WARM, PASSES):
            held.append(Held.now())

    def wait(seconds: float) -> bool:
        nonlocal now
        now += seconds
        return now >= SOAK

    watched = WatchedProject("posts", counted, lambda: 0)
    tracemalloc.start()
    try:
        Schedule([watched], lambda *_: None, wait, lambda: now).run(EVERY)
    finally:
        tracemalloc.stop()
    assert passes == PASSES
    return held


def is_flat(held: list[Held]) -> bool:
    """Whether nothing grew but the memory of a few cached objects."""
    warm, end = held
    return (
        end.handles <= warm.handles
        and end.threads <= warm.threads
        and end.memory - warm.memory < 400_000
    )


@pytest.mark.slow
def test_two_hours_of_passes_leave_nothing_behind(loop: MemoryLoop) -> None:
    def make_pass() -> None:
        with recorded_pass(loop.ledger):
            loop.sync()
        # SQLAlchemy keeps 500 statements an engine, more than these passes make: bounded, so no
        # leak, but growth for as long as a soak.
        loop.ledger.engine.clear_compiled_cache()

    held = soak(make_pass)
    assert is_flat(held), held


class TestALeakIsFound:
    """The measure sees what it is there for."""

    def test_of_a_connection_a_pass(self, tmp_path: Path) -> None:
        kept: list[Connection] = []

        def connect() -> None:
            kept.append(create_engine(f"sqlite:///{tmp_path}/other.sqlite3").connect())
            kept[-1].execute(text("select 1"))

        warm, end = soak(connect)
        for connection in kept:
            connection.close()
            connection.engine.dispose()
        assert end.handles >= warm.handles + PASSES - WARM

    def test_of_a_client_a_pass(self) -> None:
        kept: list[httpx.Client] = []
        with serving(lambda *_: as_json({})) as url:

            def ask() -> None:
                kept.append(httpx.Client(verify=False))
                kept[-1].get(url)

            warm, end = soak(ask)
            for client in kept:
                client.close()
        assert not is_flat([warm, end])

    def test_of_a_thread_a_pass(self) -> None:
        over = threading.Event()
        try:
            warm, end = soak(lambda: threading.Thread(target=over.wait, daemon=True).start())
        finally:
            over.set()
        assert end.threads >= warm.threads + PASSES - WARM

    def test_of_memory(self) -> None:
        kept: list[bytearray] = []
        assert not is_flat(soak(lambda: kept.append(bytearray(10_000))))
