"""One answer out of candidates that are known: choices, steps of a scale, places in a tree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import softmax

from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.control_model import LORA, ControlModel
from backend.confidence.methods import ConfidenceMethod, LabelBelief
from backend.confidence.opinion_pool import OpinionPool
from backend.confidence.priors import log_prior, without_prior
from backend.engines import Ability
from backend.engines.model_client import Abilities
from backend.engines.steps import Steps, gather, score
from backend.questions.base import Parts, Question
from backend.questions.item import PromptItem
from backend.questions.solved_items import ShownExamples, with_examples
from labeling.controls import Control
from labeling.errors import EngineError, TandemError, TaskError
from labeling.hashing import digest_of
from labeling.mathtypes import Floats
from labeling.predictions.prediction import OwnAnswer, Part, Provenance


@dataclass(frozen=True, slots=True)
class _Beliefs:
    """What one method believes of items.

    Attributes:
        method: The method.
        prior: Natural-log prior of every label up to a constant, shape (labels,).
        of_items: One per item.
    """

    method: ConfidenceMethod
    prior: Floats
    of_items: Sequence[LabelBelief | TandemError]


@dataclass(frozen=True)
class ChoiceQuestion(Question):
    """A control of which one candidate is the answer.

    Attributes:
        control: The control.
        engine: See `Question`.
        methods: How the model's confidence is found; several are pooled.
        nothing: Items that say nothing, for the contextual prior.
        is_symmetric: Whether no candidate may be treated otherwise than another, whatever was
            learned.
        examples: Solved items that prompts show; None: none but those of the settings.
    """

    control: Control
    engine: str
    methods: tuple[ConfidenceMethod, ...]
    nothing: tuple[PromptItem, ...]
    is_symmetric: bool = False
    examples: ShownExamples | None = None

    @property
    def prompt(self) -> str:
        """See `Question`."""
        return with_examples(self.methods[0].builder.digest, self.examples)

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

    def steps(
        self, items: Sequence[PromptItem], control_model: ControlModel, abilities: Abilities
    ) -> Steps[Parts]:
        """Ask by every method, pool, and calibrate; see `Question`."""
        beliefs = yield from gather(
            [self._ask(method, items, control_model, abilities) for method in self.methods]
        )
        adapted = yield from self._adapted(items, control_model)
        return [
            own
            if isinstance(own, TandemError)
            else self._part(beliefs, at, _with_opinion(self.control, item, own), control_model)
            for at, (item, own) in enumerate(zip(items, adapted, strict=True))
        ]

    def prior(self, control_model: ControlModel) -> str:
        """Name the correction of label priors that is used, of the methods that take one."""
        if not any(method.takes_prior for method in self.methods):
            return "none"
        return "batch" if control_model.priors else "contextual"

    def pool(self, calibration: CalibrationPipeline | None) -> OpinionPool:
        """Return how much each method counts."""
        names = [method.name for method in self.methods]
        return (calibration and calibration.pool) or OpinionPool.even(names)

    def prompts(self, items: Sequence[PromptItem]) -> list[str]:
        """Return what methods are asked about."""
        if self.examples is None:
            return [item.prompt for item in items]
        return [prompt for [prompt] in self.examples.prompts(items, self._solved)]

    def _solved(self, item: PromptItem, answer: str) -> str:
        """Write a solved item; an answer that is no single candidate is not shown."""
        if answer not in self.values:
            return ""
        builder = self.methods[0].builder
        return builder.solved(item.prompt, builder.labels[self.values.index(answer)])

    def _ask(
        self,
        method: ConfidenceMethod,
        items: Sequence[PromptItem],
        control_model: ControlModel,
        abilities: Abilities,
    ) -> Steps[_Beliefs]:
        """Ask by one method, also about nothing where its prior is still to be found by that."""
        learned = control_model.priors.get(method.name)
        nothing = self.nothing if method.takes_prior and not learned else ()
        beliefs = yield from method.steps(self.prompts([*nothing, *items]), abilities)
        if extra := len(nothing):
            neutral = [loglikelihoods_of(belief) for belief in beliefs[:extra]]
            return _Beliefs(method, log_prior(neutral), beliefs[extra:])
        return _Beliefs(method, np.array(learned or np.zeros(len(self.values))), beliefs)

    def _adapted(
        self, items: Sequence[PromptItem], control_model: ControlModel
    ) -> Steps[list[Floats | TandemError | None]]:
        """Ask the language model under its adapter; None for each item where there is none.

        Returns:
            A conversation that ends in probabilities, shape (labels,), or an error, per item.
        """
        adapter = control_model.artefacts.get(LORA)
        if adapter is None:
            return [None] * len(items)
        builder, prior = self.methods[0].builder, np.array(control_model.adapter_prior)
        requests = [builder.request(prompt) for prompt in self.prompts(items)]
        scored = yield from score([replace(one, adapter=adapter) for one in requests])
        return [
            one
            if isinstance(one, TandemError)
            else np.exp(without_prior(one.loglikelihoods[None], prior)[0])
            for one in scored
        ]

    def _part(
        self,
        by_method: Sequence[_Beliefs],
        at: int,
        item: PromptItem,
        control_model: ControlModel,
    ) -> Part | TandemError:
        beliefs = []
        for one in by_method:
            belief = one.of_items[at]
            if isinstance(belief, TandemError):
                return belief
            beliefs.append(belief)
        calibration = control_model.calibration
        raw, log_probabilities = _pooled(by_method, beliefs, self.pool(calibration))
        if not np.all(np.isfinite(np.exp(log_probabilities))):
            return EngineError("The model gave no finite scores for this text")
        embedding = _embedding(item, calibration)
        if isinstance(embedding, TandemError):
            return embedding
        if self.examples and (error := self.examples.error(item)):
            return error
        opinions = item.opinions.get(self.control.from_name, {})
        if calibration and not opinions.keys() >= {*calibration.learners}:
            return _lacking(item)
        learners = {name: one[None] for name, one in opinions.items()}
        [probabilities] = (
            calibration(log_probabilities, embedding, learners)
            if calibration
            else np.exp(log_probabilities)
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
            own=_own(self.values, calibration.of_language_model(log_probabilities)[0])
            if calibration and head
            else None,
        )


def _with_opinion(control: Control, item: PromptItem, adapted: Floats | None) -> PromptItem:
    """Put what the model says under its adapter beside what other learners say of an item."""
    if adapted is None:
        return item
    own = {**item.opinions.get(control.from_name, {}), LORA: adapted}
    return replace(item, opinions={**item.opinions, control.from_name: own})


def loglikelihoods_of(belief: LabelBelief | TandemError) -> Floats:
    """Return the log-likelihoods, or raise the error that stands in their place."""
    if isinstance(belief, TandemError):
        raise belief
    return belief.loglikelihoods


def _embedding(
    item: PromptItem, calibration: CalibrationPipeline | None
) -> Floats | TandemError | None:
    """Return the embedding that the calibration reads, shape (1, dims); None: it reads none."""
    if calibration is None or not calibration.needs_embedding:
        return None
    if item.embedding is None or isinstance(item.embedding, TandemError):
        return _lacking(item)
    return item.embedding.astype(np.float64)[None]


def _lacking(item: PromptItem) -> TandemError:
    """Return why what the calibration reads beside the language model is not there."""
    if isinstance(item.embedding, TandemError):
        return item.embedding
    return TaskError("Its embedding, or what a learner says of it, is not at hand")


def _pooled(
    by_method: Sequence[_Beliefs], beliefs: Sequence[LabelBelief], pool: OpinionPool
) -> tuple[Floats, Floats]:
    """Pool what the methods believe of one item.

    Returns:
        Probabilities with priors left in, shape (labels,), and natural-log probabilities with
        priors taken out, shape (1, labels).
    """
    raw, corrected = [], []
    for one, belief in zip(by_method, beliefs, strict=True):
        loglikelihoods = belief.loglikelihoods[None]
        raw.append(one.method.transform(loglikelihoods))
        corrected.append(one.method.transform(without_prior(loglikelihoods, one.prior)))
    return softmax(pool(np.array(raw))[0]), pool(np.array(corrected))


def _own(values: Sequence[str], probabilities: Floats) -> OwnAnswer:
    best = int(probabilities.argmax())
    return OwnAnswer(values[best], min(1.0, float(probabilities[best])))
