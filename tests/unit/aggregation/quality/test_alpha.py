"""One alpha for all kinds: the published ones where there are any."""

import krippendorff
import numpy as np
import pandas as pd
import pytest

from aggregation.quality import alpha as module
from aggregation.quality.agreement import pairwise_agreement
from aggregation.quality.alpha import alpha, mean_similarity
from labeling.answers.types import AnswerType, canonical_json
from labeling.errors import NotEnoughVotes

CODERS = {"A": "*****34121133*3", "B": "1*213343*******", "C": "**21344*21133*4"}
"""Three coders, fifteen units; alpha is 0.691 nominal, 0.811 interval (Wikipedia)."""


def votes_of(rows: list[tuple[int, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


PUBLISHED = votes_of(
    [(t, w, x) for w, row in CODERS.items() for t, x in enumerate(row) if x != "*"]
)


@pytest.mark.parametrize(
    ("answer_type", "expected"),
    [(AnswerType.CLASS, 0.691), (AnswerType.SCALE, 0.811), (AnswerType.NUMBER, 0.811)],
)
def test_the_published_example(answer_type: AnswerType, expected: float) -> None:
    assert alpha(answer_type, PUBLISHED) == pytest.approx(expected, abs=5e-4)


def test_the_length_of_the_scale_changes_nothing() -> None:
    assert alpha(AnswerType.SCALE, PUBLISHED, steps=9) == pytest.approx(
        alpha(AnswerType.SCALE, PUBLISHED)
    )


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_nominal_and_the_interval_alpha_of_the_reference_program(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(1, 6, size=(4, 30)).astype(float)
    table[rng.random(table.shape) < 0.3] = np.nan
    votes = votes_of(
        [(t, f"w{w}", str(int(x))) for (w, t), x in np.ndenumerate(table) if not np.isnan(x)]
    )
    nominal = krippendorff.alpha(table, level_of_measurement="nominal")
    interval = krippendorff.alpha(table, level_of_measurement="interval")
    assert alpha(AnswerType.CLASS, votes) == pytest.approx(nominal)
    assert alpha(AnswerType.SCALE, votes) == pytest.approx(interval)
    assert alpha(AnswerType.NUMBER, votes) == pytest.approx(interval)
    assert mean_similarity(AnswerType.CLASS, votes) == pytest.approx(pairwise_agreement(votes))


def random_sets(rng: np.random.Generator, agreeing: bool) -> pd.DataFrame:
    rows = []
    for task in range(150):
        said = [canonical_json([x for x in "ABCD" if rng.random() < 0.5]) for _ in range(3)]
        rows += [(task, f"w{w}", said[0] if agreeing else said[w]) for w in range(3)]
    return votes_of(rows)


def test_chance_is_zero_and_agreement_one() -> None:
    rng = np.random.default_rng(0)
    assert alpha(AnswerType.SET, random_sets(rng, agreeing=True)) == pytest.approx(1.0)
    assert alpha(AnswerType.SET, random_sets(rng, agreeing=False)) == pytest.approx(0.0, abs=0.07)


def test_near_misses_count_as_agreement_in_part() -> None:
    near = votes_of(
        [(t, w, f'[[{t * 9},{t * 9 + 5 + i},"A"]]') for t in range(9) for i, w in enumerate("xy")]
    )
    assert alpha(AnswerType.SPANS, near) == pytest.approx(10 / 11, abs=0.02)
    assert alpha(AnswerType.CLASS, near) == pytest.approx(0.0, abs=0.1)


def test_sampled_pairs_estimate_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    votes = random_sets(np.random.default_rng(1), agreeing=False)
    exact = alpha(AnswerType.SET, votes)
    monkeypatch.setattr(module, "MOST_PAIRS", 100)
    assert alpha(AnswerType.SET, votes) == alpha(AnswerType.SET, votes.iloc[::-1])
    assert alpha(AnswerType.SET, votes) == pytest.approx(exact, abs=0.15)


@pytest.mark.parametrize("rows", [[], [(1, "x", "A"), (2, "y", "B")]], ids=["none", "unshared"])
def test_without_shared_items_it_is_undefined(rows: list[tuple[int, str, str]]) -> None:
    with pytest.raises(NotEnoughVotes, match="two people"):
        alpha(AnswerType.CLASS, votes_of(rows))
    with pytest.raises(NotEnoughVotes, match="two people"):
        mean_similarity(AnswerType.CLASS, votes_of(rows))


def test_where_all_say_the_same_it_is_undefined() -> None:
    with pytest.raises(NotEnoughVotes, match="not defined"):
        alpha(AnswerType.NUMBER, votes_of([(1, "x", "3"), (1, "y", "3")]))
