"""Examples that were learned are shown, unless what picks them is gone."""

import numpy as np
import pytest

from backend.calibration.learned_state import LearnedState
from backend.prompts.examples import (
    ExampleBank,
    ExamplePlan,
    RetrievedExamples,
    SolvedItem,
    StaticExamples,
)
from tests.support.scripted_model import EMBEDDING, LABELS, model_spec

[NAME] = [question.control.from_name for question in model_spec().questions]
ITEMS = tuple(SolvedItem(f"Text {number}.", one, one) for number, one in enumerate(LABELS))


def learned(plan: ExamplePlan, embedding: str | None) -> LearnedState:
    return LearnedState("", model_spec().basis, embedding=embedding, examples={NAME: plan})


@pytest.mark.parametrize("embedding", [EMBEDDING.digest, "another", None])
def test_static_examples_stand_whatever_the_embedding_model(embedding: str | None) -> None:
    shown = model_spec(learned(StaticExamples(ITEMS, (None, None)), embedding))
    assert shown.learned
    assert shown.model_version != model_spec().model_version


@pytest.mark.parametrize("embedding", [EMBEDDING.digest, "another", None])
def test_examples_are_picked_by_the_embedding_model_that_they_were_learned_with(
    embedding: str | None,
) -> None:
    vectors = {item.key: np.eye(2)[place] for place, item in enumerate(ITEMS)}
    plan = RetrievedExamples(ExampleBank.of(ITEMS, vectors), 1)
    shown = model_spec(learned(plan, embedding))
    assert (shown.learned is not None) == (embedding == EMBEDDING.digest)
