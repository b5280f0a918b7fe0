"""Agreement between people, against a published example."""

import pandas as pd
import pytest

from aggregation.quality.agreement import krippendorff_alpha, pairwise_agreement, shared_tasks
from labeling.errors import NotEnoughVotes

CODERS = {"A": "*****34121133*3", "B": "1*213343*******", "C": "**21344*21133*4"}
"""Three coders, fifteen units; nominal alpha is 0.691 (Wikipedia, Krippendorff's alpha)."""


def votes_of(rows: list[tuple[int, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


def test_the_published_example() -> None:
    rows = [(t, w, x) for w, row in CODERS.items() for t, x in enumerate(row) if x != "*"]
    assert krippendorff_alpha(votes_of(rows)) == pytest.approx(0.691, abs=5e-4)


def test_perfect_agreement_is_one() -> None:
    votes = votes_of([(t, w, "AB"[t % 2]) for t in range(6) for w in "xyz"])
    assert krippendorff_alpha(votes) == pytest.approx(1.0)
    assert pairwise_agreement(votes) == 1.0


def test_raw_agreement_is_a_share_of_pairs() -> None:
    votes = votes_of([(1, "x", "A"), (1, "y", "A"), (1, "z", "B"), (2, "x", "B"), (3, "x", "A")])
    assert pairwise_agreement(votes) == pytest.approx(1 / 3)
    assert shared_tasks(votes) == 1


@pytest.mark.parametrize("statistic", [krippendorff_alpha, pairwise_agreement])
@pytest.mark.parametrize("rows", [[], [(1, "x", "A"), (2, "y", "B")]], ids=["none", "unshared"])
def test_without_shared_items_it_is_undefined(
    statistic: type, rows: list[tuple[int, str, str]]
) -> None:
    with pytest.raises(NotEnoughVotes, match="two people"):
        statistic(votes_of(rows))


def test_alpha_of_one_single_label_is_undefined() -> None:
    with pytest.raises(NotEnoughVotes, match="not defined"):
        krippendorff_alpha(votes_of([(1, "x", "A"), (1, "y", "A")]))
