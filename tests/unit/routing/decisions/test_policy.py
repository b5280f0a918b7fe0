"""The policy: who is asked, how often and why, by rules that read nothing but what is known."""

from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.settings.policy_section import PolicySettings
from routing.decisions.policy import (
    CrowdQuality,
    TaskEvidence,
    accept,
    ask,
    ask_again,
    dispute,
    doubt,
    is_in_doubt,
    number_after,
    review,
    unique_id,
)
from routing.ledger.records import GIVEN_TO_PEOPLE, Decision, DecisionKind
from tests.support.ledger_states import decision

POLICY = PolicySettings()
CROWD = CrowdQuality(skill=0.8, most=3)


def candidate(
    kind: DecisionKind = "review",
    asked: int = 1,
    votes: int = 1,
    posterior: float | None = 0.6,
    has_expert: bool = False,
    **known: Any,
) -> TaskEvidence:
    return TaskEvidence(1, 0.5, votes, posterior, decision(kind, votes=asked), has_expert, **known)


class TestRuling:
    def test_that_leaves_a_task_to_the_model_asks_nobody(self) -> None:
        proposal = accept(TaskEvidence(4, 0.9), "certified")
        assert (proposal.task, proposal.kind, proposal.votes) == (4, "accept", 0)
        assert (proposal.reason, proposal.confidence) == ("certified", 0.9)

    @pytest.mark.parametrize("kind", GIVEN_TO_PEOPLE)
    def test_that_gives_it_to_people_asks_as_many_as_the_settings_say(
        self, kind: DecisionKind
    ) -> None:
        proposal = ask(TaskEvidence(4, None), kind, PolicySettings(votes=2), "why")
        assert (proposal.kind, proposal.votes, proposal.reason) == (kind, 2, "why")


class TestReview:
    @pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
    def test_hides_the_label_of_a_random_share(self, share: float) -> None:
        policy = PolicySettings(blind_share=share)
        kinds = [review(TaskEvidence(n, 0.5), policy, "doubtful").kind for n in range(2000)]
        assert set(kinds) <= {"review", "blind"}
        assert kinds.count("blind") == pytest.approx(2000 * share, abs=80 * (0 < share < 1))

    def test_hides_the_same_ones_at_every_call_whatever_the_model_believes(self) -> None:
        policy = PolicySettings(blind_share=0.5)
        kinds = [
            [review(TaskEvidence(n, confidence), policy, "").kind for n in range(100)]
            for confidence in (0.1, 0.9)
        ]
        assert kinds[0] == kinds[1]


