"""A form: what a label config asks, and which text a task answers it with."""

import pytest

from labeling.errors import LabelConfigError, TaskError
from labeling.form.form import parse
from labeling.objects import LONGEST_TEXT
from tests.support.label_configs import TOPICS, choices


def test_the_text_is_read_from_the_field_that_the_config_names() -> None:
    form = parse(choices(["a", "b"], field="body"))

    assert form.text_of({"body": "hello", "text": "not this"}) == "hello"


@pytest.mark.parametrize(("number", "shown"), [(0, "0"), (7, "7"), (2.5, "2.5")])
def test_a_number_is_read_as_label_studio_shows_it(number: float, shown: str) -> None:
    assert parse(TOPICS).text_of({"text": number}) == shown


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({}, "no field 'text'"),
        ({"text": None}, "no field 'text'"),
        ({"text": ""}, "is empty"),
        ({"text": " \n\t"}, "is empty"),
        ({"text": True}, "not a text"),
        ({"text": [" "]}, "is empty"),
        ({"text": {"a": 1}}, "not a text"),
        ({"text": "x" * (LONGEST_TEXT + 1)}, "longer than"),
    ],
)
def test_a_task_without_a_usable_text_is_an_error_of_its_own(
    data: dict[str, object], complaint: str
) -> None:
    with pytest.raises(TaskError, match=complaint):
        parse(TOPICS).text_of(data)


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("<View>", "cannot be read"),
        ("no xml", "cannot be read"),
        ("<View/>", "no control at all"),
        (TOPICS.replace('toName="text"', 'toName="nothing"'), "cannot be read"),
        (TOPICS.replace('toName="text"', ""), "cannot be read"),
        (TOPICS.replace('value="$text"', 'value="the same for all"'), "no control"),
        (
            '<View><Image name="i" value="$i"/><RectangleLabels name="r" toName="i">'
            '<Label value="x"/></RectangleLabels></View>',
            "RectangleLabels 'r'",
        ),
    ],
)
def test_a_config_that_cannot_be_answered_is_named_in_one_line(config: str, complaint: str) -> None:
    with pytest.raises(LabelConfigError, match=complaint) as refusal:
        parse(config)

    assert "\n" not in str(refusal.value)


def test_other_controls_are_left_to_people_and_named() -> None:
    both = TOPICS.replace("</View>", '<DateTime name="when" toName="text"/></View>')

    form = parse(both)

    assert form.controls[0].from_name == "topic"
    assert [str(one) for one in form.left_to_people] == ["DateTime 'when' (line 9)"]


def test_equal_configs_have_equal_digests() -> None:
    assert parse(TOPICS).digest == parse(TOPICS).digest != parse(choices(["a", "b"])).digest


SEVERAL = """<View>
  <Text name="question" value="$q"/><Text name="left" value="$a"/><Text name="right" value="$b"/>
  <Pairwise name="better" toName="left,right" required="true"/>
  <Choices name="why" toName="left" choice="multiple" visibleWhen="choice-selected"
    whenTagName="sure" whenChoiceValue="Yes">
    <Choice value="x" alias="1"/><Choice value="y"/></Choices>
  <Choices name="sure" toName="left"><Choice value="Yes" alias="yes"/><Choice value="no"/></Choices>
</View>"""


class TestSeveral:
    """A form of several texts and controls is one item and one answer."""

    form = parse(SEVERAL)

    def test_an_item_holds_every_text_by_its_object(self) -> None:
        item = self.form.text_of({"q": "Why?", "a": "So.", "b": 2})
        assert self.form.shown(item) == {"question": "Why?", "left": "So.", "right": "2"}
        assert self.form.data_of(item) == {"q": "Why?", "a": "So.", "b": "2"}

    def test_what_is_only_shown_may_be_missing(self) -> None:
        item = self.form.text_of({"a": "So.", "b": "Not so."})
        assert self.form.shown(item) == {"left": "So.", "right": "Not so."}

    def test_what_is_asked_about_may_not(self) -> None:
        with pytest.raises(TaskError, match="no field 'b'"):
            self.form.text_of({"q": "Why?", "a": "So."})

    @pytest.mark.parametrize("item", ["", "no JSON", "[]", '{"left": "So."}'])
    def test_what_is_no_item_is_refused(self, item: str) -> None:
        with pytest.raises(TaskError):
            self.form.shown(item)

    def test_an_answer_survives_label_studio(self) -> None:
        answer = self.form.answer({"better": "left", "sure": "yes", "why": '["1"]'})
        assert answer is not None
        item = self.form.text_of({"a": "So.", "b": "Not so."})
        assert self.form.decode(self.form.encode(answer, item)[::-1]) == answer

    @pytest.mark.parametrize(("sure", "shows"), [("yes", True), ("no", False)])
    def test_what_does_not_show_is_no_part_of_an_answer(self, sure: str, shows: bool) -> None:
        answer = self.form.answer({"better": "left", "sure": sure, "why": '["1"]'})
        assert answer is not None
        assert ("why" in self.form.answers(answer)) == shows

    def test_without_what_is_required_there_is_no_answer(self) -> None:
        regions = self.form.controls[2].encode("yes")
        assert self.form.decode(regions) is None

    @pytest.mark.parametrize("answer", ["left", "[]", '{"other": "x"}', '{"better": "up"}'])
    def test_what_is_no_answer_is_not_accepted(self, answer: str) -> None:
        item = self.form.text_of({"a": "So.", "b": "Not so."})
        assert not self.form.accepts(answer, item)
