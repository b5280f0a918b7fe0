"""Sets label by label, paths place by place."""

import numpy as np
import pandas as pd
import pytest

from aggregation.by_type.paths import Paths
from aggregation.by_type.sets import Sets
from aggregation.classification.registry import aggregator
from labeling.answers.types import canonical_json, paths_of, strings_of
from tests.support.crowds import Speak, crowd_of, votes_of

LABELS = list("dcba")
METHOD = "bayesian-one-coin"
LEAVES = [[branch, f"{branch}{leaf}"] for branch in "ABC" for leaf in "123"]


def picker(misses: float, invents: float) -> Speak:
    def say(rng: np.random.Generator, truth: str) -> str:
        true = strings_of(truth)
        return canonical_json(
            [x for x in LABELS if rng.random() < (1 - misses if x in true else invents)]
        )

    return say


def climber(right: float) -> Speak:
    """Make a worker who else mostly names another leaf of the same branch."""

    def say(rng: np.random.Generator, truth: str) -> str:
        [path] = paths_of(truth)
        if rng.random() < right:
            return truth
        stays = rng.random() < 0.8
        others = [x for x in LEAVES if tuple(x) != path and (x[0] == path[0]) == stays]
        return canonical_json([others[int(rng.integers(len(others)))]])

    return say


def test_sets_come_nearer_to_the_truth_than_a_vote_on_whole_sets() -> None:
    rng = np.random.default_rng(0)
    truth = [canonical_json([x for x in LABELS if rng.random() < 0.3]) for _ in range(300)]
    crowd = {f"w{i}": picker(0.1 + 0.06 * i, 0.03 * i) for i in range(6)}
    votes = crowd_of(truth, crowd, votes=3, seed=0)
    fitted = Sets(LABELS, method=METHOD).fit(votes)
    right = (fitted.labels_ == truth).mean()
    assert right > (aggregator(METHOD).fit_predict(votes) == truth).mean() + 0.02
    assert right > (Sets(LABELS, method="majority-vote").fit_predict(votes) == truth).mean()
    assert fitted.confidence_.mean() == pytest.approx(right, abs=0.06)


def test_sets_keep_the_order_of_the_label_config() -> None:
    votes = votes_of([(1, "x", '["a","d","new"]'), (1, "y", '["d","a","new"]')])
    fitted = Sets(LABELS, method=METHOD).fit(votes)
    assert fitted.labels_.to_dict() == {1: '["d","a","new"]'}
    assert list(fitted.marginals_[1]) == [*LABELS, "new"]


def test_a_set_that_nobody_gave_can_be_what_most_say() -> None:
    votes = votes_of([(1, "x", '["a","b"]'), (1, "y", '["b","c"]'), (1, "z", '["c","a"]')])
    fitted = Sets("abc", method="majority-vote").fit(votes)
    assert fitted.labels_.to_dict() == {1: '["a","b","c"]'}


def test_single_paths_stay_single_and_find_the_leaf() -> None:
    rng = np.random.default_rng(1)
    truth = [canonical_json([LEAVES[i]]) for i in rng.integers(len(LEAVES), size=300)]
    crowd = {f"w{i}": climber(0.9 - 0.1 * i) for i in range(6)}
    votes = crowd_of(truth, crowd, votes=3, seed=1)
    fitted = Paths(method=METHOD).fit(votes)
    assert all(len(paths_of(answer)) == 1 for answer in fitted.labels_)
    majority = (aggregator("majority-vote").fit_predict(votes) == truth).mean()
    assert (fitted.labels_ == truth).mean() > majority + 0.02


@pytest.mark.parametrize(
    ("answers", "consensus"),
    [
        (['[["S","f"]]', '[["S","f"]]', '[["A"]]'], '[["S","f"]]'),
        (['[["S","f"]]', '[["S","t"]]', '[["A","x"]]'], '[["S","f"]]'),
        (['[["A","x"]]', '[["S","t"]]', '[["S","f"]]'], '[["S","f"]]'),
        (['[["S"]]', '[["S"]]', '[["S","f"]]'], '[["S"]]'),
        (['[["S","f"]]', '[["S","f"]]', '[["S"]]'], '[["S","f"]]'),
        (['[["S"],["A","x"]]', '[["S"],["A","x"]]', '[["A","x"]]'], '[["S"],["A","x"]]'),
        (['[["A","x"],["S","f"]]', '[["S","t"]]', '[["A","x"]]'], '[["S","f"],["A","x"]]'),
        (["[]", '[["S"]]', '[["A","x"]]'], "[]"),
    ],
)
def test_from_the_root_down(answers: list[str], consensus: str) -> None:
    votes = votes_of((1, worker, a) for worker, a in zip("xyz", answers, strict=True))
    fitted = Paths(["S", "f", "t", "A", "x"], method="majority-vote").fit(votes)
    assert fitted.labels_.to_dict() == {1: consensus}


def test_no_place_is_more_probable_than_the_one_above() -> None:
    rows = [
        (t, w, canonical_json([LEAVES[(t * i) % 9]]))
        for t in range(20)
        for i, w in enumerate("xyz")
    ]
    fitted = Paths(method="dawid-skene").fit(votes_of(rows))
    for marginals in fitted.marginals_.values():
        for place, probability in marginals.items():
            assert probability <= marginals.get(place[:-1], 1.0)


def test_frames_of_nothing_but_empty_answers() -> None:
    empty = votes_of([(1, "x", "[]"), (1, "y", "[]"), (2, "x", "[]")])
    for aggregated in (Sets(method=METHOD), Paths(method=METHOD)):
        fitted = aggregated.fit(empty)
        assert fitted.labels_.tolist() == ["[]", "[]"]
        pd.testing.assert_series_equal(
            fitted.confidence_, pd.Series(1.0, index=fitted.confidence_.index, name="confidence")
        )
