"""Watching makes passes in time, is woken by webhooks, outlives outages, and ends when told."""

import os
import signal
from collections.abc import Callable, Iterator
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from labeling.errors import (
    BackendUnreachable,
    Busy,
    LedgerError,
    SettingsError,
    StudioUnreachable,
    TandemError,
)
from labeling.protocol import HealthResponse
from tandem.cli.watching import LONGEST_BACKOFF, POLL_SECONDS, Watch, watch_project

EVERY = 60.0


class ScriptedWorld:
    """A time that passes only where somebody waits, and what is so at which time.

    Args:
        until: When the watch is told to stop.
        events: What the backend says of its webhooks, by the time.
        is_down: Whether Label Studio is away, by the time.
    """

    def __init__(
        self,
        until: float,
        events: Callable[[float], int | None] = lambda _: 0,
        is_down: Callable[[float], bool] = lambda _: False,
    ) -> None:
        self.now = 0.0
        self.until = until
        self.passes: list[float] = []
        self.complaints: list[TandemError] = []
        self._events = events
        self._is_down = is_down

    def wait(self, seconds: float) -> bool:
        assert seconds >= 0
        self.now = min(self.now + seconds, self.until)
        return self.now >= self.until

    def make_pass(self) -> None:
        self.passes.append(self.now)
        if self._is_down(self.now):
            raise StudioUnreachable("Label Studio does not answer")

    def watch(self, make_pass: Callable[[], object] | None = None, every: float = EVERY) -> None:
        Watch(
            events=lambda: self._events(self.now),
            make_pass=make_pass or self.make_pass,
            complain=self.complaints.append,
            wait=self.wait,
            clock=lambda: self.now,
        ).run(every)


def test_passes_are_made_in_time_where_nothing_happens() -> None:
    world = ScriptedWorld(until=200)
    world.watch()
    assert world.passes == [0, 60, 120, 180]


def test_a_time_that_is_no_multiple_of_the_glance_is_kept() -> None:
    world = ScriptedWorld(until=10)
    world.watch(every=3)
    assert world.passes == [0, 3, 6, 9]


def test_a_backend_that_counts_no_webhooks_wakes_nobody() -> None:
    world = ScriptedWorld(until=100, events=lambda _: None)
    world.watch()
    assert world.passes == [0, 60]


class TestWaking:
    def test_a_webhook_makes_one_pass_at_the_next_glance(self) -> None:
        world = ScriptedWorld(until=69, events=lambda now: 4 if now < 9 else 5)
        world.watch()
        assert world.passes == [0, 10]

    def test_a_webhook_that_comes_during_a_pass_is_not_missed(self) -> None:
        count = iter([0, *[1] * 100])
        world = ScriptedWorld(until=50, events=lambda _: next(count))
        world.watch()
        assert world.passes == [0, POLL_SECONDS]

    def test_what_a_pass_writes_makes_one_pass_more_and_no_third(self) -> None:
        told = 0

        def make_pass() -> None:
            nonlocal told
            if not world.passes:
                told += 3
            world.make_pass()

        world = ScriptedWorld(until=50, events=lambda _: told)
        world.watch(make_pass)
        assert world.passes == [0, POLL_SECONDS]

    def test_a_backend_that_was_started_anew_makes_one_pass(self) -> None:
        world = ScriptedWorld(until=50, events=lambda now: 7 if now < 9 else 0)
        world.watch()
        assert world.passes == [0, 10]

    def test_a_backend_that_is_away_wakes_nobody_and_once_it_is_back_makes_one_pass(self) -> None:
        world = ScriptedWorld(until=50, events=lambda now: 3 if not 5 < now < 20 else None)
        world.watch()
        assert world.passes == [0]
        world = ScriptedWorld(until=50, events=lambda now: 3 if now >= 20 else None)
        world.watch()
        assert world.passes == [0, 20]


class TestOutages:
    def test_are_told_and_waited_for_longer_each_time(self) -> None:
        world = ScriptedWorld(until=1_100, is_down=lambda _: True)
        world.watch()
        assert world.passes == [0, 120, 360, 660, 960]
        assert len(world.complaints) == 5

    def test_that_last_for_days_are_outlived(self) -> None:
        world = ScriptedWorld(until=30 * 86_400, is_down=lambda _: True)
        world.watch()
        assert world.passes[-1] - world.passes[-2] == LONGEST_BACKOFF

    def test_are_never_asked_about_more_often_than_all_is_well(self) -> None:
        world = ScriptedWorld(until=2_500, is_down=lambda _: True)
        world.watch(every=1_000)
        assert world.passes == [0, 1_000, 2_000]

    def test_that_end_leave_nothing_behind(self) -> None:
        world = ScriptedWorld(until=300, is_down=lambda now: now < 100)
        world.watch()
        assert world.passes == [0, 120, 180, 240]

    def test_of_the_backend_are_outlived_too(self) -> None:
        def make_pass() -> None:
            world.passes.append(world.now)
            raise BackendUnreachable("The ML backend does not answer")

        world = ScriptedWorld(until=200, events=lambda _: None)
        world.watch(make_pass)
        assert world.passes == [0, 120]

    def test_what_no_waiting_mends_ends_it(self) -> None:
        def make_pass() -> None:
            raise SettingsError("A file is missing")

        with pytest.raises(SettingsError):
            ScriptedWorld(until=200).watch(make_pass)


def test_told_to_stop_before_it_began_it_makes_no_pass() -> None:
    world = ScriptedWorld(until=0)
    world.watch()
    assert world.passes == []


class TestSignals:
    @pytest.fixture(autouse=True)
    def handlers(self) -> Iterator[None]:
        """Leave the signals' handlers as they were."""
        before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
        yield
        for number, handler in before.items():
            signal.signal(number, handler)

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_end_it_after_the_pass_at_hand(self, number: signal.Signals) -> None:
        done: list[str] = []

        def make_pass() -> None:
            os.kill(os.getpid(), number)
            done.append("to its end")

        session: Any = SimpleNamespace(
            backend=SimpleNamespace(health=lambda: HealthResponse(status="UP", events=1))
        )
        terminal: Any = SimpleNamespace(err=Console(quiet=True))
        watch_project(session, 3_600, make_pass, terminal)
        assert done == ["to its end"]

    def test_a_backend_that_does_not_answer_is_no_reason_to_end(self) -> None:
        def health() -> HealthResponse:
            raise BackendUnreachable("The ML backend does not answer")

        def make_pass() -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            raise BackendUnreachable("The ML backend does not answer", where="http://there")

        said = StringIO()
        session: Any = SimpleNamespace(backend=SimpleNamespace(health=health))
        terminal: Any = SimpleNamespace(err=Console(file=said))
        watch_project(session, 3_600, make_pass, terminal)
        assert "http://there" in said.getvalue()


@pytest.mark.parametrize(
    "error", [Busy("Another tandem is at work"), LedgerError("The disk of the ledger is full")]
)
def test_what_passes_by_itself_is_waited_for(error: TandemError) -> None:
    world = ScriptedWorld(until=500)

    def make_pass() -> None:
        world.passes.append(world.now)
        if len(world.passes) == 1:
            raise error

    world.watch(make_pass)
    assert world.passes[1] > 0
    assert world.complaints == [error]
