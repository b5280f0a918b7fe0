"""Where one label is asked for, it is suspected by votes, skills and the model's belief."""

from datetime import UTC, datetime

import pytest

from aggregation.beliefs import Belief
from aggregation.consensus import ProjectConsensus
from aggregation.label_errors.records import ErrorKind, Suspicion
from aggregation.label_errors.suspicions import standing_labels, suspicions, unsure
from aggregation.votes import Answer

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LABELS = ("good", "bad", "mixed")


def votes(task: int, **given: str) -> list[Answer]:
    return [Answer(task, worker, label, "person", NOON) for worker, label in given.items()]


def belief(label: str, confidence: float, *, calibrated: bool = True) -> Belief:
    return Belief(label, confidence, {}, "m-1", calibrated)


AGREED = [one for task in range(10, 30) for one in votes(task, ann="good", bob="good", cyd="good")]


def suspected(answers: list[Answer], beliefs: dict[int, Belief]) -> list[Suspicion]:
    consensus = ProjectConsensus([*answers, *AGREED], beliefs, LABELS)
    return suspicions(consensus, standing_labels(consensus))


def by_task(answers: list[Answer], beliefs: dict[int, Belief]) -> dict[int, Suspicion]:
    return {one.task: one for one in suspected(answers, beliefs)}


def test_the_label_that_votes_and_belief_speak_against_comes_first() -> None:
    answers = [
        *votes(1, ann="good", bob="good", cyd="bad"),
        *votes(2, ann="good", bob="good", cyd="bad"),
        *votes(3, ann="good", bob="good", cyd="good"),
    ]
    found = suspected(answers, {1: belief("good", 0.9), 2: belief("bad", 0.99)})
    assert found[0].task == 2
    assert found[0].probability > 0.4 > by_task(answers, {1: belief("good", 0.9)})[1].probability
    assert (found[0].label, found[0].other) == ("good", "bad")
    assert found[0].other_probability == pytest.approx(found[0].probability, abs=0.05)
    assert found[0].kind == ErrorKind.WRONG_LABEL


def test_who_gave_the_label_and_how_people_voted_is_told() -> None:
    one = by_task(votes(1, ann="good", bob="bad", cyd="good"), {})[1]
    assert one.given_by == ("ann", "cyd")
    assert (one.votes_for, one.votes_against) == (2, 1)


def test_of_a_label_that_all_agree_on_the_belief_alone_can_tell() -> None:
    answers = votes(1, ann="good")
    alone = by_task(answers, {})[1].probability
    assert by_task(answers, {1: belief("bad", 0.999)})[1].probability > 0.8 > alone


def test_a_belief_that_no_answers_stand_behind_is_not_believed() -> None:
    answers = votes(1, ann="good", bob="good", cyd="bad")
    doubted = by_task(answers, {1: belief("bad", 0.99, calibrated=False)})[1].probability
    assert doubted == pytest.approx(by_task(answers, {})[1].probability)


def test_what_was_left_to_the_model_is_suspected_by_its_belief() -> None:
    accepted = Answer(1, "tandem", "good", "model", NOON)
    one = by_task([accepted], {1: belief("good", 0.8)})[1]
    assert one.given_by == ("model",)
    assert one.probability == pytest.approx(0.2, abs=0.01)


def test_what_able_people_differ_about_is_ambiguous_and_not_wrong() -> None:
    split = votes(1, ann="good", bob="good", cyd="good", dan="bad", eve="bad", fay="bad")
    trusted = [
        one for task in range(30, 60) for one in votes(task, dan="bad", eve="bad", fay="bad")
    ]
    assert by_task([*split, *trusted], {})[1].kind == ErrorKind.AMBIGUOUS
    lone = votes(2, ann="good", bob="good", cyd="good", dan="bad")
    assert by_task([*lone, *trusted], {})[2].kind == ErrorKind.WRONG_LABEL


def test_a_text_far_from_all_others_that_the_model_finds_no_label_for_may_fit_none() -> None:
    answers = [*votes(1, ann="good", bob="bad"), *votes(2, ann="good"), *AGREED]
    consensus = ProjectConsensus(answers, {1: belief("good", 0.4), 2: belief("good", 0.9)}, LABELS)
    assert unsure(consensus) == {1}
    found = suspicions(consensus, standing_labels(consensus), far={1})
    kinds = {one.task: one.kind for one in found}
    assert (kinds[1], kinds[2]) == (ErrorKind.NO_LABEL_FITS, ErrorKind.WRONG_LABEL)
