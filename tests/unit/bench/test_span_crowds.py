"""The benchmark of spans out of simulated crowds tells ways apart."""

import json

import pytest

from bench import span_crowds
from labeling.answers.types import spans_of


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, float]]:
    return span_crowds.measure(300, 4, 1)


def test_pieces_with_all_their_labels_beat_majority_by_far(
    results: dict[str, dict[str, float]],
) -> None:
    for measure in ("span F1", "character F1"):
        assert results["pieces"][measure] > results["majority"][measure] + 0.06


def test_people_and_model_are_better_than_either(results: dict[str, dict[str, float]]) -> None:
    both = results["pieces with the model"]["span F1"]
    assert both > max(results["pieces"]["span F1"], results["model"]["span F1"]) + 0.03


def test_the_model_is_as_sure_as_it_is_right() -> None:
    world = span_crowds.simulated(400, 1, seed=3)
    right, sure = 0, 0.0
    for task, gold in enumerate(world.gold):
        for key, probability in world.beliefs[task].distribution.items():
            right += spans_of(f"[{key}]")[0] in spans_of(gold)
            sure += probability
    assert sure == pytest.approx(right, rel=0.08)


def test_the_results_end_as_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    span_crowds.main(["--texts", "20", "--seeds", "1", "--json"])
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert set(json.loads(last)) == {
        "majority",
        "dawid-skene",
        "pieces",
        "model",
        "pieces with the model",
    }
