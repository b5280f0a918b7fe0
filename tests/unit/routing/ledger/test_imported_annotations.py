"""The mirrored annotations: whose each is, whether it answers, whether it was asked and blind."""

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.facts.answers import AnswerFacts
from routing.ledger import Ledger
from routing.ledger.converters import Reading
from routing.ledger.records import Assignment
from tests.support.ledger_states import decision
from tests.support.observed_tasks import (
    ADA,
    BEN,
    FORM,
    MODEL,
    NOON,
    READING,
    annotation,
    prediction,
    task,
)

LATER = NOON + timedelta(hours=1)


def test_an_answer_that_does_not_fit_the_label_config_is_no_answer(ledger: Ledger) -> None:
    regions = [{**annotation(1, 1).result[0], "value": {"choices": ["neutral"]}}]
    odd = replace(annotation(1, 1), result=regions)
    ledger.mirror([task(1, [odd])], READING)
    (kept,) = ledger.state().annotations
    assert kept.answer is None
    assert kept.result == regions


def test_a_skip_is_no_answer(ledger: Ledger) -> None:
    ledger.mirror([task(1, [annotation(1, 1, was_cancelled=True)])], READING)
    (kept,) = ledger.state().annotations
    assert (kept.answer, kept.was_cancelled) == (None, True)


def test_the_model_s_own_answers_are_told_from_people_s(ledger: Ledger) -> None:
    # The controller's user, here Ben, stores in the model's name.
    stored = annotation(1, 1, MODEL, updated_by=BEN)
    ledger.mirror([task(1, [stored, annotation(2, 1, ADA)])], READING)
    kinds = {one.id: (one.kind, one.worker) for one in ledger.state().annotations}
    assert kinds == {1: ("model", "Tandem"), 2: ("person", "Ada")}


def test_what_a_person_changed_in_the_model_s_answer_is_that_person_s(ledger: Ledger) -> None:
    edited = annotation(1, 1, MODEL, updated_by=ADA, updated_at=LATER)
    ledger.mirror([task(1, [edited])], READING)
    (kept,) = ledger.state().annotations
    assert (kept.kind, kept.worker_id) == ("person", ADA)


class TestDeletedUsers:
    """Label Studio forgets whose an annotation was, once its user is deleted."""

    def test_an_answer_whose_user_was_never_seen_is_nobodys(self, ledger: Ledger) -> None:
        ledger.mirror([task(1, [annotation(1, 1, None), annotation(2, 1, ADA)])], READING)
        kept = ledger.state().annotations
        assert [one.kind for one in kept] == ["nobody", "person"]
        assert AnswerFacts(kept).votes == {1: ("negative",)}

    @pytest.mark.parametrize(("by", "kind"), [(ADA, "person"), (MODEL, "model")])
    def test_an_answer_that_was_seen_before_stays_whose_it_was(
        self, ledger: Ledger, by: int, kind: str
    ) -> None:
        ledger.mirror([task(1, [annotation(1, 1, by)])], READING)
        without_ada = Reading(FORM, {4: "Tandem"}, 4)
        ledger.mirror([task(1, [annotation(1, 1, None)], updated_at=LATER)], without_ada)
        (kept,) = ledger.state().annotations
        assert (kept.kind, kept.worker_id, kept.worker) == (kind, by, READING.workers[by])

    def test_what_a_person_changed_in_a_deleted_models_answer_is_theirs(
        self, ledger: Ledger
    ) -> None:
        ledger.mirror([task(1, [annotation(1, 1, MODEL)])], READING)
        edited = annotation(1, 1, None, updated_by=ADA, updated_at=LATER)
        ledger.mirror([task(1, [edited], updated_at=LATER)], replace(READING, model_worker=4))
        (kept,) = ledger.state().annotations
        assert (kept.kind, kept.worker_id) == ("person", ADA)

    def test_another_models_user_takes_no_answer_for_a_persons(self, ledger: Ledger) -> None:
        seen = task(1, [annotation(1, 1, MODEL)])
        ledger.mirror([seen], READING)
        ledger.mirror([replace(seen, updated_at=LATER)], replace(READING, model_worker=4))
        (kept,) = ledger.state().annotations
        assert (kept.kind, kept.worker_id) == ("model", MODEL)


def test_an_answer_of_a_person_who_was_never_asked_is_stray(ledger: Ledger) -> None:
    ledger.decide([replace(decision("review"), number=1)])
    ledger.assign([Assignment(1, ADA, "open", NOON)])
    answers = [annotation(1, 1, ADA), annotation(2, 1, BEN), annotation(3, 1, MODEL)]
    ledger.mirror([task(1, answers)], READING)
    assert [one.stray for one in ledger.state().annotations] == [False, True, False]


def test_an_answer_from_before_tandem_is_no_stray(ledger: Ledger) -> None:
    ledger.mirror([task(1, [annotation(1, 1, ADA)])], READING)
    ledger.decide([replace(decision("review"), number=1, decided_at=LATER)])
    (kept,) = ledger.state().annotations
    assert (kept.earlier, kept.stray) == (True, False)


class TestSeenWithoutPrelabel:
    """Answers that are older than every prediction of their task were given blind."""

    def test_before_the_first_prediction_it_was_blind(self, ledger: Ledger) -> None:
        later = replace(prediction(7, 1), created_at=LATER)
        ledger.mirror([task(1, [annotation(1, 1)], [later])], READING)
        assert [one.blind for one in ledger.state().annotations] == [True]

    def test_beside_a_prediction_or_changed_after_it_is_not(self, ledger: Ledger) -> None:
        even_later = LATER + timedelta(hours=1)
        made_before = annotation(1, 1, ADA, updated_at=even_later)
        made_after = annotation(2, 1, BEN, created_at=even_later, updated_at=even_later)
        shown = replace(prediction(7, 1), created_at=LATER)
        ledger.mirror([task(1, [made_before, made_after], [shown])], READING)
        assert [one.blind for one in ledger.state().annotations] == [False, False]

    def test_a_prediction_that_was_deleted_had_been_seen(self, ledger: Ledger) -> None:
        ledger.mirror([task(1, [], [prediction(7, 1)])], READING)
        answered = annotation(1, 1, ADA, created_at=LATER, updated_at=LATER)
        ledger.mirror([task(1, [answered], [], LATER)], READING)
        assert [one.blind for one in ledger.state().annotations] == [False]


def test_a_withdrawn_assignment_was_still_asked(ledger: Ledger) -> None:
    asked = Assignment(1, ADA, "open", NOON)
    ledger.assign([asked])
    ledger.assign([], [replace(asked, state="withdrawn", ended_at=LATER)])
    ledger.mirror([task(1, [annotation(1, 1, ADA)])], READING)
    assert [one.stray for one in ledger.state().annotations] == [False]
