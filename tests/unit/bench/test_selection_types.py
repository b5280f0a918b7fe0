"""The bench of sets, scales and forms: campaigns of simulated people, in numbers."""

import json

import pytest

from bench.selection_types import WORLDS, main, wrong_after


@pytest.mark.parametrize("world", WORLDS)
def test_more_answers_teach_more(world: str) -> None:
    few, many = (wrong_after(world, "random", 0, answers) for answers in (60, 600))
    assert 0 < many < few < 0.6


def test_the_same_seed_gives_the_same_campaign() -> None:
    one, other = (wrong_after("form", "margin", 1, 80) for _ in range(2))
    assert one == other


def test_a_strategy_that_sees_the_whole_alone_picks_other_texts() -> None:
    every, whole = (wrong_after("set", "margin", 0, 100, is_whole=one) for one in (False, True))
    assert every != whole


def test_tells_of_every_strategy_in_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    main(
        ["--worlds", "scale", "--strategies", "margin", "--seeds", "2", "--answers", "80", "--json"]
    )
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    [one] = told["results"]
    assert (one["world"], one["strategy"], one["seeds"]) == ("scale", "margin", 2)
