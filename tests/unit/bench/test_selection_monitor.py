"""The chance monitor's benchmark: found where a strategy hurts, let go on where it helps."""

import json

import numpy as np
import pytest

from bench.selection_monitor import WORLDS, campaign, main

pytestmark = pytest.mark.slow


def test_a_strategy_that_hurts_is_found_and_one_that_helps_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["--seeds", "8", "--json"])
    noisy, clean, even = json.loads(capsys.readouterr().out.splitlines()[-1])["results"]
    assert noisy["fallen_back"] >= 7 / 8
    assert clean["fallen_back"] == even["fallen_back"] == 0
    assert noisy["high"] < 0 < clean["gain"]
    assert even["low"] < 0 < even["high"]


def test_the_first_round_has_nothing_to_compare() -> None:
    first, second = campaign(WORLDS["even"], seed=0, rounds=2, size=60, share=0.5)
    assert first.draws == 0
    assert second.draws == 30


def test_a_campaign_is_the_same_at_every_call() -> None:
    first, again = (campaign(WORLDS["noisy"], 1, 3, 60, 0.5) for _ in range(2))
    assert first == again
    assert np.isfinite(first[-1].estimate)
