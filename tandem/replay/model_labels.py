"""The labels that a model gave before: what it says of each task, and how sure it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from labeling.mathtypes import Floats

LEAST_DOUBT = 0.01
"""A stated confidence is kept so far from certainty, and above chance."""


@dataclass(frozen=True, slots=True)
class ModelLabels:
    """One model's labels.

    Attributes:
        model: Its name.
        source: Where its confidence comes from.
        labels: Its label of each task, by task.
        confidences: How sure it is of each, in the same order.
    """

    model: str
    source: str
    labels: "pd.Series[str]"
    confidences: Floats

    def log_probabilities(self, names: Sequence[str]) -> Floats:
        """Spread what the confidence leaves of 1 evenly over the other labels.

        Args:
            names: Every label, two at least.

        Returns:
            Natural-log probabilities, shape (tasks, labels).
        """
        count = len(names)
        inside = np.clip(self.confidences, 1 / count + LEAST_DOUBT, 1 - LEAST_DOUBT)
        believed = np.repeat(((1 - inside) / (count - 1))[:, None], count, axis=1)
        answers = pd.Index(names).get_indexer(pd.Index(self.labels))
        believed[np.arange(len(answers)), answers] = inside
        logs: Floats = np.log(believed)
        return logs


def read_model_labels(file: Path, among: Collection[str]) -> ModelLabels:
    """Read a model's labels: its stated confidence, or else how far the other models agree.

    Of several models, it is the one that the others agree with most. Its confidence, where it
    stated none, is the share of the others that say the same, with one made-up vote for and one
    against.

    Args:
        file: `task, model, label`, and where the model stated one, `confidence`.
        among: The tasks that count.

    Returns:
        The labels, in the order of the file.
    """
    table = pd.read_csv(file, dtype={"task": "str", "model": "str", "label": "str"})
    votes = table[table["task"].isin([*among])].dropna(subset=["label"])
    same = votes.groupby(["task", "label"])["model"].transform("size") - 1
    others = votes.groupby("task")["model"].transform("size") - 1
    votes = votes.assign(agreement=(same + 1) / (others + 2))
    model = votes.groupby("model")["agreement"].mean().idxmax()
    own = votes[votes["model"] == model].drop_duplicates("task").set_index("task")
    is_stated = "confidence" in own and bool(own["confidence"].notna().all())
    return ModelLabels(
        str(model),
        "its stated confidence" if is_stated else "agreement of other models",
        own["label"],
        own["confidence" if is_stated else "agreement"].to_numpy(dtype=np.float64),
    )
