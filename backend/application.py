"""The running backend: its parts wired once, behind the verbs that its doors offer."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from backend import engines
from backend.batching import Batcher
from backend.cache import ScoreCache, Scored
from backend.embedding import Embed, new_embedder
from backend.engines import Identity, Request
from backend.events import Events
from backend.learning.fitting import learn
from backend.learning.lesson import Lesson
from backend.learning.state import Learned, StateStore
from backend.loading import Loader
from backend.metrics import Metrics
from backend.predictor import Score, predict
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
        self._cache = ScoreCache(settings.data_dir / "scores", self.identity.digest)
        self._batcher = Batcher(self._run)
        self.metrics = Metrics(
            waiting=lambda: self._batcher.waiting, is_ready=lambda: self.loader.state == "ready"
        )
        self.events = Events(self.metrics.webhooks)

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
        score, embed = self._within_budget()
        outcomes = predict(recipe, score, tasks, embed)
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
        learned, report = learn(blank, lesson, *self._within_budget())
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

    def _within_budget(self) -> tuple[Score, Embed | None]:
        """Give a scorer and an encoder, whose one time budget runs from now on."""
        deadline = time.monotonic() + self.settings.backend.predict_budget

        def score(requests: Sequence[Request]) -> list[Scored | TandemError]:
            known: dict[Request, Scored | TandemError] = {**self._cache.get(requests)}
            new = [request for request in dict.fromkeys(requests) if request not in known]
            self.metrics.scores.labels("cache").inc(len(requests) - len(new))
            self.metrics.scores.labels("model").inc(len(new))
            if new:
                self.loader.wait(deadline)
                answers = self._batcher.ask(new, deadline)
                _refuse_if_none_was_answered(answers, is_new=not known)
                known |= dict(zip(new, answers, strict=True))
            return [known[request] for request in requests]

        embed = partial(self.embedder.embed, deadline=deadline) if self.embedder else None
        return score, embed

    def _run(self, requests: Sequence[Request]) -> list[Scored]:
        """Answer one micro-batch, on the model's thread."""
        engine = self.loader.wait()
        distinct = list(dict.fromkeys(requests))
        started = time.monotonic()
        loglikelihoods = engine.loglikelihood(distinct)
        self.metrics.model_seconds.inc(time.monotonic() - started)
        self.metrics.batch.observe(len(requests))
        scores = {
            request: Scored(array, engine.truncates(request))
            for request, array in zip(distinct, loglikelihoods, strict=True)
        }
        self._cache.put(scores)
        return [scores[request] for request in requests]


def _refuse_if_none_was_answered(answers: Sequence[Scored | TandemError], *, is_new: bool) -> None:
    if is_new and all(isinstance(answer, Unready) for answer in answers):
        raise Unready("The backend is busy with other callers' texts", mend="Ask again.")
