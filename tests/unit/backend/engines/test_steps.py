"""Conversations with the model run side by side, and each is answered as if it ran alone."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.engines import Ability, Asked, Prompt, Request, Scored
from backend.engines.model_client import ModelClient
from backend.engines.steps import Steps, gather, run, score
from labeling.errors import EngineError


def request(text: str, label: str = "yes") -> Request:
    return Request(Prompt("", text, ""), (label,))


class Echo:
    """Scores a request by the length of its text and label, and notes its calls."""

    def __init__(self) -> None:
        self.calls: list[list[Asked]] = []

    @property
    def client(self) -> ModelClient:
        return ModelClient(self.ask, lambda: frozenset(Ability))

    def ask(self, requests: Sequence[Asked]) -> list[Any]:
        self.calls.append([*requests])
        return [Scored(np.array([worth(one)])) for one in requests]


def worth(one: Asked) -> float:
    assert isinstance(one, Request)
    return float(len(one.context.text) + len(one.continuations[0]))


def conversation(steps: Sequence[Sequence[Request]]) -> Steps[list[float]]:
    """Ask for some requests a step, and return all that was answered."""
    found: list[float] = []
    for requests in steps:
        scored = yield from score(requests)
        found += [float(one.loglikelihoods[0]) for one in scored if isinstance(one, Scored)]
    return found


requests = st.builds(request, st.text("ab", min_size=1, max_size=2), st.sampled_from(["yes", "no"]))
plans = st.lists(st.lists(requests, max_size=3), max_size=3)


@given(st.lists(plans, max_size=4))
def test_each_is_answered_as_if_it_ran_alone(plans: list[list[list[Request]]]) -> None:
    together = run(gather([conversation(plan) for plan in plans]), Echo().client)
    assert together == [run(conversation(plan), Echo().client) for plan in plans]


@given(st.lists(plans, max_size=4))
def test_the_model_is_entered_once_a_step_and_asked_nothing_twice_in_it(
    plans: list[list[list[Request]]],
) -> None:
    model = Echo()
    run(gather([conversation(plan) for plan in plans]), model.client)
    steps = [{one for plan in plans if step < len(plan) for one in plan[step]} for step in range(3)]
    assert [set(call) for call in model.calls] == [step for step in steps if step]
    assert all(len(call) == len(set(call)) for call in model.calls)


@given(st.lists(plans, max_size=4))
def test_what_is_asked_about_one_text_stands_side_by_side(plans: list[list[list[Request]]]) -> None:
    model = Echo()
    run(gather([conversation(plan) for plan in plans]), model.client)
    for call in model.calls:
        texts = [text for text, _ in groupby(one.context.text for one in call)]
        assert len(texts) == len(set(texts))


def test_a_gathering_may_be_a_part_of_another_one() -> None:
    inner = gather([conversation([[request("a")]]), conversation([[request("bb")], []])])
    model = Echo()
    found = run(gather([inner, gather([conversation([[request("a")]])])]), model.client)
    assert found == [[[4.0], [5.0]], [[4.0]]]
    assert len(model.calls) == 1


def test_a_model_that_cannot_be_asked_ends_all() -> None:
    def broken(_: Sequence[Asked]) -> list[Any]:
        raise EngineError("It is gone")

    model = ModelClient(broken, lambda: frozenset(Ability))
    with pytest.raises(EngineError, match="gone"):
        run(gather([conversation([[request("a")]])]), model)


def test_a_client_that_remembers_asks_nothing_twice() -> None:
    model = Echo()
    client = model.client.remembering()
    first = client.ask([request("a"), request("bb")])
    assert client.ask([request("bb"), request("ccc"), request("a")])[0] is first[1]
    assert model.calls == [[request("a"), request("bb")], [request("ccc")]]
