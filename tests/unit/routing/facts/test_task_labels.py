"""The labels of answered tasks: the most probable, and people's own where a promise holds."""

from dataclasses import replace
from typing import Any

from routing.facts.project import ProjectFacts
from routing.ledger.records import (
    CheckState,
    DecisionKind,
    LedgerState,
    Member,
    Population,
    RecordedCheck,
)
from tests.support.ledger_states import TASK, answer, decision, prediction, state, task
from tests.support.observed_tasks import BEN, NOON
from tests.support.snapshots import facts_of

OVERRULED = {"task": TASK, "people": "negative", "final": "positive"}


def known(kind: DecisionKind = "audit", votes: int = 1, **sections: Any) -> ProjectFacts:
    """Ada says no, blind; the model is almost certain that it is a yes."""
    said = replace(answer(11, TASK), blind=True)
    believed = replace(prediction(1, TASK, "positive"), confidence=0.999)
    return facts_of(state([task(TASK)], [said], [decision(kind, votes)], [believed]), **sections)


def frozen(facts: ProjectFacts, **population: Any) -> ProjectFacts:
    """The same where the task is one of a frozen population."""
    one = Population(1, 1, 0.5, 0.05, 0, 1, "", "m", "why", NOON, **population)
    members = {TASK: Member(TASK, 1, "positive", 0.1)}
    return facts.with_state(replace(facts.state, populations=[one], members=members))


def checked(facts: ProjectFacts, answered: str | None) -> ProjectFacts:
    """The same where its frozen label was checked, or waits for that."""
    became: CheckState = "waiting" if answered is None else "answered"
    check = RecordedCheck(1, 1, TASK, "audit", became, answered, NOON)
    return facts.with_state(replace(facts.state, checks=[check]))


class TestTheLabel:
    def test_is_the_most_probable_one_by_all_that_is_known(self) -> None:
        labels = known().task_labels
        assert (labels.people[TASK], labels.final[TASK]) == ("negative", "positive")
        assert labels.is_contradicted(TASK)

    def test_is_people_s_own_from_the_freeze_on(self) -> None:
        for facts in (frozen(known()), frozen(known(), kept_at=NOON)):
            assert facts.task_labels.final == {TASK: "negative"}
            assert facts.task_labels.is_contradicted(TASK)

    def test_is_the_model_s_where_the_certificate_says_so(self) -> None:
        certified = frozen(known(), kept_at=NOON, overruled=[OVERRULED])
        assert certified.task_labels.final == {TASK: "positive"}
        assert checked(certified, "negative").task_labels.final == {TASK: "positive"}

    def test_is_the_model_s_no_more_once_people_and_model_agree(self) -> None:
        certified = frozen(known("dispute", 2), kept_at=NOON, overruled=[OVERRULED])
        four = [replace(answer(20 + by, TASK, by), blind=True) for by in (BEN, 4, 5, 6)]
        moved = replace(certified.state, annotations=[*certified.state.annotations, *four])
        assert certified.with_state(moved).task_labels.final == {TASK: "negative"}

    def test_is_people_s_where_it_is_known_to_be_right(self) -> None:
        facts = known(policy={"earlier_answers": "controls"})
        earlier = [replace(one, earlier=True) for one in facts.state.annotations]
        labels = facts.with_state(replace(facts.state, annotations=earlier)).task_labels
        assert labels.final == {TASK: "negative"}
        assert not labels.is_contradicted(TASK)
        assert labels.disputable_probability(TASK) is None


class TestADispute:
    def test_makes_people_s_label_of_all_votes_whatever_was_counted_before(self) -> None:
        def labels(kind: DecisionKind) -> dict[int, str]:
            facts = checked(frozen(known(kind, votes=3)), "negative")
            others = [answer(20 + by, TASK, by, "positive") for by in (BEN, 4)]
            everybody = [*facts.state.annotations, *others]
            moved = facts.with_state(replace(facts.state, annotations=everybody))
            return dict(moved.task_labels.people)

        assert labels("audit") == {TASK: "negative"}
        assert labels("dispute") == {TASK: "positive"}

    def test_is_not_of_a_label_that_is_being_checked(self) -> None:
        waiting = checked(frozen(known()), None)
        assert waiting.task_labels.disputable_probability(TASK) is None
        counted = checked(frozen(known()), "negative").task_labels
        assert (counted.disputable_probability(TASK) or 0) > 0.9

    def test_of_a_label_that_is_checked_next_counts_blind_votes_alone_until_it_is(self) -> None:
        facts = checked(frozen(known("dispute", votes=2)), None)
        seen = answer(12, TASK, BEN, "positive")
        both = [*facts.state.annotations, seen]
        facts = facts.with_state(replace(facts.state, annotations=both))
        assert (facts.votes_given(TASK), [one.votes for one in facts.vote_demands]) == (1, [1])
        assert facts.probability(TASK) == facts.consensus.probabilities[TASK]
        assert checked(facts, "negative").votes_given(TASK) == 2

    def test_leaves_the_task_done_until_it_is_answered(self) -> None:
        assert not known("audit", votes=2).is_done(TASK)
        assert known("dispute", votes=2).settled[TASK].label == "negative"
        assert known("dispute", votes=2).votes_owed == {TASK: 1}

    def test_remembers_what_the_task_was_asked_as(self) -> None:
        audited = known().state
        disputed: LedgerState = replace(
            audited, decisions={TASK: decision("dispute")}, undisputed={TASK: "audit"}
        )
        assert (audited.asked_as(TASK), disputed.asked_as(TASK)) == ("audit", "audit")
