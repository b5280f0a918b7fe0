"""Pieces survive boundary noise, whole spans do not; and pieces make spans again."""

import numpy as np
import pandas as pd
import pytest

from aggregation.by_type.segments import cuts_of, merged, pieces_of
from aggregation.by_type.spans import Spans
from labeling.answers.similarity import similarity, span_f1
from labeling.answers.types import AnswerType
from tests.support.crowds import crowd_of, marker_of_spans, true_spans, votes_of

ONE_COIN = "bayesian-one-coin"


def simulated(
    seed: int, *, moves: float, votes: int = 3, tasks: int = 60
) -> tuple[pd.DataFrame, list[str]]:
    """Let six annotators, the last three times as careless as the first, mark texts."""
    rng = np.random.default_rng(seed)
    truth = [true_spans(rng) for _ in range(tasks)]
    care = [0.5 + i / 5 for i in range(6)]
    crowd = {
        f"w{i}": marker_of_spans(misses=0.15 * c, moves=moves * c, invents=0.4 * c)
        for i, c in enumerate(care)
    }
    return crowd_of(truth, crowd, votes=votes, seed=seed), truth


def nearness(votes: pd.DataFrame, truth: list[str], approach: str) -> tuple[float, float]:
    """Give mean similarity to the truth, by characters and by exact spans."""
    consensus = Spans(approach, method=ONE_COIN).fit_predict(votes)
    pairs = list(zip(consensus, truth, strict=True))
    by_character = np.mean([similarity(AnswerType.SPANS, one, other) for one, other in pairs])
    return float(by_character), float(np.mean([span_f1(one, other) for one, other in pairs]))


def _alone(votes: pd.DataFrame, truth: list[str]) -> float:
    pairs = zip(votes["label"], votes["task"], strict=True)
    return float(
        np.mean([similarity(AnswerType.SPANS, label, truth[task]) for label, task in pairs])
    )


@pytest.mark.parametrize("votes", [3, 5])
def test_with_boundary_noise_pieces_are_nearer_to_the_truth(votes: int) -> None:
    crowds = [simulated(seed, moves=0.3, votes=votes) for seed in range(3)]
    pieces = np.mean([nearness(*crowd, "pieces") for crowd in crowds], axis=0)
    whole = np.mean([nearness(*crowd, "whole") for crowd in crowds], axis=0)
    alone = np.mean([_alone(*crowd) for crowd in crowds])
    assert pieces[0] > alone + 0.08
    assert pieces[0] > whole[0] + 0.1
    assert pieces[1] > whole[1] + 0.05


def test_without_boundary_noise_both_find_the_spans() -> None:
    crowd = simulated(0, moves=0.0, votes=5)
    assert nearness(*crowd, "pieces")[1] > 0.95
    assert nearness(*crowd, "whole")[1] > 0.95


def test_confidence_is_about_the_share_that_is_right() -> None:
    votes, truth = simulated(1, moves=0.0, votes=5, tasks=150)
    fitted = Spans(method=ONE_COIN).fit(votes)
    right = float((fitted.labels_ == truth).mean())
    assert fitted.confidence_.mean() == pytest.approx(right, abs=0.06)


def test_marginals_name_what_was_kept_and_what_was_not() -> None:
    rows = [(t, w, f'[[{t},{t + 9},"A"]]') for t in range(5) for w in "xyz"]
    rows += [(7, "x", '[[0,5,"A"],[8,9,"B"]]'), (7, "y", '[[0,5,"A"]]'), (7, "z", '[[0,5,"A"]]')]
    for approach in ("pieces", "whole"):
        fitted = Spans(approach, method=ONE_COIN).fit(votes_of(rows))
        assert fitted.labels_[7] == '[[0,5,"A"]]'
        assert set(fitted.marginals_[7]) == {(0, 5, "A"), (8, 9, "B")}
        assert fitted.marginals_[7][0, 5, "A"] > 0.5 > fitted.marginals_[7][8, 9, "B"]


def test_the_middle_border_is_taken() -> None:
    rows = [(1, "x", '[[0,10,"A"]]'), (1, "y", '[[2,12,"A"]]'), (1, "z", '[[1,11,"A"]]')]
    assert Spans(method=ONE_COIN).fit_predict(votes_of(rows)).to_dict() == {1: '[[1,11,"A"]]'}


def test_spans_that_touch_are_parted_by_the_votes() -> None:
    apart, joined = [(0, 5, "A"), (5, 9, "A")], [(0, 9, "A")]
    for answers, count in (([apart, apart, joined], 2), ([apart, joined, joined], 1)):
        assert len(merged(pieces_of(answers, cuts_of(answers)), answers)) == count


def test_of_overlapping_spans_the_more_probable_is_kept() -> None:
    wide, narrow = '[[0,9,"A"]]', '[[0,9,"A"],[3,9,"A"]]'
    rows = [(1, "x", narrow), (1, "y", narrow), (1, "z", wide)]
    fitted = Spans("whole", method="majority-vote").fit(votes_of(rows))
    assert fitted.labels_.to_dict() == {1: wide}
    assert fitted.confidence_[1] == pytest.approx(1.0)
