"""Models of workers: each refines the one before, and few votes leave it at that."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.classification.bayesian import Fusion
from aggregation.classification.model_fit import WorkerModelName
from tests.support.crowds import Vote, confuser, crowd_of, votes_of

LABELS = ("A", "B", "C")
MODELS: tuple[WorkerModelName, ...] = get_args(WorkerModelName)

every = pytest.mark.parametrize("model", MODELS)
crowds = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from("wxyz"), st.sampled_from(LABELS)),
    min_size=1,
    max_size=24,
    unique_by=lambda vote: vote[:2],
)


def truths(shares: dict[str, float], tasks: int, seed: int = 1) -> list[str]:
    rng = np.random.default_rng(seed)
    return [str(label) for label in rng.choice(list(shares), size=tasks, p=list(shares.values()))]


@every
@given(rows=crowds)
def test_a_vote_speaks_for_its_label_whoever_gives_it(
    model: WorkerModelName, rows: list[Vote]
) -> None:
    fusion = Fusion(LABELS, model=model).fit(votes_of(rows), {})
    for matrix in (fusion.crowd_confusion_, *fusion.confusions_.values()):
        said = matrix.to_numpy()
        np.testing.assert_allclose(said.sum(axis=1), 1)
        assert (np.diagonal(said) >= said.max(axis=0) - 1e-12).all()


def test_by_label_it_is_known_what_people_miss_and_what_they_make_up() -> None:
    people = {
        f"w{n}": confuser({"A": {"A": 0.6, "B": 0.4}, "B": {"B": 0.95, "A": 0.05}})
        for n in range(8)
    }
    votes = crowd_of(truths({"A": 0.3, "B": 0.7}, 600), people, votes=4, seed=2)
    crowd = Fusion("AB", model="per-label").fit(votes, {}).crowd_confusion_.to_numpy()
    assert crowd[0, 0] == pytest.approx(0.6, abs=0.06)
    assert crowd[1, 1] == pytest.approx(0.95, abs=0.03)


def test_a_matrix_tells_which_label_another_is_taken_for() -> None:
    say = confuser(
        {"A": {"A": 0.7, "B": 0.3}, "B": {"B": 0.9, "C": 0.1}, "C": {"C": 0.9, "A": 0.1}}
    )
    votes = crowd_of(
        truths(dict.fromkeys(LABELS, 1 / 3), 600), {f"w{n}": say for n in range(6)}, votes=4, seed=3
    )
    crowd = Fusion(LABELS, model="confusion").fit(votes, {}).crowd_confusion_.to_numpy()
    assert crowd[0, 1] > 0.2
    assert crowd[0, 2] < 0.05


@every
def test_whoever_gave_one_vote_is_held_for_what_the_crowd_is(model: WorkerModelName) -> None:
    say = confuser({"A": {"A": 0.6, "B": 0.4}, "B": {"B": 0.95, "A": 0.05}})
    votes = crowd_of(
        truths({"A": 0.3, "B": 0.7}, 600), {f"w{n}": say for n in range(8)}, votes=4, seed=2
    )
    rows = [*votes.itertuples(index=False, name=None), (0, "newcomer", "B")]
    fusion = Fusion("AB", model=model).fit(votes_of(rows), {})
    newcomer = fusion.confusions_["newcomer"].to_numpy()
    np.testing.assert_allclose(newcomer, fusion.crowd_confusion_.to_numpy(), atol=0.06)
