"""One queue in front of the model: callers share its batches, and one thread owns it."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import Any, Generic, TypeVar

from backend.logs import trace
from backend.refusals import Unready
from labeling.errors import EngineError, TandemError

logger = logging.getLogger(__name__)

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

MICRO_BATCH = 64
"""Requests that the model is given at once: enough to fill its passes, few enough to take turns."""


class Batcher(Generic[Asked, Answer]):
    """Runs requests of many callers in micro-batches, on one thread.

    Callers take turns within a micro-batch, so one with a thousand requests does not keep out one
    with a single request.

    Args:
        run: Answers a batch, one answer or error a request, in order. Called on the owner thread
            alone.
        most: Requests of one micro-batch.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Asked]], Sequence[Answer | TandemError]],
        most: int = MICRO_BATCH,
    ) -> None:
        self._run = run
        self._most = most
        self._callers: deque[deque[tuple[Asked, Future[Answer]]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._owner = threading.Thread(target=self._work, name="model-owner", daemon=True)
        self._owner.start()

    @property
    def waiting(self) -> int:
        """Requests that wait for their turn."""
        with self._changed:
            return sum(map(len, self._callers))

    def ask(self, requests: Sequence[Asked], deadline: float) -> list[Answer | TandemError]:
        """Answer the requests as far as the deadline allows.

        Args:
            requests: What is asked.
            deadline: On the clock of `time.monotonic`.

        Returns:
            For each request, in order, its answer or its error; an `Unready` where its turn did
            not come in time.
        """
        futures: list[Future[Answer]] = [Future() for _ in requests]
        with self._changed:
            self._callers.append(deque(zip(requests, futures, strict=True)))
            self._changed.notify()
        wait(futures, timeout=max(0.0, deadline - time.monotonic()))
        return [_outcome(future) for future in futures]

    def close(self) -> None:
        """End the owner thread after the batch at hand; what waits is dropped."""
        with self._changed:
            self._closed = True
            for caller in self._callers:
                for _, future in caller:
                    future.cancel()
                    future.set_running_or_notify_cancel()
            self._callers.clear()
            self._changed.notify()
        self._owner.join()

    def _work(self) -> None:
        while batch := self._next_batch():
            self._answer(batch)

    def _next_batch(self) -> list[tuple[Asked, Future[Answer]]]:
        """Wait for requests, and take one of each caller in turn; empty when closed."""
        with self._changed:
            batch: list[tuple[Asked, Future[Answer]]] = []
            while not batch and not self._closed:
                self._changed.wait_for(lambda: self._callers or self._closed)
                while self._callers and len(batch) < self._most:
                    caller = self._callers.popleft()
                    if not caller:
                        continue
                    request, future = caller.popleft()
                    self._callers.append(caller)
                    if future.set_running_or_notify_cancel():
                        batch.append((request, future))
            return batch

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


def _outcome(future: Future[Any]) -> Any:
    if not future.done():
        future.cancel()
        return Unready("The time budget ran out before this text's turn", mend="Ask again.")
    error = future.exception() if not future.cancelled() else Unready("The backend is stopping")
    return error if isinstance(error, TandemError) else future.result()
