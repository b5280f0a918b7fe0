"""Ways to say how suspect labels are, each a number a label, the higher the more suspect."""

import contextlib
import io
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from scipy.stats import entropy

from aggregation.beliefs import Belief
from aggregation.consensus import ProjectConsensus
from aggregation.label_errors.suspicions import suspicions
from aggregation.votes import Answer
from labeling.mathtypes import Floats, Indices

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When all votes were given; the bench knows no order."""


def by_tandem(
    votes: pd.DataFrame, believed: Floats, names: Sequence[str], standing: Indices
) -> Floats:
    """Suspect labels as `tandem check` does: votes by skill, with the belief as their prior.

    Args:
        votes: Rows `item, worker, label`.
        believed: The model's probabilities, out of fold, shape (items, labels).
        names: The labels.
        standing: The label that stands, as an index, shape (items,).

    Returns:
        The probability that each is wrong, shape (items,).
    """
    beliefs = {
        item: Belief(
            names[top], float(row[top]), dict(zip(names, row.tolist(), strict=True)), "b", True
        )
        for item, row in enumerate(believed)
        for top in [int(row.argmax())]
    }
    answers = [
        Answer(item, worker, names[label], "person", NOON)
        for item, worker, label in votes.itertuples(index=False)
    ]
    consensus = ProjectConsensus(answers, beliefs, names)
    found = suspicions(consensus, {item: names[one] for item, one in enumerate(standing)})
    probabilities = {one.task: one.probability for one in found}
    return np.array([probabilities[item] for item in range(len(standing))])


def by_crowdlab(votes: pd.DataFrame, believed: Floats) -> tuple[Indices, Floats]:
    """Suspect majority labels by CROWDLAB (Goh, Tkachenko and Mueller 2022), as cleanlab has it.

    Args:
        votes: Rows `item, worker, label`.
        believed: The model's probabilities, out of fold, shape (items, labels).

    Returns:
        The majority label of each item, ties broken as cleanlab breaks them, and one minus its
        quality score.
    """
    from cleanlab.multiannotator import (  # type: ignore[import-untyped]
        get_label_quality_multiannotator,
    )

    table = votes.pivot(index="item", columns="worker", values="label")
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        found = get_label_quality_multiannotator(
            table.reset_index(drop=True),
            believed,
            consensus_method="majority_vote",
            return_detailed_quality=False,
            return_annotator_stats=False,
            verbose=False,
        )["label_quality"]
    labels = found["consensus_label"].to_numpy(dtype=np.intp)
    scores: Floats = 1 - found["consensus_quality_score"].to_numpy(dtype=np.float64)
    return labels, scores


def by_vote_entropy(votes: pd.DataFrame, labels: int) -> Floats:
    """Suspect items by how far their votes are spread over the labels.

    Args:
        votes: Rows `item, worker, label`.
        labels: How many there are.

    Returns:
        The entropy of each item's votes, in nats, shape (items,).
    """
    return np.asarray(entropy(counts_of(votes, labels), axis=1), dtype=np.float64)


def counts_of(votes: pd.DataFrame, labels: int) -> Floats:
    """Count votes.

    Args:
        votes: Rows `item, worker, label`.
        labels: How many there are.

    Returns:
        Votes of each item for each label, shape (items, labels).
    """
    counts = np.zeros((votes["item"].max() + 1, labels))
    np.add.at(counts, (votes["item"].to_numpy(), votes["label"].to_numpy()), 1)
    return counts
