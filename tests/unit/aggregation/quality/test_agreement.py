"""Agreement between people, as a share of pairs of votes."""

import pandas as pd
import pytest

from aggregation.quality.agreement import pairwise_agreement, shared_tasks
from labeling.errors import NotEnoughVotes


def votes_of(rows: list[tuple[int, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


def test_it_is_one_where_all_agree() -> None:
    votes = votes_of([(t, w, "AB"[t % 2]) for t in range(6) for w in "xyz"])
    assert pairwise_agreement(votes) == 1.0


def test_raw_agreement_is_a_share_of_pairs() -> None:
    votes = votes_of([(1, "x", "A"), (1, "y", "A"), (1, "z", "B"), (2, "x", "B"), (3, "x", "A")])
    assert pairwise_agreement(votes) == pytest.approx(1 / 3)
    assert shared_tasks(votes) == 1


@pytest.mark.parametrize("rows", [[], [(1, "x", "A"), (2, "y", "B")]], ids=["none", "unshared"])
def test_without_shared_items_it_is_undefined(rows: list[tuple[int, str, str]]) -> None:
    with pytest.raises(NotEnoughVotes, match="two people"):
        pairwise_agreement(votes_of(rows))
