"""Training of one adapter: epochs over shuffled batches, judged on answers that were held out."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from backend.learning.learners.lora.examples import EncodedExample
from backend.learning.learners.lora.loss import loss_of
from backend.learning.learners.lora.trainee import Trainee, Weights

BATCH = 8
"""Examples of one step."""

JUDGED_AT_ONCE = 32
"""Examples of one pass where no gradients are taken."""

_WARM_UP = 0.1
"""The share of all steps over which the learning rate rises."""

_LONGEST_STEP = 1.0
"""The norm that a gradient is cut to."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """How an adapter is trained.

    Attributes:
        rank: Its rank.
        learning_rate: AdamW's, at its highest.
        epochs: How often it sees every example at most; the learning rate falls to 0 by then.
        balanced: Whether rare labels weigh more.
    """

    rank: int
    learning_rate: float
    epochs: int
    balanced: bool = False


class Trial:
    """An adapter while it is trained.

    Args:
        trainee: The model that it is on.
        name: How the adapter is called.
        configuration: How it is trained.
        examples: What it is trained on.
        held: What it is judged on; empty: it is not.
        seed: Of its first weights and the order of the examples.
    """

    def __init__(
        self,
        trainee: Trainee,
        name: str,
        configuration: Configuration,
        examples: Sequence[EncodedExample],
        held: Sequence[EncodedExample],
        seed: int = 0,
    ) -> None:
        self._trainee = trainee
        self.name = name
        self.configuration = configuration
        self._examples = examples
        self._weight = _weights(examples, balanced=configuration.balanced)
        self._held = held
        self._random = np.random.default_rng(seed)
        parameters = trainee.begin(name, configuration.rank, seed)
        self._parameters = parameters
        self._optimizer = torch.optim.AdamW(
            parameters, lr=configuration.learning_rate, weight_decay=0.01
        )
        self.config = trainee.config(name)
        """Its shape, as peft has it."""
        self._steps = configuration.epochs * len(list(self._batches()))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, self._rate)
        self._random = np.random.default_rng(seed)
        self.epochs = 0
        """Epochs so far."""
        self.best_epochs = 0
        """Epochs after which it was best."""
        self.best_loss = math.inf
        """Mean loss on what was held out after those, in nats."""
        self.best: Weights = {}
        """Its weights then."""

    @property
    def is_done(self) -> bool:
        """Whether all epochs are over, or the last one made it worse."""
        return self.epochs >= self.configuration.epochs or self.best_epochs < self.epochs

    def epoch(self) -> None:
        """Train for an epoch, and keep the weights if they are the best so far."""
        for batch in self._batches():
            self._step(batch)
        self.epochs += 1
        loss = self._held_out_loss() if self._held else -float(self.epochs)
        if loss < self.best_loss:
            self.best_loss, self.best_epochs = loss, self.epochs
            self.best = self._trainee.weights(self.name)

    def _step(self, batch: Sequence[EncodedExample]) -> None:
        self._optimizer.zero_grad()
        with self._trainee.scores(self.name, batch) as scored:
            losses = [self._weight[one.place] * loss_of(one.example, own) for one, own in scored]
            torch.autograd.backward(torch.stack(losses).sum() / len(batch))
        torch.nn.utils.clip_grad_norm_(self._parameters, _LONGEST_STEP)
        self._optimizer.step()
        self._schedule.step()

    @torch.no_grad()
    def _held_out_loss(self) -> float:
        losses = []
        for batch in batches(self._held, JUDGED_AT_ONCE):
            with self._trainee.scores(self.name, batch) as scored:
                losses += [float(loss_of(one.example, own)) for one, own in scored]
        return float(np.mean(losses))

    def _batches(self) -> Iterator[list[EncodedExample]]:
        order = self._random.permutation(len(self._examples))
        shuffled = list(batches([self._examples[number] for number in order], BATCH))
        for number in self._random.permutation(len(shuffled)):
            yield shuffled[number]

    def _rate(self, step: int) -> float:
        """Return the share of the highest learning rate: a rise, then half a cosine."""
        rise = max(1, round(_WARM_UP * self._steps))
        if step < rise:
            return (step + 1) / rise
        done = (step - rise) / max(1, self._steps - rise)
        return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def batches(examples: Sequence[EncodedExample], size: int) -> Iterator[list[EncodedExample]]:
    """Cut examples, in their order, into batches that share a prefix.

    Args:
        examples: The examples.
        size: The most of a batch.

    Yields:
        The batches.
    """
    by_prefix: dict[tuple[int, ...], list[EncodedExample]] = {}
    for one in examples:
        batch = by_prefix.setdefault(one.prefix, [])
        batch.append(one)
        if len(batch) == size:
            yield by_prefix.pop(one.prefix)
    yield from by_prefix.values()


def _weights(examples: Sequence[EncodedExample], *, balanced: bool) -> dict[int, float]:
    """Weigh examples, by place, so that they count 1 on the mean.

    Balanced, every label counts alike in all: an example by the inverse share of what it says.
    """
    weights = {one.place: one.example.weight for one in examples}
    if balanced:
        share = np.mean([one.example.said for one in examples], axis=0)
        for one in examples:
            said = np.array(one.example.said)
            weights[one.place] *= float((said / np.maximum(share, 1e-9)).sum())
    mean = float(np.mean(list(weights.values()))) or 1.0
    return {place: weight / mean for place, weight in weights.items()}
