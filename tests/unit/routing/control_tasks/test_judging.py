"""Whether an answer is right: as alike as the settings ask for, for every kind of answer."""

import pytest

from labeling.answers.types import canonical_json
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from labeling.settings.sections import ControlSettings
from routing.control_tasks.judging import is_right


def asks(*controls: str, **settings: ControlSettings) -> Equivalence:
    config = f'<View><Text name="t" value="$text"/>{"".join(controls)}</View>'
    return Equivalence(parse(config), settings)


TOPIC = '<Choices name="topic" toName="t"><Choice value="a"/><Choice value="b"/></Choices>'
NAMES = '<Labels name="names" toName="t"><Label value="PER"/></Labels>'
WORDS = '<TextArea name="words" toName="t"/>'


class TestAccepted:
    def test_any_of_the_accepted_answers_is_right(self) -> None:
        assert is_right(asks(TOPIC), "b", ["a", "b"])
        assert not is_right(asks(TOPIC), "b", ["a"])

    @pytest.mark.parametrize(("least", "expected"), [(1.0, False), (0.5, True)])
    def test_spans_are_right_when_they_are_alike_enough(self, least: float, expected: bool) -> None:
        equivalence = asks(NAMES, names=ControlSettings(agreement=least))
        assert is_right(equivalence, '[[0,5,"PER"]]', ['[[0,6,"PER"]]']) is expected

    def test_texts_need_not_be_the_same_to_the_letter(self) -> None:
        assert is_right(asks(WORDS), '["A red car"]', ['["a red car."]'])
        assert not is_right(asks(WORDS), '["A house"]', ['["a red car."]'])


class TestSeveralControls:
    def test_only_what_is_stated_is_compared(self) -> None:
        said = canonical_json({"names": '[[0,5,"PER"]]', "topic": "a"})
        assert is_right(asks(TOPIC, NAMES), said, [canonical_json({"topic": "a"})])
        assert not is_right(asks(TOPIC, NAMES), said, [canonical_json({"topic": "b"})])

    def test_what_does_not_count_is_left_out_unless_nothing_else_is_stated(self) -> None:
        said = canonical_json({"topic": "a", "words": '["A house"]'})
        both = canonical_json({"topic": "a", "words": '["Rain at night"]'})
        assert is_right(asks(TOPIC, WORDS), said, [both])
        alone = canonical_json({"words": '["Rain at night"]'})
        assert not is_right(asks(TOPIC, WORDS), said, [alone])

    def test_what_is_no_answer_of_the_form_is_wrong(self) -> None:
        assert not is_right(asks(TOPIC, NAMES), "nonsense", [canonical_json({"topic": "a"})])
