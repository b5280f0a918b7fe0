"""Matching: who tells most of what the item probably is, is asked first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.beliefs import Belief
from aggregation.consensus import ProjectConsensus
from aggregation.votes import Answer
from labeling.mathtypes import Floats
from routing.reviewers.matching import Matching, information
from tests.support.memory_project import new_memory_loop
from tests.support.memory_studio import answer_tabs

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NAMES = {1: "ann", 2: "bob", 3: "cat-sayer", 4: "cyd"}
TASKS = 60
NEW = 9


def answers() -> list[Answer]:
    """Half of the items are cats: Ann knows cats, Bob knows dogs, Cyd both; one always says cat."""
    rng = np.random.default_rng(3)
    said = []
    for task in range(TASKS):
        right, wrong = ("cat", "dog") if task % 2 else ("dog", "cat")
        knows = {"ann": 0.97 if right == "cat" else 0.6, "bob": 0.97 if right == "dog" else 0.6}
        said += [
            (task, name, right if rng.random() < knows.get(name, 0.97) else wrong)
            for name in ("ann", "bob", "cyd")
        ]
        said.append((task, "cat-sayer", "cat"))
    return [Answer(task, name, label, "person", NOON) for task, name, label in said]


def matching(beliefs: dict[int, Belief] | None = None) -> Matching:
    consensus = ProjectConsensus(answers(), beliefs or {}, ("cat", "dog"))
    return Matching(consensus, NAMES)


def belief(cat: float) -> Belief:
    label = "cat" if cat > 0.5 else "dog"
    shares = {"cat": cat, "dog": 1 - cat}
    return Belief(label, max(shares.values()), shares, calibrated=True)


def test_whoever_is_good_at_all_labels_is_worth_most_where_nothing_is_believed() -> None:
    worth = dict(zip(NAMES, matching().worth(1000, list(NAMES)), strict=True))

    assert max(worth, key=lambda worker: worth[worker]) == 4


def test_whoever_always_gives_the_believed_label_is_worth_least() -> None:
    worth = dict(zip(NAMES, matching({1000: belief(0.9)}).worth(1000, list(NAMES)), strict=True))

    assert min(worth, key=lambda worker: worth[worker]) == 3
    assert worth[3] < worth[4] / 4


def test_who_tells_most_depends_on_what_is_believed_of_the_item() -> None:
    knows_cats, knows_dogs = [[0.97, 0.03], [0.4, 0.6]], [[0.6, 0.4], [0.03, 0.97]]
    people = np.array([knows_cats, knows_dogs])
    of_cat, of_dog = (
        information(np.array([0.9, 0.1]), people),
        information(np.array([0.1, 0.9]), people),
    )

    assert of_cat.argmax() != of_dog.argmax()


def test_who_is_new_is_taken_for_one_of_the_crowd() -> None:
    bad, new, good = matching().worth(1000, [3, NEW, 4])

    assert bad < new < good


def test_nothing_is_learned_of_an_item_that_is_known() -> None:
    assert information(np.array([1.0, 0.0]), np.full((1, 2, 2), 0.5)).tolist() == [0.0]


@st.composite
def priors_and_matrices(draw: st.DrawFn) -> tuple[Floats, Floats]:
    k, rng = draw(st.integers(2, 5)), np.random.default_rng(draw(st.integers(0, 10**6)))
    return rng.dirichlet(np.ones(k)), rng.dirichlet(np.ones(k), size=(3, k))


@given(priors_and_matrices())
def test_an_answer_never_tells_more_than_is_unknown(case: tuple[Floats, Floats]) -> None:
    prior, matrices = case
    unknown = -(prior * np.log(prior)).sum()
    told = information(prior, matrices)

    assert (told >= 0).all()
    assert (told <= unknown + 1e-9).all()
    perfect = information(prior, np.eye(len(prior))[None])
    assert perfect[0] == pytest.approx(unknown)


@pytest.mark.parametrize("is_on", [True, False])
def test_passes_ask_what_answers_are_worth_where_the_settings_say_so(
    is_on: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    worth = Matching.worth

    def noted(self: Matching, task: int, workers: Sequence[int]) -> list[float]:
        asked.append(task)
        return worth(self, task, workers)

    monkeypatch.setattr(Matching, "worth", noted)
    loop = new_memory_loop(tmp_path, 60, "ada@x", "ben@x", "cyd@x", pilot=20, matching=is_on)
    for seed in range(3):
        loop.sync()
        answer_tabs(loop.studio, seed)
    loop.ledger.close()

    assert bool(asked) is is_on
