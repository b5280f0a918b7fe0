"""The controller's benchmark takes projects through their lives, and ends with what each cost."""

import json
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest

from bench.controller.__main__ import main
from bench.controller.phases import ANSWERS, MANY_ANSWERS, PILOT
from bench.controller.project import MeasuredProject

pytestmark = pytest.mark.slow

TASKS = PILOT + 20
PRE_LABELLED = PILOT + MANY_ANSWERS + 700


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What the benchmark ends with, by the scripted Label Studio alone."""
    with redirect_stdout(StringIO()) as printed, pytest.MonkeyPatch.context() as patch:
        patch.setattr(MeasuredProject, "rest", lambda *_: None)
        sizes = ["--tasks", str(TASKS), "--real-up-to", "0", "--synthetic", str(PRE_LABELLED)]
        main([*sizes, "--rounds", "1", "--json"])
    found: dict[str, Any] = json.loads(printed.getvalue().splitlines()[-1])
    return found


def phases(told: dict[str, Any], tasks: int) -> dict[str, Any]:
    return {one["phase"]: one for one in told["phases"] if one["tasks"] == tasks}


def test_every_phase_costs_something_of_both_sides(told: dict[str, Any]) -> None:
    assert {one["studio"] for one in told["phases"]} == {"scripted", "synthetic"}
    for one in told["phases"]:
        assert 0 < one["cpu_seconds"] <= one["wall_seconds"] * 4
        assert one["studio_cpu_seconds"] >= 0
        assert one["peak_mb"] > 10
        assert one["requests"] == sum(one["kinds"].values()) > 0


def test_all_is_labelled_once_by_the_first_phases(told: dict[str, Any]) -> None:
    life = phases(told, TASKS)
    assert life["first look"]["predictions"] == 0
    assert life["pre-labelling"]["predictions"] == TASKS


def test_a_pass_brings_the_answers_home_that_people_gave(told: dict[str, Any]) -> None:
    copying, life = "POST /api/tasks/N/annotations/", phases(told, TASKS)
    assert life[f"{ANSWERS} answers"]["kinds"][copying] == ANSWERS
    assert copying not in life["no change"]["kinds"]
    later = phases(told, PRE_LABELLED)
    assert later[f"{MANY_ANSWERS} answers"]["kinds"][copying] == MANY_ANSWERS
    assert later[f"{ANSWERS} audits"]["kinds"][copying] == ANSWERS


def test_a_second_vote_is_asked_and_all_is_labelled_anew(told: dict[str, Any]) -> None:
    life = phases(told, TASKS)
    quiet = life["no change"]["requests"]
    assert life[f"{PILOT - 1} second votes"]["requests"] > quiet
    assert "POST /studios/N/predict" in life["labelled anew 1"]["kinds"]
    assert "POST /studios/N/predict" not in life["no change"]["kinds"]
