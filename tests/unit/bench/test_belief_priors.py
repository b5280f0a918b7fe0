"""The benchmark of beliefs as priors: both together are better than people alone, in every type."""

import json

import pytest

from bench import belief_priors
from bench.belief_priors import BeliefGain


@pytest.fixture(scope="module")
def gains() -> list[BeliefGain]:
    return belief_priors.measure(150, [2], 1)


def test_people_and_model_are_better_than_people_alone(gains: list[BeliefGain]) -> None:
    assert [one.answer_type for one in gains] == [
        "class",
        "pair",
        "scale",
        "set",
        "paths",
        "number",
        "text",
    ]
    assert all(one.both > one.people for one in gains)


def test_where_an_answer_is_right_or_wrong_both_are_better_than_either(
    gains: list[BeliefGain],
) -> None:
    assert all(one.both >= max(one.people, one.model) for one in gains)


def test_the_results_end_as_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    belief_priors.main(["--tasks", "10", "--votes", "1", "--seeds", "1", "--json"])
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert {one["votes"] for one in json.loads(last)} == {1}
