"""Whose answer is worth more is asked more, within a fair share of the work."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from routing.facts.vote_demands import Reviewer, VoteDemand
from routing.reviewers.assignment import (
    EXPLORED,
    FEW,
    LEAST_OF_MEAN,
    MOST_OF_MEAN,
    Pair,
    plan_assignments,
)
from tests.support.assignment_situations import Situation, situations

CROWD = [Reviewer(worker, 1000) for worker in range(1, 21)]


def smaller_is_better(task: int, workers: Sequence[int]) -> list[float]:  # noqa: ARG001
    return [1 / worker for worker in workers]


def loads(reviewers: list[Reviewer], tasks: int, votes: int = 1, seed: int = 0) -> Counter[int]:
    demands = [VoteDemand(task, votes, 0.0) for task in range(1, tasks + 1)]
    plan = plan_assignments(demands, reviewers, {}, seed, worth=smaller_is_better)
    return Counter(worker for _, worker in plan.new)


@given(situations(), st.integers(0, 5))
def test_worth_and_opinions_decide_who_is_asked_and_not_how_many(
    situation: Situation, seed: int
) -> None:
    demands, reviewers, asked, late = situation
    plans = [
        plan_assignments(demands, reviewers, asked, seed, late, worth, is_opinion=is_opinion)
        for worth, is_opinion in [(smaller_is_better, False), (None, True)]
    ]
    for plan in plans:
        after = {**asked, **plan.ended, **dict.fromkeys(plan.new, "open")}
        still_late = [pair for pair in late if pair not in plan.ended]
        second = plan_assignments(demands, reviewers, after, seed, still_late)

        assert (second.new, second.ended) == ([], {})


def test_whose_answer_is_worth_more_is_asked_more() -> None:
    load = loads(CROWD, tasks=200)

    assert sum(load[worker] for worker in range(1, 11)) > 2 * sum(
        load[worker] for worker in range(11, 21)
    )


def test_nobody_gets_an_unfair_share_of_the_work() -> None:
    load, mean = loads(CROWD, tasks=1000), 1000 / 20

    assert max(load.values()) <= MOST_OF_MEAN * mean + 1
    assert min(load[one.worker] for one in CROWD) >= LEAST_OF_MEAN * mean - 1


def test_few_tasks_are_nobodys_unfair_share() -> None:
    assert loads(CROWD[:3], tasks=FEW, seed=3).most_common(1)[0][0] == 1


def test_who_is_worth_little_is_asked_a_share_by_lot() -> None:
    """Small rounds that are answered at once, where no tab is ever full: only lots reach all."""
    asked: dict[Pair, str] = {}
    for task in range(1, 1001):
        demand = VoteDemand(task, 1, 0.0)
        plan = plan_assignments([demand], CROWD[:5], asked, 0, worth=smaller_is_better)
        asked |= dict.fromkeys(plan.new, "done")
    load = Counter(worker for _, worker in asked)

    assert all(abs(load[worker] / 1000 - EXPLORED / 5) < 0.015 for worker in range(2, 6))


def test_of_answers_that_are_worth_as_much_the_cheaper_one_is_asked_for() -> None:
    dear, cheap = Reviewer(1, 100, price=3.0), Reviewer(2, 100, price=1.0)
    demands = [VoteDemand(task, 1, 0.0) for task in range(1, 6)]
    plan = plan_assignments(demands, [dear, cheap], {}, 3, worth=lambda _, who: [1.0] * len(who))

    assert {worker for _, worker in plan.new} == {2}
