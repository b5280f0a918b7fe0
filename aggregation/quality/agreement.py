"""How often people agree with each other; beyond chance, see `aggregation.quality.alpha`."""

import numpy as np
import pandas as pd

from labeling.errors import NotEnoughVotes
from labeling.mathtypes import Integers


def pairwise_agreement(votes: pd.DataFrame) -> float:
    """Return the share of pairs of votes on the same task that name the same label.

    Raises:
        NotEnoughVotes: No task has two votes.
    """
    counts = _counts_of_shared(votes)
    sizes = counts.sum(axis=1)
    agreeing = (counts * (counts - 1)).sum()
    return float(agreeing / (sizes * (sizes - 1)).sum())


def shared_tasks(votes: pd.DataFrame) -> int:
    """Count the tasks that more than one person answered."""
    return int((votes.groupby("task").size() > 1).sum())


def _counts_of_shared(votes: pd.DataFrame) -> Integers:
    if shared_tasks(votes) == 0:
        raise NotEnoughVotes(
            "No item was answered by two people, so agreement is not defined",
            hint="Give some items to more than one reviewer (policy.votes).",
        )
    counts = votes.groupby(["task", "label"]).size().unstack("label", fill_value=0)
    table: Integers = counts.to_numpy(dtype=np.int64)
    shared: Integers = table[table.sum(axis=1) > 1]
    return shared
