"""The running backend: its parts wired once, behind the verbs that its doors offer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from backend import engines
from backend.batching import Batcher
from backend.cache import AnswerCache
from backend.confidence.methods import missing_by_method, require
from backend.embedding import Embed, new_embedder
from backend.engines import Ability, Engine, GenerateRequest, Identity, Request
from backend.events import Events
from backend.learning.fitting import learn
from backend.learning.lesson import Lesson
from backend.learning.state import Learned, StateStore
from backend.loading import Loader
from backend.metrics import Metrics
from backend.model import Answer, Asked, Model
from backend.predictor import predict
from backend.recipe import Recipe, write_recipe
from backend.refusals import Unready
from labeling.errors import TandemError
from labeling.form import Form, parse
from labeling.predictions import Failure, Prediction
from labeling.settings import Settings

parsed = lru_cache(maxsize=64)(parse)
"""`labeling.form.parse`, remembering the last label configs."""


@dataclass(frozen=True, slots=True)
class Taught:
    """What a lesson came to: the version now in force, and the report of the fit."""

    model_version: str
    report: dict[str, Any]


class Backend:
    """One model and what it learned about every project. The model loads in the background.

    Args:
        settings: The settings.

    Raises:
        EngineError: The settings name no engine that there is.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.identity = engines.identify(settings.model)
        self.loader = Loader(lambda: engines.load(settings.model))
        self.store = StateStore(settings.data_dir / "learned")
        self.embedder = new_embedder(settings, settings.data_dir / "embeddings")
        self._cache = AnswerCache(settings.data_dir / "answers", self.identity.digest)
        self._batcher: Batcher[Asked, Answer] = Batcher(self._run)
        self.metrics = Metrics(
            waiting=lambda: self._batcher.waiting, is_ready=lambda: self.loader.state == "ready"
        )
        self.events = Events(self.metrics.webhooks)

    @property
    def methods(self) -> dict[str, str | None] | None:
        """What the engine lacks for each method, None: nothing; None for all until it is loaded."""
        if self.loader.state != "ready":
            return None
        return missing_by_method(self.loader.wait().abilities)

    def recipe(self, project: str | None, label_config: str) -> Recipe:
        """Give how a project's tasks are answered now; never waits for the model.

        Raises:
            LabelConfigError: The label config holds nothing that can be answered.
            SettingsError: The prompt's template or examples cannot be used.
        """
        return self._recipe(parsed(label_config), self.store.get(project))

    def predict(
        self, project: str | None, label_config: str, tasks: Sequence[Any]
    ) -> tuple[Recipe, list[Prediction | Failure]]:
        """Answer tasks within the time budget; what does not get its turn fails for itself.

        Returns:
            The recipe that answered, and one outcome a task, in order.

        Raises:
            Unready: The budget ran out before anything was answered.
            EngineError: The model cannot be loaded.
            LabelConfigError: See `recipe`.
            SettingsError: See `recipe`.
        """
        recipe = self.recipe(project, label_config)
        model, embed = self._within_budget(recipe)
        outcomes = predict(recipe, model, tasks, embed)
        for outcome in outcomes:
            kind = "answered" if isinstance(outcome, Prediction) else "failed"
            self.metrics.tasks.labels(kind).inc()
        return recipe, outcomes

    def learn(self, project: str, label_config: str, lesson: Lesson) -> Taught:
        """Replace what is known of a project; a failure leaves the last good state in force.

        Raises:
            Unready: The time budget ran out; asking again gets further.
            EngineError: The model cannot be loaded, or cannot answer.
            LabelConfigError: See `recipe`.
            SettingsError: See `recipe`.
        """
        form = parsed(label_config)
        blank = self._recipe(form, Learned(instruction=lesson.instruction))
        model, embed = self._within_budget(blank)
        learned, report = learn(blank, lesson, model, embed)
        version = self._recipe(form, learned).model_version
        self.store.put(project, version, learned)
        return Taught(version, report)

    def close(self) -> None:
        """Stop the model's thread and close the files."""
        self._batcher.close()
        self._cache.close()
        if self.embedder:
            self.embedder.close()

    def _recipe(self, form: Form, learned: Learned | None) -> Recipe:
        return write_recipe(self.settings, self.identity, form, learned, self._embedding())

    def _embedding(self) -> Identity | None:
        """Give the embedding model, unless it is known to fail."""
        if self.embedder is None or self.embedder.state == "failed":
            return None
        return self.embedder.identity

    def _within_budget(self, recipe: Recipe) -> tuple[Model, Embed | None]:
        """Give the model and an encoder, whose one time budget runs from now on."""
        deadline = time.monotonic() + self.settings.backend.predict_budget

        def abilities() -> frozenset[Ability]:
            found = self.loader.wait(deadline).abilities
            require(recipe.methods, found)
            return found

        def ask(requests: Sequence[Asked]) -> list[Any]:
            return self._ask(requests, deadline, abilities)

        embed = partial(self.embedder.embed, deadline=deadline) if self.embedder else None
        return Model(ask, ask, abilities), embed

    def _ask(
        self, requests: Sequence[Asked], deadline: float, check: Callable[[], object]
    ) -> list[Any]:
        """Answer requests from the cache, and what is new by the model, once that is checked."""
        known: dict[Asked, Answer | TandemError] = {**self._cache.get(requests)}
        new = [request for request in dict.fromkeys(requests) if request not in known]
        self.metrics.scores.labels("cache").inc(len(requests) - len(new))
        self.metrics.scores.labels("model").inc(len(new))
        if new:
            check()
            answers = self._batcher.ask(new, deadline)
            _refuse_if_none_was_answered(answers, is_new=not known)
            known |= dict(zip(new, answers, strict=True))
        return [known[request] for request in requests]

    def _run(self, requests: Sequence[Asked]) -> list[Answer | TandemError]:
        """Answer one micro-batch, on the model's thread."""
        engine = self.loader.wait()
        started = time.monotonic()
        answers = _answered(engine, list(dict.fromkeys(requests)))
        self.metrics.model_seconds.inc(time.monotonic() - started)
        self.metrics.batch.observe(len(requests))
        self._cache.put({r: a for r, a in answers.items() if not isinstance(a, TandemError)})
        return [answers[request] for request in requests]


def _answered(engine: Engine, requests: Sequence[Asked]) -> dict[Asked, Answer | TandemError]:
    """Put each request to the verb that it is for."""
    to_score = [request for request in requests if isinstance(request, Request)]
    to_write = [request for request in requests if isinstance(request, GenerateRequest)]
    scored = engine.loglikelihood(to_score) if to_score else []
    written = engine.generate(to_write) if to_write else []
    return dict(zip([*to_score, *to_write], [*scored, *written], strict=True))


def _refuse_if_none_was_answered(answers: Sequence[Answer | TandemError], *, is_new: bool) -> None:
    if is_new and all(isinstance(answer, Unready) for answer in answers):
        raise Unready("The backend is busy with other callers' texts", mend="Ask again.")
