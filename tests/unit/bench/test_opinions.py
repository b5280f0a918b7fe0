"""The benchmark of opinions teaches labels, or shares of people, and judges by all other votes."""

import numpy as np

from bench.opinions import OpinionCrowd, measure
from tandem.replay.beliefs import Beliefs


def crowd(texts: int = 300) -> OpinionCrowd:
    """A model that is 90% sure of what two people in three say; its texts tell which."""
    rng = np.random.default_rng(0)
    top = rng.integers(0, 2, texts)
    stated = np.where(np.eye(2)[top] > 0, 0.9, 0.1)
    votes = [
        [(f"w{n}", "ab"[one if rng.random() < 2 / 3 else 1 - one]) for n in range(7)] for one in top
    ]
    beliefs = Beliefs("", "m", "", np.log(stated), np.full(texts, -1), None)
    return OpinionCrowd(beliefs, ("a", "b"), votes)


def test_taught_shares_come_true_and_taught_labels_are_too_sure() -> None:
    found = {one.way: one for one in measure(crowd(), 3, 150, 2)}
    shares, labels = found["shares"], found["labels"]
    assert abs(shares.confidence - shares.agreement) < 0.04
    assert labels.confidence - labels.agreement > 0.08
    assert shares.log_loss < labels.log_loss
    assert shares.ece < labels.ece
    assert found["untaught"].confidence > 0.89
    assert found["and belief"].log_loss < found["their votes"].log_loss
    assert {one.votes for one in found.values()} == {3}
