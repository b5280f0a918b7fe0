"""`Choices`: every label set survives the way into Label Studio's form and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_studio_sdk.label_interface.interface import LabelInterface

from labeling.answers.types import AnswerType
from labeling.controls import Choices, Control
from labeling.errors import AnswerError, LabelConfigError
from labeling.form.form import parse
from tests.support.label_configs import TOPICS, choices, on_text

# What XML can carry in an attribute without folding it: no controls, surrogates, edge spaces;
# and no variables.
LABELS = st.lists(
    st.text(
        st.characters(
            exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff$"
        ),
        min_size=1,
    ).filter(lambda label: label == " ".join(label.split(" ")) and label.strip() == label),
    min_size=2,
    max_size=8,
    unique=True,
)


def control() -> Choices:
    found = parse(TOPICS).controls[0]
    assert isinstance(found, Choices)
    return found


def test_an_alias_is_stored_and_the_value_is_shown() -> None:
    food = control().candidates[1]

    assert (food.value, food.text, food.hint) == ("food", "Food & drink", "")


@given(LABELS)
def test_every_label_set_is_parsed_encoded_valid_and_decoded(labels: list[str]) -> None:
    form = parse(choices(labels))
    interface = LabelInterface(form.config)

    assert [one.value for one in form.controls[0].candidates] == labels
    for label in labels:
        regions = form.controls[0].encode(label)
        assert form.controls[0].decode(regions) == label
        stored = {"result": regions, "model_version": "m"}
        assert interface.validate_prediction(stored)  # type: ignore[no-untyped-call]


def test_a_result_of_other_controls_is_no_answer() -> None:
    other = {
        "from_name": "other",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": ["x"]},
    }

    assert control().decode([other]) is None
    assert control().decode([other]) is None


def test_an_empty_result_is_no_answer() -> None:
    assert control().decode([]) is None


@pytest.mark.parametrize("picked", [["Chess"], ["Sport", "food"], ["Food & drink"]])
def test_what_is_not_one_of_the_choices_is_refused(picked: list[str]) -> None:
    regions = [{**control().encode("Sport")[0], "value": {"choices": picked}}]

    with pytest.raises(AnswerError):
        control().decode(regions)


def test_an_unknown_answer_cannot_be_written() -> None:
    with pytest.raises(AnswerError, match="Chess"):
        control().encode("Chess")


@pytest.mark.parametrize(
    "attribute",
    ['perRegion="true"', 'PERITEM="true"', 'value="$options"', 'choice="odd"', 'APIurl="http://x"'],
)
def test_variants_that_it_cannot_answer_are_left_to_people(attribute: str) -> None:
    config = choices(["a", "b"]).replace('choice="single"', attribute)

    with pytest.raises(LabelConfigError, match="Choices 'topic'"):
        parse(config)


@pytest.mark.parametrize("choice", ["single", "single-radio", "multiple"])
@pytest.mark.parametrize("required", [True, False])
def test_a_single_box_is_ticked_or_not(choice: str, required: bool) -> None:
    attributes = f'choice="{choice}"' + required * ' required="true"'
    [box] = parse(choices(["a"]).replace('choice="single"', attributes)).controls

    assert box.answer_type is AnswerType.SET
    assert box.decode(box.encode('["a"]')) == '["a"]'
    assert box.decode([]) == (None if required else "[]")


def test_a_tree_of_choices_is_left_to_people() -> None:
    config = on_text(
        '<Choices name="c" toName="text"><Choice value="a"><Choice value="b"/></Choice></Choices>'
    )

    with pytest.raises(LabelConfigError, match="Choices 'c'"):
        parse(config)


@pytest.mark.parametrize("choice", ['<Choice value="a"/>', '<Choice value="x" alias="a"/>'])
def test_two_choices_that_are_stored_as_the_same_are_refused(choice: str) -> None:
    inside = f'<Choice value="a"/><Choice value="b"/>{choice}'

    with pytest.raises(LabelConfigError, match="'a' is there 2 times"):
        parse(on_text(f'<Choices name="c" toName="text">{inside}</Choices>'))


def test_a_choice_without_a_value_is_refused() -> None:
    inside = '<Choice value=""/><Choice value="b"/>'

    with pytest.raises(LabelConfigError, match="A Choice has no value"):
        parse(on_text(f'<Choices name="c" toName="text">{inside}</Choices>'))


def multiple() -> Control:
    return parse(TOPICS.replace("single", "multiple").replace('required="true"', "")).controls[0]


def test_several_choices_are_written_in_the_config_s_order() -> None:
    region = {**multiple().encode('["food"]')[0], "value": {"choices": ["Travel", "Sport"]}}

    assert multiple().decode([region]) == '["Sport","Travel"]'
    assert multiple().answer_type is AnswerType.SET


def test_several_choices_that_are_not_in_order_cannot_be_written() -> None:
    with pytest.raises(AnswerError):
        multiple().encode('["Travel","Sport"]')


def test_none_of_the_choices_is_an_answer() -> None:
    assert multiple().encode("[]") == []
    assert multiple().decode([]) == "[]"
