"""What the backend is taught: labels, and of opinions what share of people gave each."""

from dataclasses import replace
from typing import Any

import pytest

from labeling.protocol.learn import AnsweredText, LearnRequest, LearnResponse
from routing.model.train import teach
from routing.snapshot.snapshot import Snapshot
from tests.support.ledger_states import answer
from tests.support.observed_tasks import BEN
from tests.support.snapshots import PEOPLE, VERSION, piloted, snapshot_of

OPINION = {"sentiment": {"subjective": True}}


class Noting:
    """A backend that notes what it is taught."""

    def __init__(self) -> None:
        self.taught: list[AnsweredText] = []

    def learn(self, body: LearnRequest) -> LearnResponse:
        self.taught = body.answers
        return LearnResponse(model_version="m-1")


def divided(**sections: Any) -> Snapshot:
    """A piloted project: Ben says of the first task what Ada did not, of the second the same."""
    state = piloted(90)
    first, second = state.annotations[:2]
    other = "negative" if first.answer == "positive" else "positive"
    said = [
        replace(answer(1000 + one.task, one.task, BEN, label), worker=PEOPLE[BEN], blind=one.blind)
        for one, label in ((first, other), (second, str(second.answer)))
    ]
    texts = {task: f"Text {task}" for task in state.tasks}
    state = replace(state, annotations=[*state.annotations, *said], texts=texts)
    return snapshot_of(state, **sections)


def taught(snapshot: Snapshot) -> dict[str, AnsweredText]:
    """What is taught where the first task is none of the settled ones."""
    backend: Any = Noting()
    divided = snapshot.state.annotations[0].task
    labels = {task: one for task, one in snapshot.facts.settled.items() if task != divided}
    teach(snapshot, backend, labels)
    return {one.text: one for one in backend.taught}


def test_of_opinions_the_share_of_people_who_gave_each_label_is_sent() -> None:
    snapshot = divided(controls=OPINION)
    second = snapshot.state.annotations[1]
    told = taught(snapshot)[f"Text {second.task}"]
    assert told.shares == {"sentiment": {second.answer: 1.0}}


def test_what_people_are_divided_on_is_taught_as_well() -> None:
    snapshot = divided(controls=OPINION)
    task = snapshot.state.annotations[0].task
    assert taught(snapshot)[f"Text {task}"].shares == {
        "sentiment": {"positive": 0.5, "negative": 0.5}
    }


def test_of_a_control_with_one_truth_labels_alone_are_sent() -> None:
    snapshot = divided()
    told = taught(snapshot)
    assert len(told) == len(snapshot.facts.settled) - 1
    assert not any(one.shares for one in told.values())


def test_before_anybody_is_done_nothing_is_taught() -> None:
    backend: Any = Noting()
    teach(divided(controls=OPINION), backend, {})
    assert backend.taught == []


def test_predicted_errors_of_opinions_are_those_that_people_will_contradict() -> None:
    """The confidence is the share of people who agree: nobody errs beside that."""
    facts = divided(controls=OPINION).facts
    present = facts.predictions.of_version(VERSION)
    errors = facts.predicted_errors
    assert errors
    for task, error in errors.items():
        assert error == pytest.approx(1 - (present[task].confidence or 0), abs=1e-3)
    assert divided().facts.predicted_errors != errors, "there people's slips are allowed for"
