"""Each figure of the report comes with an interval that means something."""

import numpy as np

from backend.learning.noisy_labels import Evidence
from backend.learning.report import Figure, quality
from tests.support.distorted_models import world


def of_stated(evidence: Evidence) -> dict[str, Figure]:
    judged = quality(evidence, np.exp(evidence.log_probabilities))
    return {name: getattr(judged, name) for name in ("accuracy", "log_loss", "ece", "auroc")}


def ends(figure: Figure) -> tuple[float, float, float]:
    """Low end, value and high end of a figure that has a value."""
    assert figure.low is not None
    assert figure.value is not None
    assert figure.high is not None
    return figure.low, figure.value, figure.high


def test_figures_are_those_of_the_answers() -> None:
    evidence = world(500, seed=0)
    figures = of_stated(evidence)
    assert figures["accuracy"].value == evidence.agrees.mean()
    assert figures["log_loss"].value == evidence.log_loss(np.exp(evidence.log_probabilities)).mean()


def test_intervals_hold_what_many_answers_show() -> None:
    truth = {name: ends(figure)[1] for name, figure in of_stated(world(20_000, seed=1)).items()}
    held = dict.fromkeys(truth, 0)
    for seed in range(40):
        for name, figure in of_stated(world(200, seed=100 + seed)).items():
            low, _, high = ends(figure)
            held[name] += low <= truth[name] <= high
    assert min(held.values()) >= 35


def test_more_answers_say_more() -> None:
    few, many = of_stated(world(50, seed=2)), of_stated(world(2000, seed=2))
    for name in few:
        (low, _, high), (lowest, _, highest) = ends(many[name]), ends(few[name])
        assert high - low < highest - lowest


def test_ranking_is_unknown_where_all_are_right() -> None:
    evidence = world(50, seed=3)
    all_right = Evidence(
        evidence.log_probabilities,
        evidence.log_probabilities.argmax(axis=1).astype(np.intp),
        evidence.reliability,
    )
    assert of_stated(all_right)["auroc"] == Figure(None, None, None)


def test_the_same_answers_give_the_same_intervals() -> None:
    assert of_stated(world(80, seed=4)) == of_stated(world(80, seed=4))
