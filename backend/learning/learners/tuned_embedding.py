"""A contrastively tuned embedding: texts are drawn to their label's prototype, away from others.

The idea is that of SetFit (Tunstall et al., "Efficient Few-Shot Learning Without Prompts", 2022): a
sentence embedding is tuned until texts of one label lie together, and a light head does the rest.
SetFit compares pairs of texts, whose number grows with the square of the answers. Here each text is
compared with one learned prototype a label (Movshovitz-Attias et al., "No Fuss Distance Metric
Learning using Proxies", ICCV 2017), so that the work grows with the answers, people's opinions are
targets like any other, and the prototypes are the head. They begin at the mean of their label's
texts, from where low-rank adapters and a handful of epochs suffice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor
from torch.nn import functional

from backend.calibration.noisy_labels import NoisyLabels
from backend.classifiers.tuned_embedding import TunedEmbedding
from backend.classifiers.tuned_encoder import TunedEncoder
from backend.embedding import encoder
from backend.learning.learners.base import Learner, Progress, unheard
from backend.learning.learners.text_classifier import LearnedClassifier
from backend.learning.material import Material
from labeling.errors import SettingsError
from labeling.mathtypes import Floats, Indices
from labeling.settings.settings import Settings

RANK = 8
"""Of the adapters."""

EPOCHS = 4
"""How often each text is read, where that is between `FEWEST_STEPS` and `MOST_STEPS`."""

FEWEST_STEPS, MOST_STEPS = 30, 400
"""Steps of the optimizer."""

BATCH = 32
"""Texts a step."""

PART = 8
"""Texts of a batch that are read at once: of similar length, so that little is padded."""

ADAPTER_RATE, HEAD_RATE = 2e-3, 1e-2
"""Learning rates at their height; they rise over the first tenth and fall to 0."""

SHARPNESS = 10.0
"""Nats, at the start, that a text at its prototype has over one at a right angle to it."""

SMOOTHING = 0.04
"""Share of each target that all labels have alike (label smoothing, Szegedy et al. 2016), without
which few answers make the head surer than it is right."""

SEED = 0


@dataclass(frozen=True, slots=True)
class TunedEmbeddingLearner(Learner):
    """Tunes an embedding model.

    Attributes:
        model: The embedding model, as the settings name it.
        load: Loads its weights, anew at each call.
    """

    name: ClassVar[str] = "tuned-embedding"
    fewest_answers: ClassVar[int] = 20

    model: str
    load: Callable[[], SentenceTransformer]

    def fit(self, material: Material, progress: Progress = unheard) -> LearnedClassifier:
        """Learn; see `Learner.fit`."""
        with torch.random.fork_rng():
            torch.manual_seed(SEED)
            tuned = TunedEncoder(self.load(), RANK)
            start = material.known.embeddings
            if start is None:
                start = tuned.encode(material.known.texts)
            head = _Prototypes(_means(start, material.answers)).to(tuned.device)
            _tune(tuned, head, material, progress)
        directions, bias = head.directions.detach().cpu(), head.bias.detach().cpu()
        classifier = TunedEmbedding(material.values, self.model, tuned, directions, bias)
        return LearnedClassifier(classifier)


def new_tuned_embedding(settings: Settings) -> TunedEmbeddingLearner:
    """Make the learner.

    Raises:
        SettingsError: The settings name no embedding model.
    """
    model = settings.learning.embedding
    if model is None:
        raise SettingsError(
            "There is no embedding model to tune",
            where="learning.embedding",
            hint="Name one, or leave the tuned embedding out of learning.train.",
        )
    return TunedEmbeddingLearner(model, lambda: encoder.load_model(model, settings.model))


class _Prototypes(torch.nn.Module):
    """A softmax over the cosines between a text and each label's prototype."""

    def __init__(self, start: Floats) -> None:
        super().__init__()
        self.prototypes = torch.nn.Parameter(torch.tensor(start, dtype=torch.float32))
        self.log_sharpness = torch.nn.Parameter(torch.tensor(SHARPNESS).log())
        self.bias = torch.nn.Parameter(torch.zeros(len(start)))

    @property
    def directions(self) -> Tensor:
        """From an embedding to nats, shape (labels, dims)."""
        return self.log_sharpness.exp() * functional.normalize(self.prototypes, dim=1)

    def forward(self, embeddings: Tensor) -> Tensor:
        """Return natural-log probabilities, shape (texts, labels)."""
        return functional.log_softmax(embeddings @ self.directions.T + self.bias, dim=1)


def _means(embeddings: Floats, answers: NoisyLabels) -> Floats:
    """Return the mean embedding of each label's texts, and of all where a label has none.

    The mean of all counts as one more text of each label.
    """
    weights = answers.said * answers.trust[:, None]
    sums = weights.T @ embeddings + embeddings.mean(axis=0)
    means: Floats = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return means


def _tune(tuned: TunedEncoder, head: _Prototypes, material: Material, progress: Progress) -> None:
    """Train adapters and prototypes, batch by batch."""
    answers, texts = material.answers, material.known.texts
    lengths = np.array(tuned.lengths(texts))
    steps = int(np.clip(EPOCHS * len(texts) // BATCH, FEWEST_STEPS, MOST_STEPS))
    optimizer = torch.optim.AdamW(
        [
            {"params": [*tuned.adapter.values()], "lr": ADAPTER_RATE},
            {"params": [*head.parameters()], "lr": HEAD_RATE, "weight_decay": 0.0},
        ]
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    targets = _Targets(answers, tuned.device)
    tuned.model.train()
    for step, batch in enumerate(_batches(len(texts), steps)):
        for part in _parts(batch[np.argsort(lengths[batch], kind="stable")]):
            with tuned.fast():
                embeddings = tuned([texts[place] for place in part])
            loss = targets.loss(head(embeddings.float()), part) / len(batch)
            loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        progress((step + 1) / steps)
    tuned.model.eval()


class _Targets:
    """What people said, and the noise that it was seen through."""

    def __init__(self, answers: NoisyLabels, device: torch.device) -> None:
        smoothed = (1 - SMOOTHING) * answers.said + SMOOTHING / answers.labels
        self._said = torch.tensor(smoothed, dtype=torch.float32, device=device)
        by_mistake = answers.by_mistake[:, None]
        self._by_mistake = torch.tensor(by_mistake, dtype=torch.float32, device=device)
        informative = answers.trust[:, None] - by_mistake
        self._informative = torch.tensor(informative, dtype=torch.float32, device=device)

    def loss(self, log_probabilities: Tensor, part: Indices) -> Tensor:
        """Return the cross-entropy of what people said, summed over texts, in nats."""
        by_mistake, informative = self._by_mistake[part], self._informative[part]
        likelihood = torch.logaddexp(by_mistake.log(), log_probabilities + informative.log())
        return -(self._said[part] * likelihood).sum()


def _rate(step: int, steps: int) -> float:
    """Return the learning rate of a step, as a share of its height."""
    return min(1.0, (step + 1) / (0.1 * steps)) * (1 - step / steps)


def _batches(texts: int, steps: int) -> Iterator[Indices]:
    """Read all texts in a random order, then again in another, a batch a step."""
    random = np.random.default_rng(SEED)
    size = min(BATCH, texts)
    order: Indices = np.empty(0, dtype=np.intp)
    for _ in range(steps):
        if len(order) < size:
            order = np.concatenate([order, random.permutation(texts)])
        yield order[:size]
        order = order[size:]


def _parts(batch: Indices) -> Iterator[Indices]:
    for start in range(0, len(batch), PART):
        yield batch[start : start + PART]
