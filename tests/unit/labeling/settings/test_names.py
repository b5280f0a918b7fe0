"""The settings name aggregators and engines as the rooms that have them do."""

from typing import get_args

from aggregation.classification.registry import METHODS
from backend.engines import ENGINES
from labeling.settings.model_sections import EngineName
from labeling.settings.sections import AggregatorName


def test_the_settings_know_every_aggregator() -> None:
    assert set(get_args(AggregatorName)) == set(METHODS)


def test_the_settings_know_every_engine() -> None:
    assert set(get_args(EngineName)) == set(ENGINES)
