"""Fusion: the model's belief is a prior, a vote is evidence, and neither can be harmful by form."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.classification.bayesian import SMOOTHING, Fusion
from aggregation.classification.registry import aggregator
from aggregation.classification.worker_models import GUESS
from labeling.errors import NotEnoughVotes

LABELS = ("A", "B", "C")
Vote = tuple[int, str, str]

crowds = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from("wxyz"), st.sampled_from(LABELS)),
    max_size=24,
    unique_by=lambda vote: vote[:2],
)
beliefs = st.dictionaries(
    st.integers(0, 5),
    st.fixed_dictionaries({label: st.floats(0.001, 1) for label in LABELS}),
    min_size=1,
)


def votes_of(rows: list[Vote]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


def test_one_vote_and_no_belief_is_worth_what_a_stranger_is_worth() -> None:
    posterior = Fusion(LABELS).fit_predict_proba(votes_of([(1, "ann", "B")]), {})
    assert posterior.loc[1].to_dict() == pytest.approx({"A": 0.1, "B": GUESS, "C": 0.1}, abs=1e-3)


def test_lone_votes_make_nobody_reliable() -> None:
    votes = votes_of([(task, "ann", LABELS[task % 3]) for task in range(500)])
    assert Fusion(LABELS).fit(votes, {}).skills_["ann"] == pytest.approx(GUESS, abs=1e-3)


def test_without_votes_the_belief_stands() -> None:
    belief = {"A": 0.7, "B": 0.2, "C": 0.1}
    posterior = Fusion(LABELS).fit_predict_proba(votes_of([]), {1: belief})
    assert posterior.loc[1].to_dict() == pytest.approx(belief, abs=SMOOTHING)


def test_bayes_rule_on_one_vote_and_one_belief() -> None:
    fusion = Fusion(("A", "B")).fit(votes_of([(1, "ann", "B")]), {1: {"A": 0.9, "B": 0.1}})
    prior = (1 - SMOOTHING) * np.array([0.9, 0.1]) + SMOOTHING / 2
    odds = prior * np.array([1 - fusion.skills_["ann"], fusion.skills_["ann"]])
    np.testing.assert_allclose(fusion.probas_.loc[1], odds / odds.sum(), atol=1e-5)


def test_agreeing_people_overrule_a_certain_model() -> None:
    votes = votes_of([(1, worker, "B") for worker in "wxyz"])
    assert Fusion(LABELS).fit_predict(votes, {1: {"A": 1.0}})[1] == "B"


def test_a_careless_worker_counts_for_less() -> None:
    rng = np.random.default_rng(5)
    rows = []
    for task in range(150):
        truth = LABELS[task % 3]
        rows += [(task, good, truth) for good in ("ann", "bob")]
        rows.append((task, "careless", str(rng.choice(LABELS))))
    fusion = Fusion(LABELS).fit(votes_of(rows), {})
    assert fusion.skills_["careless"] < 0.5 < 0.9 < fusion.skills_["ann"]


@given(crowds, beliefs)
def test_every_posterior_is_a_distribution(
    rows: list[Vote], believed: dict[int, dict[str, float]]
) -> None:
    fusion = Fusion(LABELS).fit(votes_of(rows), believed)
    np.testing.assert_allclose(fusion.probas_.sum(axis=1), 1.0)
    assert set(fusion.labels_.index) == {task for task, _, _ in rows} | set(believed)
    assert fusion.skills_.between(1 / 3, 0.99).all()


@given(crowds, beliefs)
def test_the_order_of_votes_changes_nothing(
    rows: list[Vote], believed: dict[int, dict[str, float]]
) -> None:
    one = Fusion(LABELS).fit_predict_proba(votes_of(rows), believed)
    other = Fusion(LABELS).fit_predict_proba(votes_of(rows[::-1]), believed)
    np.testing.assert_allclose(one, other, atol=1e-9)


@given(crowds, beliefs)
def test_equal_votes_and_an_uninformative_model_give_the_majority(
    rows: list[Vote], believed: dict[int, dict[str, float]]
) -> None:
    uniform = {task: dict.fromkeys(LABELS, 1.0) for task in believed}
    # Workers so strongly shrunk that they are equal: what is left is counting.
    fused = Fusion(LABELS, strength=1e9).fit_predict(votes_of(rows), uniform)
    for task, votes in votes_of(rows).groupby("task"):
        counts = votes["label"].value_counts()
        assert counts[fused[task]] == counts.max()


@pytest.mark.parametrize("seed", range(4))
def test_with_an_uninformative_model_it_is_no_worse_than_majority_vote(seed: int) -> None:
    votes, truth = _crowd(seed, accuracies=(0.9, 0.75, 0.6, 0.45))
    uniform = {task: dict.fromkeys(LABELS, 1 / 3) for task in truth}
    fused = Fusion(LABELS).fit_predict(votes, uniform)
    majority = aggregator("majority-vote").fit_predict(votes)
    assert _accuracy(fused, truth) >= _accuracy(majority, truth)


@pytest.mark.parametrize("seed", range(4))
def test_a_calibrated_model_makes_single_votes_better_than_either_alone(seed: int) -> None:
    votes, truth = _crowd(seed, accuracies=(0.8,), tasks=600)
    rng = np.random.default_rng(seed)
    answers = {
        task: label if rng.random() < 0.8 else str(rng.choice([x for x in LABELS if x != label]))
        for task, label in truth.items()
    }
    sure = {
        task: rng.choice([0.6, 0.95]) if answers[task] == truth[task] else 0.6 for task in truth
    }
    believed = {
        task: {
            label: sure[task] if label == answers[task] else (1 - sure[task]) / 2
            for label in LABELS
        }
        for task in truth
    }
    fused = Fusion(LABELS).fit_predict(votes, believed)
    people = aggregator("majority-vote").fit_predict(votes)
    assert _accuracy(fused, truth) > max(
        _accuracy(people, truth), _accuracy(pd.Series(answers), truth)
    )


def test_what_cannot_be_fused_is_refused() -> None:
    with pytest.raises(NotEnoughVotes):
        Fusion(LABELS).fit(votes_of([]), {})
    with pytest.raises(ValueError, match="not among the labels"):
        Fusion(LABELS).fit(votes_of([(1, "ann", "Z")]), {})
    with pytest.raises(ValueError, match="not a distribution"):
        Fusion(LABELS).fit(votes_of([]), {1: {"A": -1.0}})


def test_a_form_with_a_single_label_is_certain() -> None:
    assert Fusion(("A",)).fit_predict_proba(votes_of([(1, "ann", "A")]), {}).loc[1, "A"] == 1.0


def _crowd(
    seed: int, accuracies: tuple[float, ...], tasks: int = 200
) -> tuple[pd.DataFrame, dict[int, str]]:
    rng = np.random.default_rng(seed)
    truth = {task: str(rng.choice(LABELS)) for task in range(tasks)}
    rows = [
        (
            task,
            f"w{worker}",
            label if rng.random() < p else str(rng.choice([x for x in LABELS if x != label])),
        )
        for task, label in truth.items()
        for worker, p in enumerate(accuracies)
    ]
    return votes_of(rows), truth


def _accuracy(labels: "pd.Series[str]", truth: dict[int, str]) -> float:
    return sum(labels[task] == label for task, label in truth.items()) / len(truth)
