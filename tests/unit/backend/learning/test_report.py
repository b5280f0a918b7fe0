"""Each figure of the report comes with an interval that means something."""

import numpy as np

from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.report import IntervalEstimate, quality
from tests.support.distorted_models import world


def of_stated(noisy_labels: NoisyLabels) -> dict[str, IntervalEstimate]:
    judged = quality(noisy_labels, np.exp(noisy_labels.log_probabilities))
    return {name: getattr(judged, name) for name in ("accuracy", "log_loss", "ece", "auroc")}


def ends(figure: IntervalEstimate) -> tuple[float, float, float]:
    """Low end, value and high end of a figure that has a value."""
    assert figure.low is not None
    assert figure.value is not None
    assert figure.high is not None
    return figure.low, figure.value, figure.high


def test_figures_are_those_of_the_answers() -> None:
    noisy_labels = world(500, seed=0)
    figures = of_stated(noisy_labels)
    assert figures["accuracy"].value == noisy_labels.agrees.mean()
    assert (
        figures["log_loss"].value
        == noisy_labels.log_loss(np.exp(noisy_labels.log_probabilities)).mean()
    )


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
    noisy_labels = world(50, seed=3)
    all_right = NoisyLabels(
        noisy_labels.log_probabilities,
        noisy_labels.log_probabilities.argmax(axis=1).astype(np.intp),
        noisy_labels.reliability,
    )
    assert of_stated(all_right)["auroc"] == IntervalEstimate(None, None, None)


def test_the_same_answers_give_the_same_intervals() -> None:
    assert of_stated(world(80, seed=4)) == of_stated(world(80, seed=4))
