"""Passes are made in time and in turn, woken by webhooks, and outlive outages."""

from collections.abc import Callable

import pytest

from labeling.errors import BackendUnreachable, Busy, SettingsError, StudioUnreachable
from tandem.schedule import LONGEST_BACKOFF, POLL_SECONDS, Schedule, WatchedProject

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
        self.complaints: list[Exception] = []
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
        watched = WatchedProject("one", make_pass or self.make_pass, lambda: self._events(self.now))
        self.run([watched], every)

    def run(self, projects: list[WatchedProject], every: float = EVERY) -> None:
        Schedule(
            projects,
            complain=lambda _, error: self.complaints.append(error),
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


def test_a_project_that_another_process_works_on_is_waited_for() -> None:
    world = ScriptedWorld(until=500)

    def make_pass() -> None:
        world.passes.append(world.now)
        if len(world.passes) == 1:
            raise Busy("Another tandem is at work")

    world.watch(make_pass)
    assert world.passes[1] > 0
    assert [str(error) for error in world.complaints] == ["Another tandem is at work."]


class TestSeveralProjects:
    """Each keeps its own time, whatever the others do."""

    def watched(
        self, world: ScriptedWorld, name: str, *, takes: float = 0, error: Exception | None = None
    ) -> WatchedProject:
        def make_pass() -> None:
            self.made.append((name, world.now))
            world.wait(takes)
            if error:
                raise error

        return WatchedProject(name, make_pass, lambda: self.events.get(name, 0))

    @pytest.fixture(autouse=True)
    def nothing_happened(self) -> None:
        self.made: list[tuple[str, float]] = []
        self.events: dict[str, int] = {}

    def times(self, name: str) -> list[float]:
        return [at for one, at in self.made if one == name]

    def test_take_turns(self) -> None:
        world = ScriptedWorld(until=100)
        world.run([self.watched(world, name) for name in "abc"])
        assert [name for name, _ in self.made] == list("abcabc")

    def test_that_take_longer_than_the_rest_keep_no_other_from_its_turn(self) -> None:
        world = ScriptedWorld(until=2_000)
        world.run([self.watched(world, name, takes=200) for name in "abc"], every=1)
        assert [name for name, _ in self.made] == list("abcabcabca")

    @pytest.mark.parametrize(
        "error",
        [StudioUnreachable("away"), SettingsError("A file is missing"), RuntimeError("a fault")],
    )
    def test_that_fail_wait_longer_and_longer_and_stop_no_other(self, error: Exception) -> None:
        world = ScriptedWorld(until=400)
        world.run([self.watched(world, "bad", error=error), self.watched(world, "good")])
        assert self.times("bad") == [0, 120, 360]
        assert self.times("good") == [0, 60, 120, 180, 240, 300, 360]
        assert world.complaints == [error] * 3

    def test_that_a_webhook_wakes_are_looked_at_and_the_others_are_left_alone(self) -> None:
        world = ScriptedWorld(until=30)

        def wait(seconds: float) -> bool:
            self.events["b"] = 1 if world.now >= 8 else 0
            return ScriptedWorld.wait(world, seconds)

        projects = [self.watched(world, name) for name in "ab"]
        Schedule(projects, lambda *_: None, wait, lambda: world.now).run(EVERY)
        assert self.times("a") == [0]
        assert self.times("b") == [0, 10]

    def test_that_are_woken_again_and_again_starve_no_other(self) -> None:
        world = ScriptedWorld(until=1_000)
        counts = iter(range(10_000))
        busy = WatchedProject(
            "busy", self.watched(world, "busy", takes=10).make_pass, lambda: next(counts)
        )
        world.run([busy, self.watched(world, "calm")])
        assert len(self.times("busy")) > 50
        assert len(self.times("calm")) >= 13
