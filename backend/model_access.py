"""How the model is reached: from the cache or through the queue, within a time budget."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from backend import engines
from backend.confidence.methods import missing_by_method, require
from backend.embedding import Embed, new_embedder
from backend.engines import Ability, Answer, Asked, Engine, Identity
from backend.engines.answer_cache import AnswerCache
from backend.engines.model_client import ModelClient
from backend.engines.token_estimate import tokens_of
from backend.questions.base import Question
from backend.runtime.batcher import Batcher
from backend.runtime.loader import Loader
from backend.runtime.metrics import Metrics
from backend.runtime.priority_queue import Priority
from backend.runtime.retry_later import RetryLater
from labeling.errors import TandemError
from labeling.protocol.health import PaidUsage
from labeling.settings.settings import Settings

ASKED_AT_ONCE = 64
"""Requests that a training has in the queue at one time."""


class ModelAccess:
    """The way to one language model, which loads in the background, and to an embedding model.

    Args:
        settings: The settings.
        load: Loads the engine that they name; may take minutes.
        metrics: Counts what is asked.
        clock: Returns the time, in seconds; time budgets are on it.

    Attributes:
        identity: The model.
        loader: Loads it.
        embedder: Encodes texts; None: the settings name no embedding model.
        load: Returns what waits for the model and what it did, by priority.
        seconds_of_queue: Returns how many seconds those wait who ask now.

    Raises:
        EngineError: The settings name no engine that there is.
    """

    def __init__(
        self,
        settings: Settings,
        load: Callable[[Settings], Engine],
        metrics: Metrics,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._clock = clock
        self.identity = engines.identify(settings)
        self.loader = Loader(lambda: load(settings), clock=clock)
        self.embedder = new_embedder(settings, settings.data_dir / "embeddings.sqlite3", clock)
        self._cache = AnswerCache(
            settings.data_dir / "answers.sqlite3",
            self.identity.digest,
            settings.backend.cache_bytes,
        )
        self._batcher: Batcher[Asked, Answer] = Batcher(
            self._run, tokens_of, settings.backend.queue_tokens, clock
        )
        self.load = self._batcher.load
        self.seconds_of_queue = self._batcher.seconds_of_queue

    @property
    def is_ready(self) -> bool:
        """Whether the model is loaded."""
        return self.loader.state == "ready"

    @property
    def paid(self) -> PaidUsage:
        """What a server was paid for the model's answers since the start."""
        return self.loader.wait().paid if self.is_ready else PaidUsage()

    @property
    def methods(self) -> dict[str, str | None] | None:
        """What the engine lacks for each method, None: nothing; None for all until it is loaded."""
        return missing_by_method(self.loader.wait().abilities) if self.is_ready else None

    @property
    def embedding(self) -> Identity | None:
        """The embedding model, unless it is known to fail."""
        if self.embedder is None or self.embedder.state == "failed":
            return None
        return self.embedder.identity

    def within_budget(
        self,
        questions: Sequence[Question],
        priority: Priority = Priority.BULK,
        seconds: float | None = None,
    ) -> tuple[ModelClient, Embed | None]:
        """Return the model and an encoder, whose one time budget runs from now on.

        Args:
            questions: What will be asked; the engine must be able to.
            priority: What for.
            seconds: The budget; None: that of a `/predict`.

        Returns:
            Both; what they cannot answer in time raises RetryLater.
        """
        deadline = self._clock() + (seconds or self._settings.backend.predict_budget)

        def abilities() -> frozenset[Ability]:
            found = self.loader.wait(deadline).abilities
            require([question.needs for question in questions], found)
            return found

        def ask(requests: Sequence[Asked]) -> list[Any]:
            return self._ask(requests, deadline, priority, abilities)

        embed = partial(self.embedder.embed, deadline=deadline) if self.embedder else None
        return ModelClient(ask, abilities), embed

    def patiently(self, questions: Sequence[Question]) -> tuple[ModelClient, Embed | None]:
        """Return both for a training: few requests at a time, for as long as it may take."""
        seconds = self._settings.learning.train_seconds
        model, embed = self.within_budget(questions, seconds=seconds)
        return model.in_chunks(ASKED_AT_ONCE), embed

    def stop(self) -> None:
        """Drop what waits; the micro-batch at hand is ended and kept."""
        self._batcher.close()

    def close(self) -> None:
        """Stop the model's thread, close the files, let go of the model."""
        self._batcher.close()
        self._cache.close()
        if self.embedder:
            self.embedder.close()
        if self.is_ready:
            self.loader.wait().close()

    def _ask(
        self,
        requests: Sequence[Asked],
        deadline: float,
        priority: Priority,
        check: Callable[[], object],
    ) -> list[Any]:
        """Answer requests from the cache, and what is new by the model, once that is checked."""
        known: dict[Asked, Answer | TandemError] = {**self._cache.get(requests)}
        new = [request for request in dict.fromkeys(requests) if request not in known]
        self._metrics.scores.labels("cache").inc(len(requests) - len(new))
        self._metrics.scores.labels("model").inc(len(new))
        if new:
            check()
            answers = self._batcher.ask(new, deadline, priority)
            _refuse_if_none_was_answered(answers, is_new=not known)
            known |= dict(zip(new, answers, strict=True))
        return [known[request] for request in requests]

    def _run(self, requests: Sequence[Asked]) -> list[Answer | TandemError]:
        """Answer one micro-batch, on the model's thread."""
        engine = self.loader.wait()
        started = self._clock()
        distinct = list(dict.fromkeys(requests))
        answers = dict(zip(distinct, engine.answer(distinct), strict=True))
        self._metrics.model_seconds.inc(self._clock() - started)
        self._metrics.batch.observe(len(requests))
        # Before anybody gets them, so that no answer that a caller has is computed again.
        self._cache.put({r: a for r, a in answers.items() if not isinstance(a, TandemError)})
        return [answers[request] for request in requests]


def _refuse_if_none_was_answered(answers: Sequence[Answer | TandemError], *, is_new: bool) -> None:
    late = [answer for answer in answers if isinstance(answer, RetryLater)]
    if is_new and len(late) == len(answers):
        raise RetryLater(
            "The backend is busy with other callers' texts",
            hint="Ask again after Retry-After seconds.",
            retry_after=late[0].retry_after,
        )
