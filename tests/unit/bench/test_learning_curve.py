"""The bench of the learning curve: a forecast is held against what comes true on other texts."""

import json

import pytest

from bench.learning_curve import WORLDS, campaign, main


def test_a_forecast_is_of_the_right_size() -> None:
    said = campaign(WORLDS["clean"], 0, 3, "random")
    assert 0 <= said.gain.low <= said.gain.expected <= said.gain.high < 0.5
    assert said.error.low < said.true_error < said.error.high
    assert -0.1 < said.true_gain < 0.5


def test_the_same_seed_gives_the_same_forecast() -> None:
    one, other = (campaign(WORLDS["noisy"], 1, 1, "least-confidence") for _ in range(2))
    assert one == other


def test_tells_of_every_world_in_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--seeds", "1", "--rounds", "1", "--json"])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [one["world"] for one in told["results"]] == [*WORLDS]
