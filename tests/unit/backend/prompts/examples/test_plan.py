"""A plan says which examples stand before an item, and can be kept as JSON."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.prompts.examples import (
    ExampleBank,
    ExamplePlan,
    RetrievedExamples,
    SolvedItem,
    StaticExamples,
    plan_from_json,
)

GOAL, VOTE, MATCH = (
    SolvedItem("A goal!", "sport", "sport"),
    SolvedItem("A vote.", "law", "law"),
    SolvedItem("A match.", "sport", "sport"),
)
STATIC = StaticExamples((GOAL, VOTE), (MATCH, None))
RETRIEVED = RetrievedExamples(
    ExampleBank.of(
        [GOAL, VOTE, MATCH], {o.key: np.eye(3)[n] for n, o in enumerate((GOAL, VOTE, MATCH))}
    ),
    2,
)


def test_static_examples_are_the_same_for_all() -> None:
    assert STATIC.examples("x") == STATIC.examples("y") == (GOAL, VOTE)


@pytest.mark.parametrize("key", ["A goal!", "a  GOAL! "])
def test_another_stands_in_the_place_of_an_item_s_own(key: str) -> None:
    assert STATIC.examples(key) == (MATCH, VOTE)


def test_without_another_nothing_does() -> None:
    assert STATIC.examples("A vote.") == (GOAL,)


@pytest.mark.parametrize("plan", [STATIC, RETRIEVED], ids=lambda plan: plan.kind)
def test_survives_json(plan: ExamplePlan) -> None:
    again = plan_from_json(json.loads(json.dumps(plan.to_json())))
    assert again == plan
    assert again.digest == plan.digest


solved = st.builds(SolvedItem, st.text(), st.text(), st.text())


@given(st.lists(st.tuples(solved, st.none() | solved), min_size=1), st.text())
def test_no_plan_shows_an_item_itself(
    pairs: list[tuple[SolvedItem, SolvedItem | None]], key: str
) -> None:
    plan = StaticExamples(tuple(one for one, _ in pairs), tuple(spare for _, spare in pairs))
    assert plan_from_json(json.loads(json.dumps(plan.to_json()))) == plan
    for own in (key, *(one.key for one in plan.items)):
        assert SolvedItem(own, "", "").folded not in {o.folded for o in plan.examples(own)}


def test_the_digest_moves_with_order_and_number() -> None:
    plans = [
        STATIC,
        StaticExamples((VOTE, GOAL), (None, MATCH)),
        RETRIEVED,
        RetrievedExamples(RETRIEVED.bank, 1),
    ]
    assert len({plan.digest for plan in plans}) == len(plans)


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"kind": "other"},
        {"kind": "static", "shown": [], "spares": []},
        {"kind": "static", "shown": [["a", "b", "c"]], "spares": []},
        {"kind": "static", "shown": [["a", "b"]], "spares": [None]},
        {**RETRIEVED.to_json(), "number": 0},
        {**RETRIEVED.to_json(), "number": 2.5},
        {**RETRIEVED.to_json(), "more": 1},
        {**RETRIEVED.to_json(), "bank": {**RETRIEVED.bank.to_json(), "vectors": "?"}},
        {**RETRIEVED.to_json(), "bank": {**RETRIEVED.bank.to_json(), "dims": 2}},
        {**RETRIEVED.to_json(), "bank": {"items": [], "dims": 3, "vectors": ""}},
    ],
)
def test_what_is_no_plan_is_refused(content: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        plan_from_json(content)
