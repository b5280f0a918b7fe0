"""Votes: people's latest answers, one per person and task, apart from the model's."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from aggregation.votes import Answer, frame, of_model, of_people

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def answer(
    task: int,
    worker: str,
    label: str,
    minutes: int = 0,
    kind: Literal["person", "model"] = "person",
) -> Answer:
    return Answer(task, worker, label, kind, NOON + timedelta(minutes=minutes))


def test_a_persons_latest_answer_to_a_task_counts_once() -> None:
    answers = [answer(1, "ann", "B", 5), answer(1, "ann", "A", 1), answer(1, "bob", "A", 2)]
    assert [(a.worker, a.label) for a in of_people(answers)] == [("bob", "A"), ("ann", "B")]


def test_the_models_answers_are_no_votes() -> None:
    answers = [answer(1, "tandem", "A", kind="model"), answer(2, "ann", "B")]
    assert [a.task for a in of_people(answers)] == [2]
    assert {task: a.label for task, a in of_model(answers).items()} == {1: "A"}


def test_the_frame_has_crowd_kits_columns_even_when_empty() -> None:
    assert frame([answer(1, "ann", "A")]).to_dict("records") == [
        {"task": 1, "worker": "ann", "label": "A"}
    ]
    assert list(frame([]).columns) == ["task", "worker", "label"]
