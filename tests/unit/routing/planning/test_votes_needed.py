"""Votes of a task: as the rule asks for them, drawn where skills are unknown, and as counted."""

import numpy as np
import pytest

from labeling.settings.policy_section import PolicySettings
from routing.planning.votes_needed import (
    RULE_TASKS,
    Floats,
    VotesPerTask,
    VotingRule,
    by_rule,
    counted,
    drawn_skills,
)

RULE = VotingRule(PolicySettings(), labels=3, most=5)


def test_whoever_is_held_for_good_enough_is_asked_alone() -> None:
    assert RULE.outcome(0.96, 0.96, 0.96) == pytest.approx((1.0, 0.04))


def test_others_are_asked_after_whoever_is_not() -> None:
    votes, slips = RULE.outcome(0.93, 0.93, 0.93)
    assert 2 < votes < 2.4
    assert slips < 0.02, "two who agree are seldom both wrong"


def test_worse_people_are_asked_more_often() -> None:
    votes = [RULE.outcome(skill, skill, skill)[0] for skill in (0.96, 0.93, 0.9, 0.85)]
    assert votes == sorted(votes)
    assert votes[-1] <= 5


def test_no_more_are_asked_than_there_are() -> None:
    alone = VotingRule(PolicySettings(), labels=2, most=1)
    assert alone.outcome(0.7, 0.7, 0.7) == pytest.approx((1.0, 0.3))
    expert = VotingRule(PolicySettings(), labels=2, most=1, has_expert=True)
    assert expert.outcome(0.7, 0.7, 0.7)[0] == 2


def test_as_many_as_the_settings_say_are_asked_at_first() -> None:
    three = VotingRule(PolicySettings(votes=3), labels=2, most=5)
    assert three.outcome(0.99, 0.99, 0.99)[0] >= 3


def test_votes_that_cost_more_than_errors_are_not_asked_for() -> None:
    cheap = VotingRule(PolicySettings(error_cost=0.0), labels=2, most=5)
    assert cheap.outcome(0.7, 0.7, 0.7)[0] == 1


def test_the_first_voter_is_anybody() -> None:
    people = np.array([[0.96, 0.90]])
    votes, slips = by_rule(RULE, people, people)
    alone, asked = RULE.outcome(0.96, 0.93, 0.96), RULE.outcome(0.90, 0.93, 0.90)
    assert votes[0] == pytest.approx((alone[0] + asked[0]) / 2)
    assert slips[0] == pytest.approx((alone[1] + asked[1]) / 2)


class TestSkills:
    def drawn(self, answers: int, people: int = 2) -> Floats:
        accuracies = dict.fromkeys(("ada", "ben"), 0.9) if answers else {}
        told = dict.fromkeys(accuracies, answers)
        return drawn_skills(accuracies, told, people, np.random.default_rng(0), 200)

    def test_many_answers_tell_them_well(self) -> None:
        spreads = [self.drawn(many).std() for many in (20, 2000)]
        assert spreads[0] > 3 * spreads[1]
        assert self.drawn(2000).mean() == pytest.approx(0.9, abs=0.01)

    def test_those_who_have_not_answered_are_unknown(self) -> None:
        skills = self.drawn(2000, people=3)
        assert skills.shape == (200, 3)
        assert skills[:, 2].std() > 3 * skills[:, 0].std()
        assert self.drawn(0, people=0).shape == (200, 1), "somebody will answer"


def test_counted_votes_outweigh_the_rule_in_time() -> None:
    ruled = np.array([1.0, 2.0])
    assert counted(ruled, []) == pytest.approx(ruled)
    assert counted(ruled, [3] * int(RULE_TASKS)) == pytest.approx([2.0, 2.5])
    assert counted(ruled, [3] * 2000) == pytest.approx([3, 3], abs=0.03)


def test_votes_may_be_taken_for_known() -> None:
    assert VotesPerTask.always(1.5).mean == 1.5
    assert VotesPerTask().slip.sum() == 0
