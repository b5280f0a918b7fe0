"""One answer out of candidates that are known: choices, steps of a scale, places in a tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from backend.confidence.methods import Belief, Method
from backend.confidence.opinion_pool import Mix
from backend.confidence.priors import log_prior, without_prior
from backend.embedding import Vector
from backend.engines import Ability, Asked
from backend.learning.calibration_pipeline import Judgement
from backend.learning.control_model import Taught
from backend.learning.noisy_labels import Floats
from backend.pipeline.model_client import Model
from backend.questions.base import Question, digest_of
from backend.questions.item import Item
from labeling.controls import Control
from labeling.errors import EngineError, TandemError
from labeling.predictions.prediction import OwnAnswer, Part, Provenance


@dataclass(frozen=True, slots=True)
class _Voice:
    """What one method says of items.

    Attributes:
        method: The method.
        prior: Natural-log prior of every label up to a constant, shape (labels,).
        beliefs: One an item.
    """

    method: Method
    prior: Floats
    beliefs: Sequence[Belief | TandemError]


@dataclass(frozen=True)
class LabelQuestion(Question):
    """A control of which one candidate is the answer.

    Attributes:
        control: The control.
        engine: See `Question`.
        methods: How the model's confidence is found; several are mixed.
        nothing: Items that say nothing, for the contextual prior.
        is_symmetric: Whether no candidate may be treated otherwise than another, whatever was
            taught.
    """

    control: Control
    engine: str
    methods: tuple[Method, ...]
    nothing: tuple[Item, ...]
    is_symmetric: bool = False

    @property
    def prompt(self) -> str:
        """See `Question`."""
        return self.methods[0].builder.digest

    @property
    def digest(self) -> str:
        """See `Question`."""
        return digest_of(self.prompt, *(method.digest for method in self.methods))

    @property
    def needs(self) -> dict[str, frozenset[Ability]]:
        """What each method needs."""
        return {method.name: method.needs for method in self.methods}

    @property
    def values(self) -> list[str]:
        """The candidates' values, in the order of every distribution."""
        return [candidate.value for candidate in self.control.candidates]

    def asked(self, items: Sequence[Item], taught: Taught | None) -> list[Asked]:
        """List each method's requests; see `Question`."""
        return [
            request
            for method in self.methods
            for request in method.asked(self.prompts([*self._nothing_for(method, taught), *items]))
        ]

    def answer(
        self,
        items: Sequence[Item],
        model: Model,
        taught: Taught | None,
        vectors: Sequence[Vector | TandemError | None],
    ) -> list[Part | TandemError]:
        """Ask by every method, mix, and judge; see `Question`."""
        voices = [self._ask(method, items, model, taught) for method in self.methods]
        return [
            self._part(voices, place, vector, taught or Taught())
            for place, vector in enumerate(vectors)
        ]

    def prior(self, taught: Taught) -> str:
        """Say which correction of label priors is used, of the methods that take one."""
        if not any(method.takes_prior for method in self.methods):
            return "none"
        return "batch" if taught.priors else "contextual"

    def mix(self, judgement: Judgement | None) -> Mix:
        """Say how much each method counts."""
        names = [method.name for method in self.methods]
        return (judgement and judgement.mix) or Mix.even(names)

    def prompts(self, items: Sequence[Item]) -> list[str]:
        """Give what methods are asked about."""
        return [item.prompt for item in items]

    def _nothing_for(self, method: Method, taught: Taught | None) -> tuple[Item, ...]:
        """Give what says nothing, where a method's prior is still to be found by it."""
        has_prior = bool(taught and taught.priors.get(method.name))
        return self.nothing if method.takes_prior and not has_prior else ()

    def _ask(
        self, method: Method, items: Sequence[Item], model: Model, taught: Taught | None
    ) -> _Voice:
        nothing = self._nothing_for(method, taught)
        beliefs = method.ask(self.prompts([*nothing, *items]), model)
        if extra := len(nothing):
            neutral = [loglikelihoods_of(belief) for belief in beliefs[:extra]]
            return _Voice(method, log_prior(neutral), beliefs[extra:])
        known = taught.priors.get(method.name) if taught else None
        return _Voice(method, np.array(known or np.zeros(len(self.values))), beliefs)

    def _part(
        self,
        voices: Sequence[_Voice],
        place: int,
        vector: Vector | TandemError | None,
        taught: Taught,
    ) -> Part | TandemError:
        beliefs = []
        for voice in voices:
            belief = voice.beliefs[place]
            if isinstance(belief, TandemError):
                return belief
            beliefs.append(belief)
        if isinstance(vector, TandemError):
            return vector
        judgement = taught.judgement
        raw, log_probabilities = _pooled(voices, beliefs, self.mix(judgement))
        if not np.all(np.isfinite(np.exp(log_probabilities))):
            return EngineError("The model gave no finite scores for this text")
        embedding = None if vector is None else vector.astype(np.float64)[None]
        [probabilities] = (
            judgement(log_probabilities, embedding) if judgement else np.exp(log_probabilities)
        )
        best = int(probabilities.argmax())
        opinion = judgement.opinion if judgement else None
        return Part(
            answer=self.values[best],
            confidence=min(1.0, float(probabilities[best])),
            distribution=dict(
                zip(self.values, np.minimum(probabilities, 1.0).tolist(), strict=True)
            ),
            raw_score=min(1.0, float(raw[best])),
            provenance=Provenance(
                engine=self.engine,
                prompt=self.prompt[:12],
                prior=self.prior(taught),
                calibrator=taught.description,
                truncated=any(belief.truncated for belief in beliefs),
                missing=max(belief.missing for belief in beliefs),
                second_opinion=opinion.description if opinion else None,
            ),
            own=_own(self.values, judgement.own(log_probabilities)[0])
            if judgement and opinion
            else None,
        )


def loglikelihoods_of(belief: Belief | TandemError) -> Floats:
    """Give the log-likelihoods, or raise the error that stands in their place."""
    if isinstance(belief, TandemError):
        raise belief
    return belief.loglikelihoods


def express(
    method: Method, scores: Mapping[str, Floats], prior: Floats | None
) -> dict[str, Floats]:
    """Give every item's log-probabilities by one method, its prior taken out."""
    arrays = np.array([*scores.values()])
    told = method.express(
        without_prior(arrays, np.zeros(arrays.shape[1]) if prior is None else prior)
    )
    return dict(zip(scores, told, strict=True))


def _pooled(voices: Sequence[_Voice], beliefs: Sequence[Belief], mix: Mix) -> tuple[Floats, Floats]:
    """Mix what the methods say of one item.

    Returns:
        Probabilities with priors left in, shape (labels,), and natural-log probabilities with
        priors taken out, shape (1, labels).
    """
    raw, corrected = [], []
    for voice, belief in zip(voices, beliefs, strict=True):
        told = belief.loglikelihoods[None]
        raw.append(voice.method.express(told))
        corrected.append(voice.method.express(without_prior(told, voice.prior)))
    return softmax(mix(np.array(raw))[0]), mix(np.array(corrected))


def _own(values: Sequence[str], probabilities: Floats) -> OwnAnswer:
    best = int(probabilities.argmax())
    return OwnAnswer(values[best], min(1.0, float(probabilities[best])))
