"""Facts of a project: what labels are made of, how sure they are, and what follows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aggregation.classification.worker_models import GUESS
from routing.facts.comparison import agreements
from routing.facts.project import ProjectFacts
from routing.ledger.records import DecisionKind, LedgerAnnotation, RecordedCheck
from tests.support.ledger_states import TASK, answer, decision, prediction, state, task
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.snapshots import facts_of

BLIND = replace(answer(11, TASK), blind=True)
SEEN = answer(12, TASK, BEN, "positive")
LATER = timedelta(minutes=5)
KINDS: tuple[DecisionKind, ...] = ("review", "review", "blind", "blind", "audit")


def known(annotations: Sequence[LedgerAnnotation] = (), **sections: Any) -> ProjectFacts:
    """What is known of one task."""
    return facts_of(state([task(TASK)], annotations, **sections))


class TestVotes:
    def test_blind_ones_are_votes_too_and_told_apart(self) -> None:
        answers = known([BLIND, SEEN]).answers
        assert sorted(answers.votes[TASK]) == ["negative", "positive"]
        assert answers.blind_votes == {TASK: ("negative",)}

    def test_who_skipped_was_asked_too(self) -> None:
        skipped = answer(13, TASK, ADA, None)
        assert known([SEEN, skipped]).answers.asked == {TASK: {ADA, BEN}}


class TestSettled:
    def settled(self, *answers: LedgerAnnotation, votes: int) -> dict[int, str]:
        facts = known(answers, decisions=[decision("audit", votes)])
        return {number: one.label for number, one in facts.settled.items()}

    def test_what_is_asked_blind_is_settled_by_blind_votes_alone(self) -> None:
        assert self.settled(SEEN, votes=1) == {}
        assert self.settled(BLIND, SEEN, votes=2) == {}
        assert self.settled(BLIND, SEEN, votes=1) == {TASK: "negative"}

    def test_what_is_reviewed_is_settled_by_all_votes(self) -> None:
        facts = known([BLIND], decisions=[decision("review")])
        assert facts.settled[TASK].label == "negative"


class TestCountedAnswers:
    def counted(self, kind: DecisionKind, *answers: LedgerAnnotation) -> list[str]:
        facts = known(answers, decisions=[decision(kind)])
        return [one.label for one in facts.consensus.answers]

    def test_what_was_asked_blind_is_labelled_by_blind_answers_alone(self) -> None:
        for kind in ("pilot", "blind", "audit"):
            assert self.counted(kind, BLIND, SEEN) == ["negative"]

    def test_a_lone_answer_beside_the_pre_label_labels_a_pilot_s_task_and_no_audit_s(self) -> None:
        assert self.counted("pilot", SEEN) == ["positive"]
        assert self.counted("audit", SEEN) == []

    def test_anything_else_is_labelled_by_everybody_s(self) -> None:
        assert len(self.counted("review", BLIND, SEEN)) == 2


class TestCertifiedLabels:
    """Two people said no, one yes; the certificate counted the yes."""

    VOTES = tuple(
        replace(answer(number, TASK, by, label), blind=True)
        for number, (by, label) in enumerate(
            ((ADA, "negative"), (BEN, "negative"), (4, "positive")), start=1
        )
    )

    def certified(self, *answers: LedgerAnnotation) -> dict[int, str]:
        check = RecordedCheck(1, 1, TASK, "audit", "answered", "positive", NOON)
        facts = known(answers, decisions=[decision("audit", 3)])
        return dict(facts.with_state(replace(facts.state, checks=[check])).task_labels.counted)

    def test_what_was_counted_stands_whatever_is_answered_later(self) -> None:
        assert self.certified(*self.VOTES) == {TASK: "positive"}
        assert self.certified(*self.VOTES[:2]) == {TASK: "positive"}

    def test_an_answer_that_is_gone_certifies_nothing(self) -> None:
        assert self.certified() == {}


class TestAgreements:
    def reviewed(self) -> ProjectFacts:
        """Two tasks reviewed beside the pre-label, two blind, and an audit; the model says no."""
        kinds: dict[int, DecisionKind] = dict(enumerate(KINDS, start=1))
        given = [
            answer(1, 1),
            answer(2, 2, label="positive"),
            replace(answer(3, 3), blind=True),
            replace(answer(5, 5), blind=True),
        ]
        decisions = [decision(kind, of=number) for number, kind in kinds.items()]
        predictions = [prediction(number, number, "negative") for number in kinds]
        return facts_of(state([task(number) for number in kinds], given, decisions, predictions))

    def test_they_are_of_reviews_shown_or_blind_and_of_nothing_else(self) -> None:
        assert agreements(self.reviewed(), blind=False) == [True, False]
        assert agreements(self.reviewed(), blind=True) == [True]

    def test_only_the_first_answer_to_a_task_counts(self) -> None:
        facts = self.reviewed()
        second = answer(9, 1, BEN, "positive", LATER)
        annotations = [second, *facts.state.annotations]
        facts = facts.with_state(replace(facts.state, annotations=annotations))
        assert agreements(facts, blind=False) == [True, False]

    def test_what_was_shown_is_what_counts(self) -> None:
        facts = self.reviewed()
        shown, newer = prediction(11, 1, "positive"), prediction(12, 1, "negative")
        seen = replace(answer(1, 1, ADA, "positive"), parent_prediction=11)
        predictions = [shown, newer]
        facts = facts.with_state(replace(facts.state, annotations=[seen], predictions=predictions))
        assert agreements(facts, blind=False) == [True]


class TestProbability:
    def probabilities(self, label: str, kind: DecisionKind = "review") -> tuple[float, float]:
        facts = known(
            [replace(SEEN, blind=kind != "review")],
            decisions=[decision(kind)],
            predictions=[prediction(1, TASK, label)],
        )
        found = facts.probability(TASK)
        assert found is not None
        return facts.consensus.probabilities[TASK], found

    def test_a_model_that_contradicts_people_makes_their_label_less_probable(self) -> None:
        alone, with_model = self.probabilities("negative")
        assert with_model < alone

    def test_a_model_that_agrees_makes_it_more_probable(self) -> None:
        alone, with_model = self.probabilities("positive")
        assert with_model > alone

    def test_of_what_is_asked_blind_the_model_says_nothing(self) -> None:
        alone, with_model = self.probabilities("negative", "audit")
        assert with_model == alone

    def test_of_what_was_not_answered_as_it_was_asked_there_is_none(self) -> None:
        assert known([SEEN], decisions=[decision("pilot")]).probability(TASK) is None


class TestHumanError:
    def test_nothing_is_made_of_single_votes(self) -> None:
        assert known([SEEN], decisions=[decision("review")]).human_error == 0

    def test_repeated_votes_tell_how_often_people_err(self) -> None:
        tasks = [1, 2, 3]
        votes = [
            answer(10 * one + n, one, by, "positive" if agree else label)
            for one, agree in zip(tasks, (True, True, False), strict=True)
            for n, (by, label) in enumerate(((ADA, "positive"), (BEN, "negative"), (4, "negative")))
        ]
        decisions = [decision("review", 3, one) for one in tasks]
        facts = facts_of(state([task(one) for one in tasks], votes, decisions))
        assert 0 < facts.human_error < 0.5


def test_the_crowd_is_as_good_as_its_members_by_what_they_answered() -> None:
    assert known().consensus.crowd_accuracy == GUESS
    assert 0.5 < known([SEEN]).consensus.crowd_accuracy < 1
