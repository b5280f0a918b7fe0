"""Callers share the model's batches, take turns, and wait no longer than they said."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.runtime.batcher import Batcher
from backend.runtime.priority_queue import Priority
from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError, TandemError

SOON = 30.0
ROOM = 1000
"""Tokens that may wait; each number is one."""


def one_token(_: int) -> int:
    return 1


class DoublingModel:
    """Doubles numbers, and notes the batches and threads that it was called with."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.threads: set[int] = set()
        self.may_run = threading.Event()
        self.may_run.set()
        self.was_called = threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.was_called.set()
        self.may_run.wait(SOON)
        self.batches.append(list(numbers))
        self.threads.add(threading.get_ident())
        if 13 in numbers:
            raise EngineError("Thirteen cannot be doubled")
        if 14 in numbers:
            raise RuntimeError("with a secret inside")
        return [2 * number for number in numbers]


@pytest.fixture
def model() -> DoublingModel:
    return DoublingModel()


@pytest.fixture
def batcher(model: DoublingModel) -> Iterator[Batcher[int, int]]:
    batcher = Batcher(model, one_token, ROOM)
    yield batcher
    model.may_run.set()
    batcher.close()


def deadline(seconds: float = SOON) -> float:
    return time.monotonic() + seconds


def wait_until(batcher: Batcher[int, int], waiting: int) -> None:
    end = deadline()
    while sum(load.waiting for load in batcher.load().values()) != waiting:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_answers_in_order(batcher: Batcher[int, int]) -> None:
    assert batcher.ask(range(20, 40), deadline()) == list(range(40, 80, 2))


def test_nothing_asked_is_nothing_answered(batcher: Batcher[int, int]) -> None:
    assert batcher.ask([], deadline()) == []


def test_callers_share_batches_and_one_thread(
    batcher: Batcher[int, int], model: DoublingModel
) -> None:
    model.may_run.clear()
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(batcher.ask, [0], deadline())
        assert model.was_called.wait(SOON)
        others = [pool.submit(batcher.ask, [caller], deadline()) for caller in range(1, 5)]
        wait_until(batcher, 4)
        model.may_run.set()
        assert [caller.result() for caller in (first, *others)] == [[0], [2], [4], [6], [8]]
    assert [sorted(batch) for batch in model.batches] == [[0], [1, 2, 3, 4]]
    assert len(model.threads) == 1


def test_an_interactive_caller_overtakes_a_bulk_one(
    batcher: Batcher[int, int], model: DoublingModel
) -> None:
    model.may_run.clear()
    with ThreadPoolExecutor(3) as pool:
        pool.submit(batcher.ask, [0], deadline())
        assert model.was_called.wait(SOON)
        large = pool.submit(batcher.ask, range(100, 900), deadline(), Priority.BULK)
        wait_until(batcher, 800)
        small = pool.submit(batcher.ask, [1], deadline())
        wait_until(batcher, 801)
        model.may_run.set()
        assert small.result() == [2]
        assert len(large.result()) == 800
    assert model.batches[1][0] == 1


class TestRoom:
    def test_is_refused_beyond_the_queue_with_a_time_to_come_back(
        self, batcher: Batcher[int, int], model: DoublingModel
    ) -> None:
        model.may_run.clear()
        with ThreadPoolExecutor(3) as pool:
            pool.submit(batcher.ask, [0], deadline())
            assert model.was_called.wait(SOON)
            waiting = pool.submit(batcher.ask, range(100, 1000), deadline(), Priority.BULK)
            wait_until(batcher, 900)
            with pytest.raises(RetryLater, match="full") as refused:
                batcher.ask(range(2000, 2200), deadline(), Priority.BULK)
            assert 1 <= refused.value.retry_after <= 60
            assert batcher.load()[Priority.BULK].refused == 1
            person = pool.submit(batcher.ask, [1], deadline())
            wait_until(batcher, 901)
            model.may_run.set()
            assert person.result() == [2], "bulk work keeps nobody out"
            assert len(waiting.result()) == 900

    def test_is_always_there_for_a_caller_alone(self, batcher: Batcher[int, int]) -> None:
        assert len(batcher.ask(range(100, 100 + 2 * ROOM), deadline(), Priority.BULK)) == 2 * ROOM


def test_tells_what_it_did_by_kind(batcher: Batcher[int, int], model: DoublingModel) -> None:
    model.may_run.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(batcher.ask, [0, 1], deadline())
        assert model.was_called.wait(SOON)
        late = pool.submit(batcher.ask, range(100, 105), deadline(), Priority.BULK)
        wait_until(batcher, 5)
        load = batcher.load()
        assert (load[Priority.INTERACTIVE].in_flight, load[Priority.BULK].waiting_tokens) == (2, 5)
        model.may_run.set()
        first.result()
        late.result()
    batcher.close()
    load = batcher.load()
    assert (load[Priority.INTERACTIVE].done, load[Priority.BULK].done) == (2, 5)
    assert load[Priority.BULK].per_second > 0
    assert sum(one.in_flight for one in load.values()) == 0


class TestFailures:
    def test_stay_with_the_request_at_fault(self, batcher: Batcher[int, int]) -> None:
        answers = batcher.ask([1, 2, 13, 4, 5], deadline())
        assert [a for a in answers if not isinstance(a, TandemError)] == [2, 4, 8, 10]
        assert str(answers[2]) == "Thirteen cannot be doubled."

    def test_that_are_unforeseen_are_told_without_their_words(
        self, batcher: Batcher[int, int]
    ) -> None:
        [answer] = batcher.ask([14], deadline())
        assert isinstance(answer, EngineError)
        assert "RuntimeError" in str(answer)
        assert "secret" not in str(answer)

    def test_do_not_end_the_thread(self, batcher: Batcher[int, int]) -> None:
        batcher.ask([13, 14], deadline())
        assert batcher.ask([1], deadline()) == [2]


class TestDeadline:
    def test_ends_the_wait_and_forgets_what_nobody_waits_for(
        self, batcher: Batcher[int, int], model: DoublingModel
    ) -> None:
        model.may_run.clear()
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(batcher.ask, [0], deadline())
            assert model.was_called.wait(SOON)
            late = batcher.ask([1, 2], deadline(0))
            assert all(isinstance(answer, RetryLater) for answer in late)
            model.may_run.set()
            assert first.result() == [0]
        assert batcher.ask([3], deadline()) == [6]
        assert model.batches == [[0], [3]]


def test_closing_ends_those_that_wait(model: DoublingModel) -> None:
    batcher = Batcher(model, one_token, ROOM)
    model.may_run.clear()
    with ThreadPoolExecutor(3) as pool:
        running = pool.submit(batcher.ask, [0], deadline())
        assert model.was_called.wait(SOON)
        waiting = pool.submit(batcher.ask, [1], deadline())
        wait_until(batcher, 1)
        closing = pool.submit(batcher.close)
        assert isinstance(waiting.result()[0], RetryLater)
        model.may_run.set()
        closing.result()
        assert running.result() == [0]
