"""Where people take back what a version was fitted on, it is the version that must be better."""

from dataclasses import replace

import pytest

from backend.learning.training_set import HumanAnswer, TrainingSet
from tests.support.backend_fixtures import NewApp
from tests.support.taught_project import MANY, TEXTS, TRUTH, TaughtProject, believing

RIGHT = [HumanAnswer(*one) for one in zip(TEXTS, TRUTH, strict=True)]
DELETED = replace(MANY, answers=MANY.answers[12:])
"""Without the twelve answers that the signal tells nothing of."""

CHANGED = replace(MANY, answers=[*RIGHT[:12], *MANY.answers[12:]])
"""With the right ones in their place."""

ONE_LESS = replace(MANY, answers=MANY.answers[:-1])


@pytest.fixture
def project(new_app: NewApp) -> TaughtProject:
    """A project whose version in force was fitted on eighty answers."""
    project = TaughtProject(new_app)
    project.learn(MANY)
    return project


def changed(training_set: TrainingSet, before: TrainingSet = MANY) -> int:
    """Answers of before that are gone."""
    said = {(one.text, one.label) for one in training_set.answers}
    return len({(one.text, one.label) for one in before.answers} - said)


@pytest.mark.parametrize("training_set", [DELETED, CHANGED], ids=["deleted", "changed"])
def test_what_is_fitted_to_what_is_left_takes_its_place_without_beating_it(
    project: TaughtProject, training_set: TrainingSet
) -> None:
    old = project.served
    told = project.learn(training_set)
    challenge = told["report"]["challenge"]
    assert project.served == told["model_version"] == challenge["version"] != old
    assert challenge["taken_back"] == changed(training_set) > 4
    assert challenge["high"] > 0
    assert project.statuses[old] == ("superseded", project.served)


def test_but_it_stays_where_it_is_really_better(project: TaughtProject) -> None:
    old = project.served
    outcome = project.challenge(believing(DELETED, 0.3), DELETED)
    assert outcome.model_version == project.served == old
    assert outcome.report["challenge"]["high"] < 0
    assert outcome.report["challenge"]["taken_back"] == 12


def test_a_few_answers_that_are_taken_back_leave_it_the_champion(project: TaughtProject) -> None:
    old = project.served
    told = project.learn(ONE_LESS)
    assert told["model_version"] == project.served == old
    assert told["report"]["challenge"]["taken_back"] == 0
    assert "beaten" in {status for status, _ in project.statuses.values()}


def test_how_far_answers_are_trusted_is_no_answer_taken_back(project: TaughtProject) -> None:
    doubted = [replace(one, probability=0.9) for one in MANY.answers]
    challenge = project.challenge(believing(MANY, 0.3), replace(MANY, answers=doubted))
    assert challenge.report["challenge"]["taken_back"] == 0


def test_the_same_answers_once_more_change_nothing(project: TaughtProject) -> None:
    told = project.learn(CHANGED)
    before, asked = project.models, project.engine.asked
    assert project.learn(CHANGED)["model_version"] == told["model_version"]
    assert project.models == before
    assert project.engine.asked == asked


def test_it_is_so_after_a_restart(project: TaughtProject, new_app: NewApp) -> None:
    old = project.served
    again = TaughtProject(new_app)
    assert again.served == old
    assert again.learn(DELETED)["model_version"] == again.served != old
