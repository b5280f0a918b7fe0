"""Hours of `tandem sync --watch`, by a scripted clock, leave no handle, thread or memory behind."""

import gc
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, create_engine, text
from typer.testing import CliRunner

from bench.controller.model import InstantModel
from bench.controller.project import REVIEWERS, MeasuredProject, Place
from bench.scripted_studio.server import ScriptedStudioServer
from bench.serving import serving
from labeling.settings.settings import SETTINGS_FILE
from routing.studio import Studio
from tandem.cli import watching
from tandem.cli.app import app
from tandem.schedule import Schedule, WatchedProject
from tests.support.instant_model_server import InstantModelServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="handles are counted in /proc")

SOAK = 2 * 3_600.0
"""Seconds of the scripted clock."""

EVERY = 60.0
"""As `tandem sync --watch` has it by itself."""

PASSES = SOAK / EVERY

WARM = 30
"""Passes after which all is there that is kept for good."""

ANSWERED = 5
"""Before every so manieth pass a person answers."""

CACHED = type(lru_cache(len))
"""What `lru_cache` makes of a function."""

TASKS = 60
FILLED = "bench.controller.filled_studio"


@dataclass(frozen=True)
class Held:
    """What the process holds."""

    handles: int
    threads: int
    clients: int
    memory: int

    @classmethod
    def now(cls) -> "Held":
        """What it holds at this moment, without what nothing refers to or a bounded cache holds."""
        for one in gc.get_objects():
            if type(one) is CACHED and one.cache_parameters()["maxsize"] is not None:
                one.cache_clear()
        gc.collect()
        memory, _ = tracemalloc.get_traced_memory()
        handles = len(list(Path("/proc/self/fd").iterdir()))
        # `isinstance` would ask every object for its class, and some warn of that.
        clients = sum(issubclass(type(one), httpx.Client) for one in gc.get_objects())
        return cls(handles, threading.active_count(), clients, memory)


class Soak:
    """Two hours of passes, as fast as they are made.

    Args:
        before: Called before each pass, with its number.

    Attributes:
        held: What was held once it was warm, and at the end.
    """

    def __init__(self, before: Callable[[int], object] = lambda _: None) -> None:
        self.held: list[Held] = []
        self._before = before
        self._now = 0.0
        self._passes = 0

    def schedule(self, projects: Sequence[WatchedProject], complain: Any, *_: Any) -> Schedule:
        """A schedule whose clock is the scripted one."""
        counted = [replace(one, make_pass=self._counted(one.make_pass)) for one in projects]
        return Schedule(counted, complain, self._wait, lambda: self._now)

    def _counted(self, make_pass: Callable[[], object]) -> Callable[[], None]:
        def make() -> None:
            self._before(self._passes + 1)
            make_pass()
            self._passes += 1
            if self._passes in (WARM, PASSES):
                self.held.append(Held.now())

        return make

    def _wait(self, seconds: float) -> bool:
        self._now += seconds
        return self._now >= SOAK


@pytest.fixture(autouse=True)
def traced() -> Iterator[None]:
    """Counts the memory that Python holds."""
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[MeasuredProject]:
    """A project of a scripted Label Studio, whose model answers at once; both over HTTP."""
    studio = ScriptedStudioServer(tmp_path, (FILLED, str(TASKS)))
    with studio, InstantModelServer(tmp_path) as model:
        admin = Studio(studio.url, studio.token)
        [held] = admin.projects()
        place = Place(studio, "scripted", tmp_path, model.url)
        made = MeasuredProject(place, admin.beside(held.id), {"pilot": TASKS})
        made.begin_ledger()
        yield made


def soak(make_pass: Callable[[], object]) -> list[Held]:
    """Soak in something else than passes."""
    made = Soak()
    watched = WatchedProject("posts", make_pass, lambda: 0)
    made.schedule([watched], lambda *_: None).run(EVERY)
    return made.held


def is_flat(held: list[Held]) -> bool:
    """Whether nothing grew but the memory of a few cached objects."""
    warm, end = held
    # Each person of the soak opens their own door when they first answer, and holds a connection.
    opened = end.clients - warm.clients
    return (
        opened <= len(REVIEWERS)
        and end.handles <= warm.handles + max(opened, 0)
        and end.threads <= warm.threads
        and end.memory - warm.memory < 400_000
    )


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_two_hours_of_watching_leave_nothing_behind(
    project: MeasuredProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(number: int) -> None:
        if number > 1 and number % ANSWERED == 0:
            project.answer(1)

    watched = Soak(answer)
    monkeypatch.setattr(watching, "Schedule", watched.schedule)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", project.place.server.token)
    settings = str(project.place.folder / SETTINGS_FILE)
    ended = CliRunner().invoke(app, ["sync", "--watch", settings])
    assert ended.exit_code == 0, ended.output
    assert "Trying again" not in ended.output
    assert is_flat(watched.held), watched.held


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
        with serving(InstantModel().application()) as url:

            def ask() -> None:
                kept.append(httpx.Client(verify=False))
                kept[-1].get(f"{url}/health")

            warm, end = soak(ask)
            for client in kept:
                client.close()
        assert end.clients >= warm.clients + PASSES - WARM

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
