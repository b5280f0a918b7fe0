"""A project's tasks as strategies see them, whatever its form asks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from aggregation.beliefs import PartBelief
from labeling.form.form import parse
from labeling.predictions.prediction import UNCALIBRATED
from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerPrediction
from routing.model.selection_pool import selection_pool
from routing.selection.pool import ControlColumns
from tests.support.snapshots import VERSION, facts_of, prelabelled

CHOICE = '<Choices name="a" toName="t"><Choice value="x"/><Choice value="y"/></Choices>'
BOXES = (
    '<Choices name="b" toName="t" choice="multiple"><Choice value="p"/><Choice value="q"/>'
    "</Choices>"
)
WORDS = '<TextArea name="w" toName="t"/>'
SURE, UNSURE = {"x": 0.9, "y": 0.1}, {"x": 0.6, "y": 0.4}


def project(tags: str, *predictions: tuple[float, Mapping[str, PartBelief]]) -> ProjectFacts:
    """A project whose tasks have these predictions: confidence and parts."""
    form = parse(f'<View><Text name="t" value="$text"/>{tags}</View>')
    state = prelabelled(len(predictions))
    made = [
        LedgerPrediction(task, task, VERSION, "{}", confidence, 0.5, UNCALIBRATED, parts=parts)
        for task, (confidence, parts) in enumerate(predictions, start=1)
    ]
    return facts_of(replace(state, predictions=made), form)


def row_of(tags: str, *predictions: tuple[float, Mapping[str, PartBelief]]) -> list[float]:
    facts = project(tags, *predictions)
    rows: Any = selection_pool(facts, [*facts.state.tasks], None).probabilities
    return [round(float(one), 6) for one in rows[-1]]


def test_of_one_choice_it_is_the_distribution() -> None:
    assert row_of(CHOICE, (0.6, {"a": PartBelief(0.6, UNSURE)})) == [0.6, 0.4]


def test_of_a_set_it_is_each_label() -> None:
    said = {"b": PartBelief(0.72, {"p": 0.9, "q": 0.2})}
    assert row_of(BOXES, (0.72, said)) == [0.1, 0.9, 0.8, 0.2]


def test_a_set_that_names_nothing_is_as_doubtful_as_its_prediction_says() -> None:
    said = {"b": PartBelief(0.72, {"p": 0.9, "q": 0.2})}
    assert row_of(BOXES, (0.72, said), (0.81, {})) == [0.9, 0.1, 0.9, 0.1]


def test_of_a_form_it_is_all_controls_that_count() -> None:
    parts = {
        "a": PartBelief(0.9, SURE),
        "b": PartBelief(0.72, {"p": 0.9, "q": 0.2}),
        "w": PartBelief(0.1),
    }
    facts = project(CHOICE + BOXES + WORDS, (0.6, parts))
    pool = selection_pool(facts, [1], None)
    assert pool.controls == (ControlColumns(0, 1, 2), ControlColumns(2, 2, 2))


def test_a_control_that_does_not_show_is_certain() -> None:
    both = {"a": PartBelief(0.6, UNSURE), "b": PartBelief(0.72, {"p": 0.9, "q": 0.2})}
    hidden = row_of(CHOICE + BOXES, (0.4, both), (0.6, {"a": both["a"]}))
    assert hidden == [0.6, 0.4, 1.0, 0.0, 1.0, 0.0]


def test_a_form_without_any_region_is_as_doubtful_as_its_prediction_says() -> None:
    more = BOXES.replace('"b"', '"c"')
    said = {name: PartBelief(0.72, {"p": 0.9, "q": 0.2}) for name in "bc"}
    row = row_of(BOXES + more, (0.5, said), (0.6561, {}))
    assert row == pytest.approx([0.9, 0.1] * 4)


def test_it_knows_what_people_are_done_with_and_where_texts_lie() -> None:
    facts = project(CHOICE, *[(0.6, {"a": PartBelief(0.6, UNSURE)})] * 3)
    vectors = {task: np.eye(3, dtype=np.float32)[task - 1] for task in (1, 2, 3)}
    pool = selection_pool(facts, [3, 1], vectors)
    assert pool.is_answered.tolist() == [False, False]
    assert pool.vectors(np.arange(2)).tolist() == [[0, 0, 1], [1, 0, 0]]
