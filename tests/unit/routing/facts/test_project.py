"""Evidence: blind votes are votes too, and told from those given beside the pre-label."""

from dataclasses import replace
from datetime import timedelta

from aggregation.classification.bayesian import GUESS
from labeling.form.equivalence import Equivalence
from routing.facts import project as facts
from routing.ledger.records import DecisionKind, LedgerAnnotation, LedgerState
from tests.support.ledger_states import TASK, answer, decision, prediction, state, task
from tests.support.observed_tasks import ADA, BEN, FORM

AGREEMENT = Equivalence(FORM)
BLIND = replace(answer(11, TASK), blind=True)
SEEN = answer(12, TASK, BEN, "positive")
LATER = timedelta(minutes=5)
KINDS: tuple[DecisionKind, ...] = ("review", "review", "blind", "blind", "audit")


def test_blind_votes_are_votes_too_and_told_apart() -> None:
    known = state([task(TASK)], [BLIND, SEEN])
    assert sorted(facts.votes(known)[TASK]) == ["negative", "positive"]
    assert facts.blind_votes(known) == {TASK: ("negative",)}
    assert facts.blind_consensus(known, AGREEMENT)[TASK].label == "negative"


def test_what_is_asked_blind_is_settled_by_blind_votes_alone() -> None:
    def settled(*answers: LedgerAnnotation, votes: int) -> dict[int, str]:
        known = state([task(TASK)], answers, [decision("audit", votes)])
        labels = facts.settled_by_people(known, AGREEMENT)
        return {number: one.label for number, one in labels.items()}

    assert settled(SEEN, votes=1) == {}
    assert settled(BLIND, SEEN, votes=2) == {}
    assert settled(BLIND, SEEN, votes=1) == {TASK: "negative"}


def test_what_is_reviewed_is_settled_by_all_votes() -> None:
    known = state([task(TASK)], [BLIND], [decision("review")])
    assert facts.settled_by_people(known, AGREEMENT)[TASK].label == "negative"


class TestAgreements:
    def reviewed(self) -> LedgerState:
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
        return state([task(number) for number in kinds], given, decisions, predictions)

    def test_they_are_of_reviews_shown_or_blind_and_of_nothing_else(self) -> None:
        assert facts.agreements(self.reviewed(), AGREEMENT, blind=False) == [True, False]
        assert facts.agreements(self.reviewed(), AGREEMENT, blind=True) == [True]

    def test_only_the_first_answer_to_a_task_counts(self) -> None:
        known = self.reviewed()
        second = answer(9, 1, BEN, "positive", LATER)
        known = replace(known, annotations=[second, *known.annotations])
        assert facts.agreements(known, AGREEMENT, blind=False) == [True, False]

    def test_what_was_shown_is_what_counts(self) -> None:
        known = self.reviewed()
        shown, newer = prediction(11, 1, "positive"), prediction(12, 1, "negative")
        seen = replace(answer(1, 1, ADA, "positive"), parent_prediction=11)
        known = replace(known, annotations=[seen], predictions=[shown, newer])
        assert facts.agreements(known, AGREEMENT, blind=False) == [True]


class TestFinalAnswers:
    def test_an_audit_is_labelled_by_blind_answers_alone(self) -> None:
        known = state([task(TASK)], [BLIND, SEEN], [decision("audit")])
        assert [one.label for one in facts.final_answers(known)] == ["negative"]

    def test_anything_else_by_everybodys(self) -> None:
        known = state([task(TASK)], [BLIND, SEEN], [decision("review")])
        assert len(facts.final_answers(known)) == 2


class TestPosteriors:
    def test_they_are_of_the_label_that_people_give_though_the_model_contradicts(self) -> None:
        known = state([task(TASK)], [SEEN], [decision("review")], [prediction(1, TASK, "negative")])
        alone = facts.posteriors(known, AGREEMENT, with_model=False)[TASK]
        with_model = facts.posteriors(known, AGREEMENT, with_model=True)[TASK]
        assert with_model < alone

    def test_a_model_that_agrees_makes_it_more_probable(self) -> None:
        known = state([task(TASK)], [SEEN], [decision("review")], [prediction(1, TASK, "positive")])
        alone = facts.posteriors(known, AGREEMENT, with_model=False)[TASK]
        assert facts.posteriors(known, AGREEMENT, with_model=True)[TASK] > alone


class TestDoubt:
    def test_nothing_is_made_of_single_votes(self) -> None:
        known = state([task(TASK)], [SEEN], [decision("review")])
        assert facts.doubt(known, AGREEMENT) == 0

    def test_repeated_votes_tell_how_often_people_err(self) -> None:
        tasks = [1, 2, 3]
        votes = [
            answer(10 * one + n, one, by, "positive" if agree else label)
            for one, agree in zip(tasks, (True, True, False), strict=True)
            for n, (by, label) in enumerate(((ADA, "positive"), (BEN, "negative"), (4, "negative")))
        ]
        decisions = [decision("review", 3, one) for one in tasks]
        known = state([task(one) for one in tasks], votes, decisions)
        assert 0 < facts.doubt(known, AGREEMENT) < 0.5


def test_the_crowd_is_as_good_as_its_members_by_what_they_answered() -> None:
    assert facts.skill(state([task(TASK)]), AGREEMENT) == GUESS
    assert 0.5 < facts.skill(state([task(TASK)], [SEEN]), AGREEMENT) < 1


def test_who_skipped_was_asked_too() -> None:
    skipped = answer(13, TASK, ADA, None)
    assert facts.who_was_asked(state([task(TASK)], [SEEN, skipped])) == {TASK: {ADA, BEN}}
