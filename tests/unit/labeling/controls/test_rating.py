"""`Rating`: as many stars as the config names."""

import pytest

from labeling.controls import Control
from labeling.errors import AnswerError, LabelConfigError
from labeling.form.form import parse
from tests.support.label_configs import on_text


def rating(attributes: str = "") -> Control:
    return parse(on_text(f'<Rating name="r" toName="text" {attributes}/>')).controls[0]


def stars(number: object) -> list[dict[str, object]]:
    return [{"from_name": "r", "type": "rating", "value": {"rating": number}}]


def test_there_are_five_stars_unless_the_config_says_otherwise() -> None:
    assert [one.value for one in rating().candidates] == ["1", "2", "3", "4", "5"]
    assert len(rating('maxRating="10"').candidates) == 10


def test_stars_are_stored_as_a_number() -> None:
    assert rating().encode("4")[0]["value"] == {"rating": 4}


def test_no_star_is_no_answer() -> None:
    assert rating().decode(stars(0)) is None


@pytest.mark.parametrize("number", [-1, 6, True, 4.0, "4", [4]])
def test_what_is_no_step_is_refused(number: object) -> None:
    with pytest.raises(AnswerError):
        rating().decode(stars(number))


@pytest.mark.parametrize("answer", ["0", "6", "04", "4.0", "\u0664", ""])
def test_what_is_no_step_cannot_be_written(answer: str) -> None:
    with pytest.raises(AnswerError):
        rating().encode(answer)


@pytest.mark.parametrize("most", ["1", "2.5", "five", "nan"])
def test_a_scale_that_is_none_is_refused(most: str) -> None:
    with pytest.raises(LabelConfigError, match="maxRating"):
        rating(f'maxRating="{most}"')


def test_ratings_of_regions_are_left_to_people() -> None:
    with pytest.raises(LabelConfigError, match="only Rating 'r'"):
        rating('perRegion="true"')
