"""How far people agree with each other, before anything is aggregated."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from labeling.errors import NotEnoughVotes


def krippendorff_alpha(votes: pd.DataFrame) -> float:
    """Give Krippendorff's nominal alpha of votes `task, worker, label`.

    1 is perfect agreement, 0 is what chance alone gives, below 0 is worse than chance.

    Raises:
        NotEnoughVotes: No task has two votes, or only one label was ever given to those that
            have, where alpha is not defined.
    """
    import krippendorff

    counts = _counts_of_shared(votes)
    if (counts.sum(axis=0) > 0).sum() < 2:
        raise NotEnoughVotes(
            "Krippendorff's alpha is not defined where all votes name one label",
            hint="Have several people answer more items.",
        )
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def pairwise_agreement(votes: pd.DataFrame) -> float:
    """Give the share of pairs of votes on the same task that name the same label.

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


def _counts_of_shared(votes: pd.DataFrame) -> npt.NDArray[np.int64]:
    if shared_tasks(votes) == 0:
        raise NotEnoughVotes(
            "No item was answered by two people, so agreement is not defined",
            hint="Give some items to more than one reviewer (policy.votes).",
        )
    counts = votes.groupby(["task", "label"]).size().unstack("label", fill_value=0)
    table: npt.NDArray[np.int64] = counts.to_numpy(dtype=np.int64)
    shared: npt.NDArray[np.int64] = table[table.sum(axis=1) > 1]
    return shared
