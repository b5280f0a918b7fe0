"""Predictions and annotations of a real Label Studio: stored once, counted, taken back."""

import pytest

from labeling.errors import StudioRefused
from routing.studio import Studio
from routing.studio.models import NewPrediction
from tests.support.studio_answers import choice_result, new_prediction
from tests.support.studio_contracts import AnswersContract

pytestmark = pytest.mark.studio


class TestAnswers(AnswersContract):
    """What holds in any Label Studio holds in a real one."""


def test_nothing_imported_is_nothing_asked(studio: Studio) -> None:
    assert studio.import_predictions([]) == 0
    studio.clear_predictions([])
    assert studio.project().prediction_count == 0


def test_a_prediction_that_label_studio_drops_is_not_lost_in_silence(studio: Studio) -> None:
    good, bad, _ = studio.task_ids()
    unknown_label = NewPrediction(bad, choice_result("neutral"), 0.5, "v1")
    with pytest.raises(StudioRefused, match="stored 1 of 2 predictions"):
        studio.import_predictions([new_prediction(good), unknown_label])


def test_a_prediction_of_an_unknown_task_stores_none_of_its_call(studio: Studio) -> None:
    items = [new_prediction(studio.task_ids()[0]), new_prediction(999_999_999)]
    with pytest.raises(StudioRefused, match="status 400"):
        studio.import_predictions(items)
    assert studio.project().prediction_count == 0
