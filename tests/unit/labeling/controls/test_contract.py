"""What every control keeps to: its answers survive Label Studio, and nothing else gets through.

On every object that it can be about.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from label_studio_sdk.label_interface.interface import LabelInterface

from labeling.answers.types import AnswerType, canonical_json, regions_of
from labeling.controls import CONTROLS, Control, OfRegions
from labeling.errors import AnswerError
from tests.support.control_cases import CASES, Cases
from tests.support.shown_tasks import TEXT

T = TypeVar("T")
LONG_TEXT = "x" * 10_000
MAY_BE_EMPTY = {AnswerType.SET, AnswerType.PATHS, AnswerType.SPANS}

of_every_control = pytest.mark.parametrize("cases", CASES.values(), ids=CASES.keys())
briefly = settings(max_examples=10)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 30)
    | st.floats()
    | st.sampled_from(["", " ", "left", "a", "1", "\x00"])
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=6,
)
PLACE = ("start", "end", "startOffset", "endOffset", "globalOffsets")
LABELS = ("labels", "hypertextlabels", "paragraphlabels")
KEYS = ("choices", "taxonomy", "rating", "selected", "number", "text", *PLACE, *LABELS)


def attempt(to_do: Callable[[], T]) -> T | AnswerError:
    """Return what comes of it, or the one error that may."""
    try:
        return to_do()
    except AnswerError as error:
        return error


def written_on(text: str, control: Control, answer: str) -> str | None:
    """Write an answer on a text that is long enough for any, and read it."""
    beside = []
    if isinstance(control, OfRegions):
        beside = control.marks.encode(canonical_json(sorted(regions_of(answer))), text)
    return control.decode([*beside, *control.encode(answer, text)])


def test_every_tag_has_a_case() -> None:
    assert {name.split(",")[0] for name in CASES} == set(CONTROLS)


@of_every_control
@briefly
@given(data=st.data())
def test_an_answer_survives_label_studio(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())

    assert case.read([*case.beside, *case.regions]) == case.answer


@of_every_control
@briefly
@given(data=st.data())
def test_label_studio_s_own_check_accepts_what_is_written(
    cases: Cases, data: st.DataObject
) -> None:
    case = data.draw(cases())
    stored = {"result": [*case.beside, *case.regions], "model_version": "m"}

    errors = LabelInterface(case.config).validate_prediction(  # type: ignore[no-untyped-call]
        stored, return_errors=True
    )
    assert errors == []


@of_every_control
@briefly
@given(data=st.data())
def test_order_and_relations_do_not_matter(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    beside: list[Any] = [{"type": "relation", "from_id": "a", "to_id": "b"}, None]
    regions = data.draw(st.permutations([*case.beside, *case.regions, *beside]))

    assert case.read(regions) == case.answer


@of_every_control
@briefly
@given(data=st.data())
def test_a_region_of_another_form_makes_the_result_one_of_that_form(
    cases: Cases, data: st.DataObject
) -> None:
    case = data.draw(cases())
    value = {"choices": ["x"]}
    foreign = data.draw(
        st.sampled_from(
            [
                {"from_name": "gone", "to_name": "text", "type": "choices", "value": value},
                {"from_name": "c", "to_name": "gone", "type": "choices", "value": value},
                {"from_name": "c", "to_name": "text", "type": "brush", "value": {"rle": []}},
            ]
        )
    )
    with pytest.raises(AnswerError):
        case.read(data.draw(st.permutations([*case.beside, *case.regions, foreign])))


@of_every_control
@briefly
@given(data=st.data())
def test_an_empty_result_is_an_empty_answer_or_none(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    empty = "[]" if case.control.answer_type in MAY_BE_EMPTY | {AnswerType.REGIONS} else None

    assert case.read([]) == empty


@of_every_control
@briefly
@given(data=st.data())
def test_nothing_is_no_answer_where_one_is_required(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    required = replace(case, config=case.config.replace(' name="c"', ' name="c" required="true"'))
    nothing = case.changed(lambda _: "[]")

    assert required.control.required
    assert required.read(case.beside) is None
    with pytest.raises(AnswerError):
        required.stored(nothing)


@of_every_control
@briefly
@given(data=st.data())
def test_a_region_without_a_value_is_refused(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    value: Any = data.draw(st.sampled_from([{}, None, [], "left", 1, {"value": "x"}]))

    with pytest.raises(AnswerError):
        case.read([*case.beside, case.region(value)])


@of_every_control
@briefly
@given(data=st.data())
def test_what_is_read_out_of_any_region_is_an_answer(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    value = data.draw(st.dictionaries(st.sampled_from(KEYS), JSON) | JSON)

    answer = attempt(lambda: case.read([*case.beside, case.region(value)]))

    if isinstance(answer, AnswerError):
        assert "\n" not in str(answer)
    elif answer is not None:
        assert written_on(LONG_TEXT, case.control, answer) == answer


@of_every_control
@briefly
@given(data=st.data())
def test_what_can_be_written_is_read_back_as_the_same_string(
    cases: Cases, data: st.DataObject
) -> None:
    case = data.draw(cases())
    spaced = case.answer.replace(",", ", ")
    answer = data.draw(
        TEXT
        | JSON.map(json.dumps)
        | st.sampled_from([f" {case.answer}", f"{case.answer}\n", spaced, spaced[::-1], "[" * 9999])
    )

    regions = attempt(lambda: case.stored(answer))

    if isinstance(regions, AnswerError):
        assert "\n" not in str(regions)
    else:
        assert case.read([*case.marked(answer), *regions]) == answer


@of_every_control
@briefly
@given(data=st.data())
def test_what_several_regions_say_is_joined_or_refused(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    twice = [*case.beside, *case.regions, *case.regions]

    if case.control.inner.answer_type in MAY_BE_EMPTY:
        assert case.read(twice) == case.answer
    elif case.control.inner.answer_type is AnswerType.TEXT:
        assert case.read(twice) == case.changed(
            lambda answer: canonical_json([*json.loads(answer), *json.loads(answer)])
        )
    else:
        with pytest.raises(AnswerError, match="where one is asked"):
            case.read(twice)
