"""Which votes bear on somebody's skill, and in which order."""

from datetime import UTC, datetime, timedelta

from aggregation.quality.control_answers import ControlAnswer
from aggregation.quality.majority import MajorityShares
from aggregation.quality.peer_test import PeerComparison
from aggregation.quality.peer_votes import PlannedVote, observations
from aggregation.quality.skill_test import Comparison

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def vote(task: int, worker: int, label: str, minute: int = 0) -> PlannedVote:
    return PlannedVote(task, worker, label, NOON + timedelta(minutes=minute))


def control(
    worker: int, number: int, answer: str, minute: int = 0, probability: float = 1.0
) -> ControlAnswer:
    at = NOON + timedelta(minutes=minute)
    return ControlAnswer(worker, number, answer, answer == "yes", probability, at)


def test_an_answer_is_held_against_what_more_than_half_of_the_others_say() -> None:
    votes = [vote(1, 1, "no"), vote(1, 2, "yes"), vote(1, 3, "yes")]
    assert observations(1, [], votes, others=2) == [PeerComparison(agrees=False)]
    assert observations(2, [], votes, others=2) == []


def test_tasks_with_too_few_others_are_left_out_and_the_first_count_where_there_are_more() -> None:
    votes = [vote(1, 1, "yes"), vote(1, 2, "yes", 1), vote(1, 3, "no", 2)]
    assert observations(1, [], votes, others=3) == []
    assert observations(1, [], votes, others=1) == [PeerComparison(agrees=True)]


def test_everything_comes_in_the_order_in_which_it_became_known() -> None:
    votes = [vote(1, 1, "no", 1), vote(1, 2, "yes", 9), vote(2, 1, "yes", 2), vote(2, 2, "yes", 3)]
    controls = [control(1, 7, "yes", 5), control(2, 7, "yes", 6), control(3, 7, "no", 7)]
    assert observations(1, controls, votes, others=1) == [
        PeerComparison(agrees=True),
        Comparison(is_right=True),
        MajorityShares(clear=1.0, right=0.5),
        PeerComparison(agrees=False),
    ]


def test_a_control_task_tells_of_majorities_once_two_groups_of_others_answered_it() -> None:
    controls = [control(worker, 7, "yes", worker) for worker in range(2, 7)]
    assert observations(1, controls[:3], [], others=2) == []
    assert observations(1, controls, [], others=2) == [MajorityShares(clear=1.0, right=1.0)]


def test_what_is_known_by_agreement_tells_nothing_of_majorities() -> None:
    mined = [control(worker, 7, "yes", worker, probability=0.99) for worker in range(1, 6)]
    assert observations(1, mined, [], others=2) == [Comparison(is_right=True, reference=0.99)]


def test_where_one_vote_is_planned_known_answers_alone_tell() -> None:
    votes = [vote(1, 1, "yes"), vote(2, 2, "no")]
    assert observations(1, [control(1, 7, "no")], votes, others=0) == [Comparison(is_right=False)]
