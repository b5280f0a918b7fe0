"""Several methods' distributions as one, by a logarithmic opinion pool.

The pool is softmax(Σ wₘ log pₘ) with weights wₘ ≥ 0 (Genest and Zidek, "Combining Probability
Distributions", Statistical Science 1986). Without answers all weights are alike and sum to 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import log_softmax

from labeling.json_values import count, number, record, table
from labeling.mathtypes import Floats

LEAST_LOG = float(np.log(1e-6))
"""What a method thinks less probable than this, in nats, counts as this: none can veto a label."""


@dataclass(frozen=True, slots=True)
class OpinionPool:
    """How much each method counts.

    Attributes:
        weights: By the method's name, each at least 0.
        answers: People's answers that they were fitted on; 0: none.

    Example:
        >>> pool = OpinionPool.even(["label-logprob", "margin"])
        >>> beliefs = np.log([[[0.9, 0.1]], [[0.6, 0.4]]])
        >>> np.exp(pool(beliefs)).round(2).tolist()
        [[0.79, 0.21]]
    """

    weights: Mapping[str, float]
    answers: int = 0

    @classmethod
    def even(cls, methods: Sequence[str]) -> Self:
        """Return a pool in which all methods count alike."""
        return cls({name: 1 / len(methods) for name in methods})

    @property
    def description(self) -> str:
        """Its weights and what stands behind them, for a prediction's provenance."""
        parts = ", ".join(f"{weight:.2f} {name}" for name, weight in self.weights.items())
        return f"mix of {parts}, {self.answers} answers"

    def __call__(self, beliefs: Floats) -> Floats:
        """Pool; one method alone is left as it is.

        Args:
            beliefs: Natural-log probabilities up to a constant, shape (methods, texts, labels), the
                methods in the weights' order.

        Returns:
            Natural-log probabilities, shape (texts, labels).
        """
        if len(beliefs) == 1:
            alone: Floats = beliefs[0]
            return alone
        return pooled(np.array([*self.weights.values()]), bounded(beliefs))

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {"weights": dict(self.weights), "answers": self.answers}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(content, "weights", "answers")
        weights = {name: number(weight) for name, weight in table(found["weights"]).items()}
        return cls(weights, count(found["answers"]))


def bounded(beliefs: Floats) -> Floats:
    """Return natural-log probabilities that sum to 1 but for their bound, `LEAST_LOG`."""
    return np.maximum(log_softmax(beliefs, axis=-1), LEAST_LOG)


def pooled(weights: Floats, bounded_beliefs: Floats) -> Floats:
    """Pool beliefs.

    Args:
        weights: How much each method counts, shape (methods,).
        bounded_beliefs: What `bounded` returns, shape (methods, texts, labels).

    Returns:
        Natural-log probabilities, shape (texts, labels).
    """
    together: Floats = log_softmax(np.tensordot(weights, bounded_beliefs, axes=1), axis=-1)
    return together
