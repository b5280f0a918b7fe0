"""The LoRA learner: an adapter for the very model that answers, trained on people's answers.

After Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (ICLR 2022). What is trained
is what is served: the label's scores behind the engine's own prompts, priors taken out.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from peft import LoraConfig

from backend.calibration.noisy_labels import NoisyLabels
from backend.classifiers.adapter_prior import write_prior
from backend.confidence.priors import log_prior, without_prior
from backend.engines import Request
from backend.learning.learners.base import Learner, Progress, unheard
from backend.learning.learners.lora.examples import EncodedExample, SupervisedExample, encode
from backend.learning.learners.lora.search import configurations, search
from backend.learning.learners.lora.trainee import Trainee, Weights, save_adapter
from backend.learning.learners.lora.training import JUDGED_AT_ONCE, batches
from backend.learning.material import Material, Texts
from labeling.mathtypes import Floats

MOST_RIVALS = 20
"""Labels up to which all of them are scored in training; of more, the right one alone."""


@dataclass(frozen=True, eq=False)
class LoraLearned:
    """A trained adapter.

    Attributes:
        trainee: The model that it was trained on.
        config: Its shape.
        weights: Its weights.
        values: The labels.
        prior: What is to be taken off the labels' scores under it, in nats, shape (labels,); as
            `backend.confidence.priors.without_prior` does.
    """

    trainee: Trainee
    config: LoraConfig
    weights: Weights
    values: tuple[str, ...]
    prior: Floats

    def __call__(self, texts: Texts) -> Floats:
        """Return probabilities that sum to 1, shape (texts, labels).

        A text whose prompt does not fit the model keeps what is known of it.
        """
        with self.trainee.wearing("learned", self.config, self.weights):
            scores = scores_of(self.trainee, "learned", texts.requests)
        known = np.isfinite(scores).all(axis=1, keepdims=True)
        found = np.where(known, without_prior(scores, self.prior), texts.log_probabilities)
        probabilities = np.exp(found)
        normalised: Floats = probabilities / probabilities.sum(axis=1, keepdims=True)
        return normalised

    def save(self, folder: Path) -> None:
        """Write it into a folder that is there and empty: the artefact that requests name."""
        save_adapter(folder, self.config, self.weights, self.trainee.base)
        write_prior(folder, self.values, self.prior.tolist())


class LoraLearner(Learner):
    """Trains adapters on one model.

    Args:
        trainee: The model; what its frozen layers make of a text is kept from fit to fit.
        budget: Seconds after which a fit begins no further epoch.
        clock: Returns the time, in seconds.
    """

    name: ClassVar[str] = "lora"
    fewest_answers: ClassVar[int] = 50

    def __init__(
        self,
        trainee: Trainee,
        budget: float = np.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trainee = trainee
        self._budget = budget
        self._clock = clock

    def fit(self, material: Material, progress: Progress = unheard) -> LoraLearned:
        """Learn; the same material gives the same, unless the time ends first.

        Args:
            material: What is learned from, with the model's requests.
            progress: Is told how far it is.

        Returns:
            The adapter.
        """
        requests = material.known.requests
        prior = self._prior(requests)
        examples = encode(self._trainee.encoder, chosen(requests, material.answers, prior))
        best = search(
            self._trainee,
            examples,
            configurations(examples),
            self._clock,
            self._budget,
            progress,
        )
        return LoraLearned(self._trainee, best.config, best.best, material.values, prior)

    def _prior(self, requests: Sequence[Request]) -> Floats:
        """Return the base model's label priors; none where labels do not compete in training."""
        labels = len(requests[0].continuations)
        if labels > MOST_RIVALS:
            return np.zeros(labels)
        scores = scores_of(self._trainee, None, requests)
        return log_prior(scores[np.isfinite(scores).all(axis=1)])


def chosen(
    requests: Sequence[Request], answers: NoisyLabels, prior: Floats
) -> list[SupervisedExample]:
    """Make examples of requests whose continuations are labels, and of people's answers.

    Args:
        requests: What the model is asked about each text.
        answers: What people answered, in the same order.
        prior: What is taken off the labels' scores, in nats, shape (labels,).

    Returns:
        An example an answer; where there are too many labels, one for each that people said.
    """
    found = []
    rows = zip(requests, answers.said, answers.trust, answers.by_mistake, strict=True)
    for request, said, trust, by_mistake in rows:
        if len(request.continuations) <= MOST_RIVALS:
            shares = tuple(map(float, said))
            found.append(
                SupervisedExample(
                    request.context,
                    request.continuations,
                    shares,
                    float(trust),
                    priors=tuple(map(float, prior)),
                )
            )
            continue
        # What an answer says beyond chance is what it counts.
        found += [
            SupervisedExample(
                request.context,
                (request.continuations[label],),
                (1.0,),
                float((trust - by_mistake) * said[label]),
            )
            for label in np.flatnonzero(said)
        ]
    return found


@torch.no_grad()
def scores_of(trainee: Trainee, adapter: str | None, requests: Sequence[Request]) -> Floats:
    """Score every continuation of requests that have equally many.

    Args:
        trainee: The model.
        adapter: The adapter at work; None: the base alone.
        requests: The requests.

    Returns:
        Natural-log probabilities, shape (requests, continuations); NaN where a prompt does not fit.
    """
    [count] = Counter(len(one.continuations) for one in requests)
    even = (1 / count,) * count
    examples = encode(
        trainee.encoder, [SupervisedExample(r.context, r.continuations, even) for r in requests]
    )
    found = np.full((len(requests), count), np.nan)
    for batch in batches(_by_length(examples), JUDGED_AT_ONCE):
        with trainee.scores(adapter, batch) as scored:
            for one, own in scored:
                found[one.place] = own.double().cpu().numpy()
    return found


def _by_length(examples: Sequence[EncodedExample]) -> list[EncodedExample]:
    return sorted(examples, key=lambda one: len(one.item.tokens))
