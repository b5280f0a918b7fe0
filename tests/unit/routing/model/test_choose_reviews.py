"""Which of the planned reviews come first: by the strategy of the settings."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest

from labeling.errors import BackendUnreachable, SettingsError
from routing.decisions.decide import propose_decisions
from routing.decisions.round_status import RoundStatus
from routing.facts.project import ProjectFacts
from routing.model.choose_reviews import chooser
from routing.model.client import Vector
from routing.planning.review_rounds import Choose
from tests.support.snapshots import facts_of, piloted

TASKS = 400
OF_PLAN = "predicted-error"


class Vectors:
    """A backend that has a vector of each text, of none, or is away."""

    def __init__(self, *, without: Sequence[str] = (), is_able: bool = True) -> None:
        self.asked: list[str] = []
        self._without = {*without}
        self._is_able = is_able

    def embed(self, texts: Sequence[str]) -> list[Vector | None] | None:
        self.asked += texts
        if not self._is_able:
            return None
        return [None if text in self._without else vector_of(text) for text in texts]


class Away(Vectors):
    def embed(self, _texts: Sequence[str]) -> list[Vector | None] | None:
        raise BackendUnreachable("The ML backend does not answer")


def vector_of(text: str) -> Vector:
    """Return a vector of length 1; every fourth text has the same one."""
    number = int(text.split()[1])
    drawn = np.random.default_rng(0 if number % 4 == 0 else number).normal(size=16)
    vector: Vector = (drawn / np.linalg.norm(drawn)).astype(np.float32)
    return vector


def facts(selection: str, **policy: object) -> ProjectFacts:
    """A project behind its pilot, in which chance draws nothing."""
    own = {"max_votes": 1, "blind_share": 0.0, "random_share": 0.0, "selection": selection}
    return facts_of(piloted(TASKS), policy={**own, **policy})


def choose_by(selection: str, backend: Vectors) -> Choose:
    return chooser(facts(selection), cast(Any, backend))


def reviewed(selection: str, backend: Vectors) -> list[int]:
    known = facts(selection)
    proposed = propose_decisions(RoundStatus(known), chooser(known, cast(Any, backend)))
    return [one.task for one in proposed if one.kind == "review"]


def planned() -> list[int]:
    """Return the tasks that the plan wants reviewed, whatever the strategy, and ones more."""
    everything: list[int] = []

    def note(tasks: Sequence[int], size: int) -> Sequence[int]:
        everything.extend(tasks)
        return tasks[:size]

    RoundStatus(facts(OF_PLAN)).next_round_by(note)
    return everything


@pytest.mark.parametrize("selection", ["auto", "margin", "core-set", "badge", "typiclust", "cal"])
def test_a_strategy_chooses_as_many_of_what_the_plan_wants_reviewed(selection: str) -> None:
    of_plan, chosen = (reviewed(name, Vectors()) for name in (OF_PLAN, selection))
    assert len(chosen) == len(of_plan)
    assert {*chosen} <= {*planned()}


def test_it_chooses_otherwise_than_the_plan_and_always_the_same() -> None:
    assert reviewed("core-set", Vectors()) != reviewed(OF_PLAN, Vectors())
    assert reviewed("core-set", Vectors()) == reviewed("core-set", Vectors())


def test_near_duplicates_are_not_reviewed_together() -> None:
    offered = list(range(1, 60))
    assert sum(task % 4 == 0 for task in choose_by("margin", Vectors())(offered, 20)) <= 1
    assert sum(task % 4 == 0 for task in choose_by(OF_PLAN, Vectors())(offered, 20)) == 5


def test_the_plans_own_order_asks_the_backend_nothing() -> None:
    backend = Vectors()
    assert choose_by(OF_PLAN, backend)([7, 3, 5], 2) == [7, 3]
    assert not backend.asked


def test_where_all_is_wanted_there_is_nothing_to_choose() -> None:
    backend = Vectors()
    assert [*choose_by("badge", backend)([7, 3, 5], 3)] == [7, 3, 5]
    assert not backend.asked


def test_the_log_says_who_chose_how_many(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        choose_by("margin", Vectors())([*range(1, 60)], 20)
    assert [one.message for one in caplog.records] == ["margin chose 20 of 59 planned reviews"]


def test_auto_without_embeddings_keeps_to_the_plan() -> None:
    assert reviewed("auto", Vectors(is_able=False)) == reviewed(OF_PLAN, Vectors())


def test_a_strategy_that_needs_embeddings_says_so_where_there_are_none() -> None:
    with pytest.raises(SettingsError, match=r"badge .* \(policy\.selection\)"):
        reviewed("badge", Vectors(is_able=False))


def test_a_strategy_of_doubts_needs_no_embeddings() -> None:
    assert len(reviewed("margin", Vectors(is_able=False))) == len(reviewed("margin", Vectors()))


@pytest.mark.parametrize("selection", ["auto", "badge"])
def test_a_backend_that_is_away_leaves_the_plans_own_order(selection: str) -> None:
    assert reviewed(selection, Away()) == reviewed(OF_PLAN, Vectors())


def test_what_could_not_be_encoded_is_reviewed_where_nothing_else_is_left() -> None:
    offered = [*range(1, 11)]
    backend = Vectors(without=[f"Text {task}" for task in range(1, 6)])
    assert {*choose_by("core-set", backend)(offered, 5)} == {6, 7, 8, 9, 10}
    chosen = [*choose_by("core-set", backend)(offered, 7)]
    assert {*chosen[:5]} == {6, 7, 8, 9, 10}
    assert chosen[5:] == [1, 2]
