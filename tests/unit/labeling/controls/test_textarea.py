"""`TextArea`: what people wrote, word for word, and never nothing."""

import pytest

from labeling.controls import Control
from labeling.errors import AnswerError, LabelConfigError
from labeling.form.form import parse
from tests.support.label_configs import on_text


def textarea(attributes: str = "") -> Control:
    return parse(on_text(f'<TextArea name="a" toName="text" {attributes}/>')).controls[0]


def holding(*texts: object) -> list[dict[str, object]]:
    return [{"from_name": "a", "type": "textarea", "value": {"text": text}} for text in texts]


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        ([["one", "two"], ["three"]], '["one","two","three"]'),
        ([["one"], "two"], '["one","two"]'),
        ([[" one\r\n", " ", ""]], '[" one\\r\\n"]'),
        ([["same"], ["same"]], '["same","same"]'),
    ],
)
def test_texts_are_read_in_order_and_left_as_they_are(texts: list[object], answer: str) -> None:
    assert textarea().decode(holding(*texts)) == answer


@pytest.mark.parametrize("texts", [[], [[]], [["", " \n\u00a0"]], [""]])
def test_blank_texts_are_no_answer(texts: list[object]) -> None:
    assert textarea().decode(holding(*texts)) is None


@pytest.mark.parametrize("answer", ["[]", '[""]', '["a", "b"]', '["a"," "]', '"a"', "a", '{"a":1}'])
def test_what_is_no_list_of_texts_cannot_be_written(answer: str) -> None:
    with pytest.raises(AnswerError):
        textarea().encode(answer)


@pytest.mark.parametrize("text", [1, [1], [["a"]], {"a": "b"}, None])
def test_what_is_no_text_is_refused(text: object) -> None:
    with pytest.raises(AnswerError):
        textarea().decode(holding(text))


def test_more_texts_than_may_be_written_are_refused() -> None:
    once = textarea('maxSubmissions="1"')

    assert once.decode(holding(["a", " "])) == '["a"]'
    with pytest.raises(AnswerError, match="at most 1"):
        once.decode(holding(["a", "b"]))
    with pytest.raises(AnswerError, match="at most 1"):
        once.encode('["a","b"]')


def test_texts_about_regions_are_left_to_people() -> None:
    with pytest.raises(LabelConfigError, match="only TextArea 'a'"):
        textarea('perRegion="true"')
