"""The live look: taken as it is asked for, one at a time, and kept where none can be taken."""

import threading
from collections.abc import Iterator

import pytest

from labeling.errors import StudioUnreachable
from tandem.dashboard.live import REST, LiveLook, Seen


class StoppedClock:
    """Tells the time that the test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class ChangingProject:
    """A project that changes with each look, and takes some seconds or an error to look at."""

    def __init__(self, clock: StoppedClock) -> None:
        self.clock = clock
        self.looks = 0
        self.seconds = 0.0
        self.error: Exception | None = None

    def look(self) -> int:
        self.looks += 1
        self.clock.now += self.seconds
        if self.error:
            raise self.error
        return self.looks


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def project(clock: StoppedClock) -> ChangingProject:
    return ChangingProject(clock)


@pytest.fixture
def live(project: ChangingProject, clock: StoppedClock) -> LiveLook[int]:
    return LiveLook(project.look, fresh=10.0, clock=clock)


def test_nothing_is_looked_at_before_somebody_asks(
    project: ChangingProject, live: LiveLook[int]
) -> None:
    assert project.looks == 0
    assert live.latest() == Seen(1)


def test_a_look_is_kept_for_some_seconds(live: LiveLook[int], clock: StoppedClock) -> None:
    assert live.latest() == live.latest() == Seen(1)
    clock.now = 9.9
    assert live.latest() == Seen(1)
    clock.now = 10.0
    assert live.latest() == Seen(2)


def test_one_that_takes_long_is_kept_longer(
    live: LiveLook[int], clock: StoppedClock, project: ChangingProject
) -> None:
    project.seconds = 60.0
    live.latest()
    clock.now = 60.0 + REST * 60.0 - 0.1
    assert live.latest() == Seen(1)
    clock.now += 0.1
    assert live.latest() == Seen(2)


def test_the_last_one_is_shown_with_the_reason_while_none_can_be_taken(
    live: LiveLook[int], clock: StoppedClock, project: ChangingProject
) -> None:
    live.latest()
    project.error, clock.now = StudioUnreachable("Label Studio does not answer"), 10.0
    assert live.latest() == Seen(1, "Label Studio does not answer.")
    clock.now = 20.0
    assert live.latest() == Seen(1, "Label Studio does not answer.")
    project.error, clock.now = None, 30.0
    assert live.latest() == Seen(4), "and then it is live again"


def test_where_there_never_was_one_only_the_reason_is_known(
    live: LiveLook[int], project: ChangingProject
) -> None:
    project.error = ValueError("a text of a task")
    seen = live.latest()
    assert seen.look is None
    assert seen.error is not None
    assert "ValueError" in seen.error
    assert "a text" not in seen.error


def test_whoever_comes_during_a_look_gets_the_one_before(clock: StoppedClock) -> None:
    started, released = threading.Event(), threading.Event()

    def looks() -> Iterator[int]:
        yield 1
        started.set()
        assert released.wait(60)
        yield 2

    each = looks()
    live = LiveLook(lambda: next(each), fresh=1.0, clock=clock)
    live.latest()
    clock.now = 1.0
    other = threading.Thread(target=live.latest)
    other.start()
    assert started.wait(60)
    assert live.latest() == Seen(1), "while the other one is still looking"
    released.set()
    other.join()
    assert live.latest() == Seen(2)
