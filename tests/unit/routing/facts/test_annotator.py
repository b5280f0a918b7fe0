"""What the annotator said moves what is predicted of open texts alone, and never what is frozen."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from routing.facts.project import ProjectFacts
from routing.ledger.annotator_label import AnnotatorLabel
from routing.ledger.records import LedgerState, Member
from tests.support.ledger_states import answer, prediction, state, task
from tests.support.observed_tasks import NOON
from tests.support.snapshots import facts_of

KNOWN, OPEN, ANSWERED, REST = range(1, 41), 50, 51, 52
TASKS = [*KNOWN, OPEN, ANSWERED, REST]


def said(task: int, label: str, *, is_drawn: bool = False, model: str = "large") -> AnnotatorLabel:
    return AnnotatorLabel(task, model, label, is_drawn, 0.1, 0.0 if is_drawn else 0.5, NOON)


def facts(*labels: AnnotatorLabel, members: Sequence[Member] = ()) -> ProjectFacts:
    """What is known of a model that says `positive` of all, with .8.

    People say so of the odd ones, and the annotator says what they do of those that were drawn.
    """
    answers = [
        answer(number, number, label="positive" if number % 2 else "negative") for number in KNOWN
    ]
    answers.append(answer(90, ANSWERED, label="positive"))
    drawn = [said(one, "positive" if one % 2 else "negative", is_drawn=True) for one in KNOWN]
    known: LedgerState = state(
        [task(one) for one in TASKS],
        answers,
        predictions=[prediction(one, one, "positive") for one in TASKS],
    )
    return facts_of(
        replace(
            known,
            annotator_labels={one.task: one for one in [*drawn, *labels]},
            members={one.task: one for one in members},
        )
    )


def test_an_open_text_is_believed_to_be_what_a_good_annotator_says() -> None:
    moved = facts(said(OPEN, "negative")).predictions.latest[OPEN]
    assert moved.answer == "negative"
    assert 0.8 < (moved.confidence or 0) < 1
    assert sum(moved.distribution.values()) == pytest.approx(1)


def test_where_it_agrees_the_model_is_surer() -> None:
    moved = facts(said(OPEN, "positive")).predictions.latest[OPEN]
    assert moved.answer == "positive"
    assert (moved.confidence or 0) > 0.9


def test_what_people_answered_is_left_to_them() -> None:
    known = facts(said(ANSWERED, "negative"))
    assert known.predictions.latest[ANSWERED] is known.annotator.model.latest[ANSWERED]


def test_what_was_drawn_speaks_of_its_skill_alone() -> None:
    known = facts()
    assert known.predictions is known.annotator.model
    assert known.annotator.skill("large").texts.sum() == len(KNOWN)
    assert (known.annotator.skill("large").accuracies > 0.9).all()


def test_the_others_stay_as_they_are() -> None:
    known = facts(said(OPEN, "negative"))
    assert known.predictions.latest[REST] is known.annotator.model.latest[REST]


def test_a_frozen_text_stays_as_it_was_frozen() -> None:
    member = Member(OPEN, 1, "positive", 0.03)
    moved = facts(said(OPEN, "negative"), members=[member]).predictions.latest[OPEN]
    assert moved.answer == "positive"
    assert moved.confidence == pytest.approx(0.97)


def test_each_model_is_known_by_its_own_labels() -> None:
    known = facts(said(OPEN, "negative", model="another"))
    assert not known.annotator.skill("another").texts.any()
    moved = known.predictions.latest[OPEN]
    assert moved.answer == "positive", "nothing is known of it, so it is hardly believed"


def test_a_label_that_is_offered_no_more_says_nothing() -> None:
    known = facts(said(OPEN, "neutral"))
    assert known.predictions.latest[OPEN] is known.annotator.model.latest[OPEN]


def test_nobody_counts_it_as_an_answer() -> None:
    known = facts(said(OPEN, "negative"), said(REST, "negative"))
    assert OPEN not in known.answers.votes
    assert OPEN not in known.consensus.labels
    assert REST not in known.settled


def test_a_new_label_is_known_at_once() -> None:
    known = facts()
    labels = {**known.state.annotator_labels, OPEN: said(OPEN, "negative")}
    later = known.with_state(replace(known.state, annotator_labels=labels))
    assert later.predictions.latest[OPEN].answer == "negative"
    assert later.answers is known.answers
    same = later.with_state(replace(later.state, rounds=[*later.state.rounds]))
    assert same.predictions is later.predictions
