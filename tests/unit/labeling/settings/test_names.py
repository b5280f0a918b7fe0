"""The settings name aggregators, engines and learners as the rooms that have them do."""

from typing import get_args

from aggregation.classification.registry import METHODS
from backend.engines import ENGINES
from backend.learning.learners.registry import LEARNERS
from labeling.settings.model_sections import EngineName, LearnerName
from labeling.settings.sections import AggregatorName


def test_the_settings_know_every_aggregator() -> None:
    assert set(get_args(AggregatorName)) == set(METHODS)


def test_the_settings_know_every_engine() -> None:
    assert set(get_args(EngineName)) == set(ENGINES)


def test_the_settings_know_every_learner() -> None:
    # Examples are chosen by asking the engine; a student is wanted by a loss that may be lost.
    assert set(get_args(LearnerName)) - {"auto", "examples"} == set(LEARNERS) - {"student"}
