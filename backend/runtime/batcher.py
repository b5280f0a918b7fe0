"""One queue in front of the model: callers share its batches, and one thread owns it."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from typing import Any, Generic, TypeVar

from backend.runtime.priority_queue import Dequeued, Priority, PriorityQueue
from backend.runtime.retry_later import RetryLater
from backend.runtime.throughput import RollingRate, Throughput
from labeling.errors import EngineError, TandemError
from labeling.logs.safe_trace import trace
from labeling.protocol.health import QueueLoad

logger = logging.getLogger(__name__)

RequestT = TypeVar("RequestT")
AnswerT = TypeVar("AnswerT")


class Batcher(Generic[RequestT, AnswerT]):
    """Runs requests of many callers in micro-batches, on one thread.

    A micro-batch ends when its budget of tokens is full. The budget follows the measured
    throughput, so that a micro-batch takes about `throughput.BATCH_SECONDS` on any machine. Callers
    of one priority take turns within it, and interactive ones come before bulk ones; see
    `PriorityQueue`.

    Args:
        run: Answers a batch, one answer or error a request, in order. Called on the owner thread
            alone.
        tokens_of: Estimates a request's tokens, at least 1.
        room: Tokens that may wait. Bulk work has what all that waits leaves of it, interactive
            work what interactive work leaves; a caller alone always has room.
        clock: Returns the time, in seconds; deadlines are on it.
    """

    def __init__(
        self,
        run: Callable[[Sequence[RequestT]], Sequence[AnswerT | TandemError]],
        tokens_of: Callable[[RequestT], int],
        room: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = run
        self._clock = clock
        self._tokens_of = tokens_of
        self._room = room
        self._queue: PriorityQueue[tuple[RequestT, Future[AnswerT]]] = PriorityQueue()
        self._in_flight: Sequence[Dequeued[Any]] = ()
        self._throughput = Throughput()
        self._rates = {priority: RollingRate(clock) for priority in Priority}
        self._done, self._done_tokens = Counter[Priority](), Counter[Priority]()
        self._refused = Counter[Priority]()
        self._changed = threading.Condition()
        self._is_closed = False
        self._owner = threading.Thread(target=self._work, name="model-owner", daemon=True)
        self._owner.start()

    def load(self) -> Mapping[Priority, QueueLoad]:
        """Return what waits, what is being answered and what was done, by priority."""
        with self._changed:
            in_flight = Counter(taken.priority for taken in self._in_flight)
            return {
                priority: QueueLoad(
                    waiting=self._queue.items(priority),
                    waiting_tokens=self._queue.tokens(priority),
                    in_flight=in_flight[priority],
                    done=self._done[priority],
                    done_tokens=self._done_tokens[priority],
                    refused=self._refused[priority],
                    per_second=self._rates[priority].per_second,
                )
                for priority in Priority
            }

    def seconds_of_queue(self) -> int:
        """Estimate how long the model takes for all that waits, in whole seconds from 1 to 60."""
        with self._changed:
            return self._throughput.seconds_for(self._queue.tokens() + self._tokens_in_flight())

    def ask(
        self,
        requests: Sequence[RequestT],
        deadline: float,
        priority: Priority = Priority.INTERACTIVE,
    ) -> list[AnswerT | TandemError]:
        """Answer the requests as far as the deadline allows.

        Args:
            requests: What is asked.
            deadline: When to stop waiting, on the batcher's clock.
            priority: What they are for.

        Returns:
            For each request, in order, its answer or its error; a `RetryLater` where its turn
            did not come in time.

        Raises:
            RetryLater: There is no room; it says in how many seconds there will be.
        """
        futures: list[Future[AnswerT]] = [Future() for _ in requests]
        sizes = [self._tokens_of(request) for request in requests]
        with self._changed:
            self._refuse_without_room(sum(sizes), priority)
            caller = self._queue.add(
                priority, zip(zip(requests, futures, strict=True), sizes, strict=True)
            )
            if self._is_closed:
                self._drop()
            self._changed.notify()
        wait(futures, timeout=max(0.0, deadline - self._clock()))
        with self._changed:
            self._queue.forget(caller)
        late = self.seconds_of_queue()
        return [_outcome(future, late) for future in futures]

    def close(self) -> None:
        """End the owner thread after the batch at hand; what waits is dropped."""
        with self._changed:
            self._is_closed = True
            self._drop()
            self._changed.notify()
        self._owner.join()

    def _refuse_without_room(self, tokens: int, priority: Priority) -> None:
        ahead = self._queue.tokens(*([priority] if priority is Priority.INTERACTIVE else []))
        beyond = ahead + min(tokens, self._room) - self._room
        if ahead and beyond > 0:
            self._refused[priority] += 1
            raise RetryLater(
                "The queue in front of the model is full",
                hint="Ask again after Retry-After seconds.",
                retry_after=self._throughput.seconds_for(beyond + self._tokens_in_flight()),
            )

    def _drop(self) -> None:
        """Cancel all that waits."""
        while dropped := self._queue.take(1):
            for one in dropped:
                _, future = one.item
                future.cancel()
                future.set_running_or_notify_cancel()

    def _tokens_in_flight(self) -> int:
        return sum(taken.tokens for taken in self._in_flight)

    def _work(self) -> None:
        while batch := self._next_batch():
            started = self._clock()
            self._answer([taken.item for taken in batch])
            self._record_done(batch, self._clock() - started)

    def _next_batch(self) -> Sequence[Dequeued[tuple[RequestT, Future[AnswerT]]]]:
        """Wait for requests, and take a micro-batch of them; empty when closed."""
        with self._changed:
            batch: list[Dequeued[tuple[RequestT, Future[AnswerT]]]] = []
            while not batch and not self._is_closed:
                self._changed.wait_for(lambda: self._queue.tokens() or self._is_closed)
                batch = [
                    taken
                    for taken in self._queue.take(self._throughput.budget)
                    if taken.item[1].set_running_or_notify_cancel()
                ]
            self._in_flight = batch
            return batch

    def _record_done(self, batch: Sequence[Dequeued[Any]], seconds: float) -> None:
        with self._changed:
            self._in_flight = ()
            self._throughput.record(sum(taken.tokens for taken in batch), seconds)
            for taken in batch:
                self._done[taken.priority] += 1
                self._done_tokens[taken.priority] += taken.tokens
            for priority, items in Counter(taken.priority for taken in batch).items():
                self._rates[priority].record(items)

    def _answer(self, batch: Sequence[tuple[RequestT, Future[AnswerT]]]) -> None:
        """Run a batch; one that fails is run in halves, so that only what is at fault fails."""
        try:
            answers = self._run([request for request, _ in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0][1].set_exception(_readable(error))
                return
            middle = len(batch) // 2
            self._answer(batch[:middle])
            self._answer(batch[middle:])
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if isinstance(answer, TandemError):
                future.set_exception(answer)
            else:
                future.set_result(answer)


def _readable(error: Exception) -> TandemError:
    if isinstance(error, TandemError):
        return error
    logger.error("The model failed: %s", trace(error))
    return EngineError(f"The model failed on this text: {type(error).__name__}")


def _outcome(future: Future[Any], late: int) -> Any:
    """Return a request's answer or error; of one that is not done, in how many seconds to ask."""
    if not future.done():
        future.cancel()
        return RetryLater(
            "The time budget ran out before this text's turn", hint="Ask again.", retry_after=late
        )
    error = future.exception() if not future.cancelled() else RetryLater("The backend is stopping")
    return error if isinstance(error, TandemError) else future.result()
