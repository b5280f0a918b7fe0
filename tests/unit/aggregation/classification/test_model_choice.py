"""The worker model is the one whose held-out likelihood is best, and the simpler one in doubt."""

import numpy as np
import pandas as pd
import pytest

from aggregation.classification.bayesian import Fusion
from aggregation.classification.model_fit import WorkerModelName
from tests.support.crowds import confuser, crowd_of, votes_of

ONE_SIDED = {"yes": 0.3, "no": 0.7}


def one_sided(seed: int, votes: int) -> tuple[pd.DataFrame, list[str]]:
    """People who miss many of what is rare, and hardly make anything up."""
    rng = np.random.default_rng(seed)
    truth = [str(one) for one in rng.choice(["yes", "no"], size=1_000, p=list(ONE_SIDED.values()))]
    people = {}
    for number in range(20):
        found, left_out = rng.uniform(0.4, 0.8), rng.uniform(0.92, 0.99)
        people[f"w{number}"] = confuser(
            {"yes": {"yes": found, "no": 1 - found}, "no": {"no": left_out, "yes": 1 - left_out}}
        )
    return crowd_of(truth, people, votes=votes, seed=seed), truth


def chosen(votes: pd.DataFrame, labels: tuple[str, ...]) -> WorkerModelName:
    return Fusion(labels, model=None).fit(votes, {}).model_


def accuracy(votes: pd.DataFrame, truth: list[str], model: WorkerModelName | None) -> float:
    return float((Fusion(("no", "yes"), model=model).fit_predict(votes, {}) == truth).mean())


@pytest.mark.parametrize("votes", [4, 5])
@pytest.mark.parametrize("seed", range(3))
def test_where_errors_are_one_sided_the_choice_sees_it_and_beats_one_coin(
    seed: int, votes: int
) -> None:
    crowd, truth = one_sided(seed, votes)
    assert chosen(crowd, ("no", "yes")).startswith("per-label")
    assert accuracy(crowd, truth, None) > accuracy(crowd, truth, "one-coin")


@pytest.mark.parametrize("seed", range(3))
def test_where_all_errors_are_alike_one_coin_is_enough(seed: int) -> None:
    labels = ("A", "B", "C")
    rng = np.random.default_rng(seed)
    people = {}
    for number in range(12):
        wrong = rng.uniform(0.05, 0.5)
        people[f"w{number}"] = confuser(
            {one: {two: 1 - wrong if one == two else wrong / 2 for two in labels} for one in labels}
        )
    truth = [str(one) for one in rng.choice(list(labels), size=300)]
    assert chosen(crowd_of(truth, people, votes=4, seed=seed), labels) == "one-coin"


def test_where_one_label_is_taken_for_another_matrices_are_chosen() -> None:
    say = confuser(
        {"A": {"A": 0.65, "B": 0.35}, "B": {"B": 0.9, "C": 0.1}, "C": {"C": 0.9, "A": 0.1}}
    )
    truth = [str(one) for one in np.random.default_rng(1).choice(list("ABC"), size=500)]
    crowd = crowd_of(truth, {f"w{n}": say for n in range(8)}, votes=4, seed=1)
    assert chosen(crowd, ("A", "B", "C")).startswith("confusion")


def test_lone_votes_and_few_ones_leave_one_coin() -> None:
    lone = votes_of((task, f"w{task % 3}", "AB"[task % 2]) for task in range(200))
    assert chosen(lone, ("A", "B")) == "one-coin"
    assert chosen(votes_of([(1, "ann", "A"), (1, "bob", "B")]), ("A", "B")) == "one-coin"


def test_the_order_of_votes_changes_neither_choice_nor_outcome() -> None:
    crowd, _ = one_sided(0, 3)
    one = Fusion(("no", "yes"), model=None).fit(crowd, {})
    other = Fusion(("no", "yes"), model=None).fit(crowd.sample(frac=1.0, random_state=1), {})
    assert one.model_ == other.model_
    np.testing.assert_allclose(one.probas_, other.probas_, atol=1e-9)


def test_where_people_are_asked_again_in_doubt_one_coin_is_left() -> None:
    crowd, _ = one_sided(0, 5)
    rare = crowd.groupby("task")["label"].transform("first") == "yes"
    asked_again = crowd[rare | (crowd.groupby("task").cumcount() < 1)]
    assert chosen(asked_again, ("no", "yes")) == "one-coin"
