"""One answer out of candidates that are known: choices, steps of a scale, places in a tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.control_model import ControlModel
from backend.calibration.noisy_labels import Floats
from backend.confidence.methods import ConfidenceMethod, LabelBelief
from backend.confidence.opinion_pool import OpinionPool
from backend.confidence.priors import log_prior, without_prior
from backend.embedding import Vector
from backend.engines import Ability, Asked
from backend.engines.model_client import ModelClient
from backend.questions.base import Question, digest_of
from backend.questions.item import PromptItem
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

    method: ConfidenceMethod
    prior: Floats
    beliefs: Sequence[LabelBelief | TandemError]


@dataclass(frozen=True)
class ChoiceQuestion(Question):
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
    methods: tuple[ConfidenceMethod, ...]
    nothing: tuple[PromptItem, ...]
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

    def asked(self, items: Sequence[PromptItem], control_model: ControlModel | None) -> list[Asked]:
        """List each method's requests; see `Question`."""
        return [
            request
            for method in self.methods
            for request in method.asked(
                self.prompts([*self._nothing_for(method, control_model), *items])
            )
        ]

    def answer(
        self,
        items: Sequence[PromptItem],
        model: ModelClient,
        control_model: ControlModel | None,
        vectors: Sequence[Vector | TandemError | None],
    ) -> list[Part | TandemError]:
        """Ask by every method, mix, and judge; see `Question`."""
        voices = [self._ask(method, items, model, control_model) for method in self.methods]
        return [
            self._part(voices, place, vector, control_model or ControlModel())
            for place, vector in enumerate(vectors)
        ]

    def prior(self, control_model: ControlModel) -> str:
        """Say which correction of label priors is used, of the methods that take one."""
        if not any(method.takes_prior for method in self.methods):
            return "none"
        return "batch" if control_model.priors else "contextual"

    def pool(self, calibration: CalibrationPipeline | None) -> OpinionPool:
        """Say how much each method counts."""
        names = [method.name for method in self.methods]
        return (calibration and calibration.pool) or OpinionPool.even(names)

    def prompts(self, items: Sequence[PromptItem]) -> list[str]:
        """Give what methods are asked about."""
        return [item.prompt for item in items]

    def _nothing_for(
        self, method: ConfidenceMethod, control_model: ControlModel | None
    ) -> tuple[PromptItem, ...]:
        """Give what says nothing, where a method's prior is still to be found by it."""
        has_prior = bool(control_model and control_model.priors.get(method.name))
        return self.nothing if method.takes_prior and not has_prior else ()

    def _ask(
        self,
        method: ConfidenceMethod,
        items: Sequence[PromptItem],
        model: ModelClient,
        control_model: ControlModel | None,
    ) -> _Voice:
        nothing = self._nothing_for(method, control_model)
        beliefs = method.ask(self.prompts([*nothing, *items]), model)
        if extra := len(nothing):
            neutral = [loglikelihoods_of(belief) for belief in beliefs[:extra]]
            return _Voice(method, log_prior(neutral), beliefs[extra:])
        known = control_model.priors.get(method.name) if control_model else None
        return _Voice(method, np.array(known or np.zeros(len(self.values))), beliefs)

    def _part(
        self,
        voices: Sequence[_Voice],
        place: int,
        vector: Vector | TandemError | None,
        control_model: ControlModel,
    ) -> Part | TandemError:
        beliefs = []
        for voice in voices:
            belief = voice.beliefs[place]
            if isinstance(belief, TandemError):
                return belief
            beliefs.append(belief)
        if isinstance(vector, TandemError):
            return vector
        calibration = control_model.calibration
        raw, log_probabilities = _pooled(voices, beliefs, self.pool(calibration))
        if not np.all(np.isfinite(np.exp(log_probabilities))):
            return EngineError("The model gave no finite scores for this text")
        embedding = None if vector is None else vector.astype(np.float64)[None]
        [probabilities] = (
            calibration(log_probabilities, embedding) if calibration else np.exp(log_probabilities)
        )
        best = int(probabilities.argmax())
        head = calibration.head if calibration else None
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
                prior=self.prior(control_model),
                calibrator=control_model.description,
                truncated=any(belief.truncated for belief in beliefs),
                missing=max(belief.missing for belief in beliefs),
                second_opinion=head.description if head else None,
            ),
            own=_own(self.values, calibration.own(log_probabilities)[0])
            if calibration and head
            else None,
        )


def loglikelihoods_of(belief: LabelBelief | TandemError) -> Floats:
    """Give the log-likelihoods, or raise the error that stands in their place."""
    if isinstance(belief, TandemError):
        raise belief
    return belief.loglikelihoods


def transform(
    method: ConfidenceMethod, scores: Mapping[str, Floats], prior: Floats | None
) -> dict[str, Floats]:
    """Give every item's log-probabilities by one method, its prior taken out."""
    arrays = np.array([*scores.values()])
    told = method.transform(
        without_prior(arrays, np.zeros(arrays.shape[1]) if prior is None else prior)
    )
    return dict(zip(scores, told, strict=True))


def _pooled(
    voices: Sequence[_Voice], beliefs: Sequence[LabelBelief], pool: OpinionPool
) -> tuple[Floats, Floats]:
    """Mix what the methods say of one item.

    Returns:
        Probabilities with priors left in, shape (labels,), and natural-log probabilities with
        priors taken out, shape (1, labels).
    """
    raw, corrected = [], []
    for voice, belief in zip(voices, beliefs, strict=True):
        told = belief.loglikelihoods[None]
        raw.append(voice.method.transform(told))
        corrected.append(voice.method.transform(without_prior(told, voice.prior)))
    return softmax(pool(np.array(raw))[0]), pool(np.array(corrected))


def _own(values: Sequence[str], probabilities: Floats) -> OwnAnswer:
    best = int(probabilities.argmax())
    return OwnAnswer(values[best], min(1.0, float(probabilities[best])))
