"""Several learners answer together, unless the best of them beats that, out of fold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.calibration.calibration_pipeline import ALONE
from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.fit_ensemble import choose_ensemble
from labeling.mathtypes import Floats

LABELS = 3


def answers_of(seed: int, size: int = 300) -> NoisyLabels:
    rng = np.random.default_rng(seed)
    answers = rng.integers(LABELS, size=size)
    flat = np.full((size, LABELS), -np.log(LABELS))
    return NoisyLabels(flat, answers, np.ones(size))


def belief(labels: NoisyLabels, evidence: float, seed: int) -> Floats:
    """What somebody believes who sees the truth through noise of their own, in so many nats."""
    rng = np.random.default_rng(seed)
    seen = evidence * np.eye(LABELS)[labels.answers]
    seen += np.sqrt(evidence) * rng.normal(size=seen.shape)
    odds = np.exp(seen)
    found: Floats = odds / odds.sum(axis=1, keepdims=True)
    return found


class TestChoice:
    def test_two_who_see_different_things_answer_together(self) -> None:
        labels = answers_of(0)
        alone, other = belief(labels, 2.0, 1), belief(labels, 2.0, 2)
        choice = choose_ensemble(labels, alone, {"words": other})
        assert choice.ensemble
        assert set(choice.ensemble.weights) == {ALONE, "words"}
        loss = labels.log_loss(choice.out_of_fold).mean()
        assert loss < min(labels.log_loss(alone).mean(), labels.log_loss(other).mean()) - 0.05

    def test_who_brings_nothing_is_not_asked(self) -> None:
        labels = answers_of(0)
        alone = belief(labels, 3.0, 1)
        noise = np.random.default_rng(5).dirichlet(np.ones(LABELS), len(labels))
        choice = choose_ensemble(labels, alone, {"noise": noise})
        assert choice.ensemble is None
        assert np.array_equal(choice.out_of_fold, alone)
        assert choice.report["weights"] == {ALONE: 1.0}

    def test_what_is_there_does_not_hold_back_one_that_is_better_by_far(self) -> None:
        labels = answers_of(1)
        alone, better = belief(labels, 0.1, 1), belief(labels, 6.0, 2)
        choice = choose_ensemble(labels, alone, {"lora": better})
        assert choice.ensemble
        loss = labels.log_loss(choice.out_of_fold).mean()
        assert loss < labels.log_loss(better).mean() + 0.01

    def test_a_copy_of_what_is_there_takes_nobodys_place(self) -> None:
        labels = answers_of(2)
        alone = belief(labels, 2.0, 1)
        assert choose_ensemble(labels, alone, {"copy": alone.copy()}).ensemble is None

    def test_who_was_judged_on_few_answers_takes_nobodys_place(self) -> None:
        labels = answers_of(3)
        better = belief(labels, 6.0, 2)
        better[10:] = np.nan
        choice = choose_ensemble(labels, belief(labels, 0.5, 1), {"lora": better})
        assert choice.ensemble is None
        assert "no learner was judged" in choice.report["why"]

    def test_who_was_judged_on_few_answers_holds_back_nobody_else(self) -> None:
        labels = answers_of(3)
        slow = belief(labels, 6.0, 2)
        slow[10:] = np.nan
        choice = choose_ensemble(
            labels, belief(labels, 0.5, 1), {"words": belief(labels, 5.0, 3), "lora": slow}
        )
        assert choice.ensemble
        assert "words" in choice.ensemble.weights
        assert "lora" not in choice.ensemble.weights

    def test_who_was_never_judged_keeps_nobody_else_from_it(self) -> None:
        labels = answers_of(4)
        failed = np.full((len(labels), LABELS), np.nan)
        learners = {"lora": failed, "words": belief(labels, 5.0, 2)}
        choice = choose_ensemble(labels, belief(labels, 1.0, 1), learners)
        assert choice.ensemble
        assert "lora" not in choice.ensemble.weights
        assert set(choice.report["learners"]) == {ALONE, "words"}

    def test_answers_that_not_all_were_judged_on_keep_the_belief_that_was_there(self) -> None:
        labels = answers_of(5)
        alone, other = belief(labels, 1.0, 1), belief(labels, 5.0, 2)
        other[200:] = np.nan
        choice = choose_ensemble(labels, alone, {"tuned": other})
        assert choice.ensemble
        assert np.array_equal(choice.out_of_fold[200:], alone[200:])
        assert not np.allclose(choice.out_of_fold[:200], alone[:200])


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    evidence=st.lists(st.floats(0.05, 5.0), min_size=1, max_size=3),
)
def test_it_is_never_worse_than_the_best_by_more_than_their_interval(
    seed: int, evidence: list[float]
) -> None:
    labels = answers_of(seed, 200)
    beliefs = [belief(labels, one, seed + place) for place, one in enumerate(evidence)]
    learners = {f"learner {place}": one for place, one in enumerate(beliefs)}
    alone = belief(labels, 1.0, seed + 99)
    choice = choose_ensemble(labels, alone, learners)
    losses = [labels.log_loss(one) for one in (alone, *beliefs)]
    best = min(losses, key=lambda loss: float(loss.mean()))
    worse = labels.log_loss(choice.out_of_fold) - best
    assert worse.mean() <= 1.96 * worse.std(ddof=1) / np.sqrt(len(labels)) + 1e-9


def test_probabilities_out_of_fold_are_made_by_weights_that_did_not_see_the_answer() -> None:
    labels = answers_of(7)
    learners = {"words": belief(labels, 2.0, 2)}
    alone = belief(labels, 2.0, 1)
    first = choose_ensemble(labels, alone, learners)
    assert first.out_of_fold.sum(axis=1) == pytest.approx(1.0)
    assert first.ensemble
