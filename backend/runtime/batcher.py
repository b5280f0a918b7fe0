"""One queue in front of the model: callers share its batches, and one thread owns it."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from backend.runtime.priority_queue import Lanes, Priority, Taken
from backend.runtime.retry_later import Unready
from backend.runtime.safe_trace import trace
from backend.runtime.throughput import Pace, Rate
from labeling.errors import EngineError, TandemError

logger = logging.getLogger(__name__)

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Load:
    """What there is of one kind of work.

    Attributes:
        waiting: Requests in the queue.
        waiting_tokens: Their tokens.
        in_flight: Requests that the model has at this moment.
        done: Requests that it answered so far.
        done_tokens: Their tokens.
        refused: Callers that found no room so far.
        per_second: Requests answered a second, over the last minute.
    """

    waiting: int
    waiting_tokens: int
    in_flight: int
    done: int
    done_tokens: int
    refused: int
    per_second: float


class Batcher(Generic[Asked, Answer]):
    """Runs requests of many callers in micro-batches, on one thread.

    A micro-batch ends when its budget of tokens is full. The budget follows the measured pace, so
    that a micro-batch takes about `pace.BATCH_SECONDS` on any machine. Callers of a kind take turns
    within it, and interactive ones come before bulk ones; see `lanes`.

    Args:
        run: Answers a batch, one answer or error a request, in order. Called on the owner thread
            alone.
        tokens_of: Estimates a request's tokens, at least 1.
        room: Tokens that may wait. Bulk work has what all that waits leaves of it, interactive
            work what interactive work leaves; a caller alone always has room.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Asked]], Sequence[Answer | TandemError]],
        tokens_of: Callable[[Asked], int],
        room: int,
    ) -> None:
        self._run = run
        self._tokens_of = tokens_of
        self._room = room
        self._lanes: Lanes[tuple[Asked, Future[Answer]]] = Lanes()
        self._in_flight: Sequence[Taken[Any]] = ()
        self._pace = Pace()
        self._rates = {kind: Rate() for kind in Priority}
        self._done, self._done_tokens = Counter[Priority](), Counter[Priority]()
        self._refused = Counter[Priority]()
        self._changed = threading.Condition()
        self._closed = False
        self._owner = threading.Thread(target=self._work, name="model-owner", daemon=True)
        self._owner.start()

    def load(self) -> Mapping[Priority, Load]:
        """Tell what waits, what is being answered and what was done, by kind."""
        with self._changed:
            in_flight = Counter(taken.kind for taken in self._in_flight)
            return {
                kind: Load(
                    waiting=self._lanes.items(kind),
                    waiting_tokens=self._lanes.tokens(kind),
                    in_flight=in_flight[kind],
                    done=self._done[kind],
                    done_tokens=self._done_tokens[kind],
                    refused=self._refused[kind],
                    per_second=self._rates[kind].per_second,
                )
                for kind in Priority
            }

    def seconds_of_queue(self) -> int:
        """Estimate how long the model takes for all that waits, from 1 to 60 seconds."""
        with self._changed:
            return self._pace.seconds_for(self._lanes.tokens() + self._tokens_in_flight())

    def ask(
        self, requests: Sequence[Asked], deadline: float, kind: Priority = Priority.INTERACTIVE
    ) -> list[Answer | TandemError]:
        """Answer the requests as far as the deadline allows.

        Args:
            requests: What is asked.
            deadline: On the clock of `time.monotonic`.
            kind: What they are for.

        Returns:
            For each request, in order, its answer or its error; an `Unready` where its turn did
            not come in time.

        Raises:
            Unready: There is no room; it says in how many seconds there will be.
        """
        futures: list[Future[Answer]] = [Future() for _ in requests]
        sizes = [self._tokens_of(request) for request in requests]
        with self._changed:
            self._refuse_without_room(sum(sizes), kind)
            caller = self._lanes.add(
                kind, zip(zip(requests, futures, strict=True), sizes, strict=True)
            )
            if self._closed:
                self._drop()
            self._changed.notify()
        wait(futures, timeout=max(0.0, deadline - time.monotonic()))
        with self._changed:
            self._lanes.forget(caller)
        late = self.seconds_of_queue()
        return [_outcome(future, late) for future in futures]

    def close(self) -> None:
        """End the owner thread after the batch at hand; what waits is dropped."""
        with self._changed:
            self._closed = True
            self._drop()
            self._changed.notify()
        self._owner.join()

    def _refuse_without_room(self, tokens: int, kind: Priority) -> None:
        ahead = self._lanes.tokens(*([kind] if kind is Priority.INTERACTIVE else []))
        beyond = ahead + min(tokens, self._room) - self._room
        if ahead and beyond > 0:
            self._refused[kind] += 1
            raise Unready(
                "The queue in front of the model is full",
                hint="Ask again after Retry-After seconds.",
                retry_after=self._pace.seconds_for(beyond + self._tokens_in_flight()),
            )

    def _drop(self) -> None:
        """Cancel all that waits."""
        while dropped := self._lanes.take(1):
            for one in dropped:
                _, future = one.item
                future.cancel()
                future.set_running_or_notify_cancel()

    def _tokens_in_flight(self) -> int:
        return sum(taken.tokens for taken in self._in_flight)

    def _work(self) -> None:
        while batch := self._next_batch():
            started = time.monotonic()
            self._answer([taken.item for taken in batch])
            self._note_done(batch, time.monotonic() - started)

    def _next_batch(self) -> Sequence[Taken[tuple[Asked, Future[Answer]]]]:
        """Wait for requests, and take a micro-batch of them; empty when closed."""
        with self._changed:
            batch: list[Taken[tuple[Asked, Future[Answer]]]] = []
            while not batch and not self._closed:
                self._changed.wait_for(lambda: self._lanes.tokens() or self._closed)
                batch = [
                    taken
                    for taken in self._lanes.take(self._pace.budget)
                    if taken.item[1].set_running_or_notify_cancel()
                ]
            self._in_flight = batch
            return batch

    def _note_done(self, batch: Sequence[Taken[Any]], seconds: float) -> None:
        with self._changed:
            self._in_flight = ()
            self._pace.note(sum(taken.tokens for taken in batch), seconds)
            for taken in batch:
                self._done[taken.kind] += 1
                self._done_tokens[taken.kind] += taken.tokens
            for kind, items in Counter(taken.kind for taken in batch).items():
                self._rates[kind].note(items)

    def _answer(self, batch: Sequence[tuple[Asked, Future[Answer]]]) -> None:
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
    """Give a request's answer or error; of one that is not done, in how many seconds to ask."""
    if not future.done():
        future.cancel()
        return Unready(
            "The time budget ran out before this text's turn", hint="Ask again.", retry_after=late
        )
    error = future.exception() if not future.cancelled() else Unready("The backend is stopping")
    return error if isinstance(error, TandemError) else future.result()