class TestAnotherVote:
    def test_is_asked_while_the_label_is_in_doubt(self) -> None:
        proposal = ask_again(candidate(posterior=0.6), CROWD, POLICY)
        assert proposal is not None
        assert (proposal.kind, proposal.votes) == ("review", 2)
        assert proposal.reason == "1 votes leave the label at 0.60: one more is asked"

    @pytest.mark.parametrize("kind", [one for one in GIVEN_TO_PEOPLE if one != "dispute"])
    def test_is_asked_as_the_first_one_was(self, kind: DecisionKind) -> None:
        proposal = ask_again(candidate(kind), CROWD, POLICY)
        assert proposal is not None
        assert proposal.kind == kind

    @pytest.mark.parametrize(
        ("one", "why"),
        [
            (candidate(posterior=0.99), "they are sure"),
            (candidate(asked=2, votes=1), "one is still asked"),
            (candidate(posterior=None), "nobody gave a label"),
            (candidate("accept", asked=0), "it is the model's"),
            (TaskEvidence(1, 0.5, 1, 0.6, None), "nothing was decided"),
            (candidate(asked=3, votes=3), "the votes are spent and there is no expert"),
            (candidate(asked=4, votes=4, has_expert=True), "an expert gave the last one"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_is_not_asked_where(self, one: TaskEvidence, why: str) -> None:
        assert why
        assert ask_again(one, CROWD, POLICY) is None
        assert not is_in_doubt(one, CROWD, POLICY)

    def test_is_an_expert_s_once_the_crowd_s_are_spent(self) -> None:
        proposal = ask_again(candidate(asked=3, votes=3, has_expert=True), CROWD, POLICY)
        assert proposal is not None
        assert proposal.votes == 4
        assert "an expert is asked" in proposal.reason

    def test_is_not_asked_where_it_is_not_worth_its_price(self) -> None:
        cheap = PolicySettings(error_cost=0.0)
        assert ask_again(candidate(), CROWD, cheap) is None

    def test_is_not_asked_of_people_who_guess(self) -> None:
        assert ask_again(candidate(), CrowdQuality(skill=0.5, most=3), POLICY) is None

    @given(st.integers(1, 6), st.floats(0.05, 1), st.booleans(), st.integers(1, 6))
    def test_is_never_beyond_the_crowd_s_and_one_expert_s(
        self, votes: int, posterior: float, has_expert: bool, most: int
    ) -> None:
        one = candidate(asked=votes, votes=votes, posterior=posterior, has_expert=has_expert)
        proposal = ask_again(one, CrowdQuality(0.8, most), POLICY)
        assert proposal is None or proposal.votes == votes + 1 <= most + has_expert


class TestDoubt:
    """A certified label that nobody answered."""

    def test_is_asked_about_blind_where_it_is_little_better_than_a_guess(self) -> None:
        proposal = doubt(TaskEvidence(4, 0.6), 0.4, CROWD, PolicySettings(votes=2))
        assert proposal is not None
        assert (proposal.kind, proposal.votes) == ("dispute", 2)
        assert proposal.reason == "the model's label is wrong with probability 0.40"

    def test_stays_the_model_s_where_it_is_twice_as_probably_right(self) -> None:
        assert doubt(TaskEvidence(4, 0.66), 0.33, CROWD, POLICY) is None

    def test_stays_the_model_s_where_no_vote_is_worth_its_price(self) -> None:
        assert doubt(TaskEvidence(4, 0.3), 0.7, CROWD, PolicySettings(error_cost=0.5)) is None


class TestDispute:
    SURE: ClassVar[dict[str, Any]] = {"posterior": 0.99}

    @pytest.mark.parametrize("kind", GIVEN_TO_PEOPLE)
    def test_is_asked_blind_where_the_model_leaves_in_doubt_what_people_are_sure_of(
        self, kind: DecisionKind
    ) -> None:
        proposal = dispute(candidate(kind, **self.SURE, final=0.8), CROWD, POLICY)
        assert proposal is not None
        assert (proposal.kind, proposal.votes) == ("dispute", 2)
        assert proposal.reason == "1 votes and the model leave the label at 0.80: one more is asked"

    def test_is_asked_where_the_model_overrules_people_however_sure_it_is(self) -> None:
        one = candidate(**self.SURE, final=0.999, is_contradicted=True)
        proposal = dispute(one, CROWD, POLICY)
        assert proposal is not None
        assert proposal.reason == "1 votes and the model contradict each other: one more is asked"

    @pytest.mark.parametrize(
        ("one", "why"),
        [
            (candidate(**SURE, final=0.96), "the final label is at the wanted level"),
            (candidate(**SURE, final=None), "it is being checked"),
            (candidate(posterior=0.6, final=0.6), "people themselves are not done with it"),
            (candidate(asked=2, votes=1, **SURE, final=0.6), "one is still asked"),
            (candidate(asked=3, votes=3, **SURE, final=0.6), "the votes are spent"),
            (TaskEvidence(1, 0.5, 1, 0.99, None, final=0.6), "nothing was decided"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_is_not_asked_where(self, one: TaskEvidence, why: str) -> None:
        assert why
        assert dispute(one, CROWD, POLICY) is None

    def test_is_none_while_a_check_is_answered_by_people_s_own_rule(self) -> None:
        one = candidate("dispute", posterior=0.6, final=None)
        assert dispute(one, CROWD, POLICY) is None
        assert ask_again(one, CROWD, POLICY) is not None

    def test_is_not_asked_where_it_is_not_worth_its_price(self) -> None:
        cheap = PolicySettings(error_cost=0.0)
        one = candidate(**self.SURE, final=0.6, is_contradicted=True)
        assert dispute(one, CROWD, cheap) is None

    def test_is_an_expert_s_once_the_crowd_s_are_spent(self) -> None:
        one = candidate(asked=3, votes=3, has_expert=True, **self.SURE, final=0.6)
        proposal = dispute(one, CROWD, POLICY)
        assert proposal is not None
        assert (proposal.votes, "an expert is asked" in proposal.reason) == (4, True)


class TestNames:
    def test_every_decision_names_its_own_annotation(self) -> None:
        names = {unique_id(p, t, n) for p in range(3) for t in range(3) for n in range(3)}
        assert len(names) == 27

    def test_a_decision_s_name_is_the_same_at_every_call(self) -> None:
        assert unique_id(1, 2, 3) == unique_id(1, 2, 3)

    @pytest.mark.parametrize(("of", "number"), [(1, 4), (2, 1)])
    def test_decisions_of_a_task_are_numbered_on(self, of: int, number: int) -> None:
        known: dict[int, Decision] = {1: decision("review")}
        assert number_after(known, of) == number
