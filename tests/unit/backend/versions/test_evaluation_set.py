"""Digests of what people said tell what was added, changed or taken back."""

from collections.abc import Sequence
from dataclasses import replace

from backend.learning.training_set import TrainingSet
from backend.versions.evaluation_set import data_digest
from tests.support.taught_project import FEW


def test_the_digest_of_data_is_of_what_people_said_alone() -> None:
    digest = data_digest(FEW)
    assert (
        data_digest(replace(FEW, answers=[*reversed(FEW.answers)], texts=[], open_texts=["x"]))
        == digest
    )
    first, *rest = FEW.answers
    changes: Sequence[TrainingSet] = [
        replace(FEW, instruction="Other."),
        replace(FEW, answers=rest),
        replace(FEW, answers=[replace(first, label="other"), *rest]),
        replace(FEW, answers=[replace(first, probability=0.9), *rest]),
    ]
    assert len({digest, *map(data_digest, changes)}) == len(changes) + 1
