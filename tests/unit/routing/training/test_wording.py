"""What a training project tells people, in their words."""

import pytest

from labeling.form.form import parse
from labeling.settings.quality_section import QualitySettings
from routing.training.wording import in_words, instruction_of, note_of
from tests.support.label_configs import TOPICS, on_text

SEVERAL = '<Choices name="c" toName="text" choice="multiple"><Choice value="a"/></Choices>'
TREE = '<Taxonomy name="c" toName="text"><Choice value="A"><Choice value="B"/></Choice></Taxonomy>'
LABELS = '<Labels name="c" toName="text"><Label value="PER"/></Labels>'


@pytest.mark.parametrize(
    ("config", "answer", "words"),
    [
        (TOPICS, "food", "Food & drink"),
        (on_text(SEVERAL), "[]", "nothing"),
        (on_text(TREE), '[["A","B"]]', "A → B"),
        (on_text('<Rating name="c" toName="text"/>'), "4", "4"),
        (on_text('<TextArea name="c" toName="text"/>'), '["A summary"]', "A summary"),
        (on_text(LABELS), '[[0,3,"PER"]]', "“Ann” PER"),
        (on_text(SEVERAL + '<Number name="n" toName="text"/>'), '{"n":"3"}', "n: 3.0"),
    ],
)
def test_an_answer_is_said_as_the_page_shows_it(config: str, answer: str, words: str) -> None:
    assert in_words(parse(config), answer, "Ann sings") == words


def test_all_that_is_accepted_is_told_with_the_reason() -> None:
    told = note_of(parse(TOPICS), ("Sport", "food"), "A cup of tea at half-time.", "Tea")
    assert told == "Right: Sport, or Food & drink\nA cup of tea at half-time."


def test_the_instruction_says_what_the_settings_ask() -> None:
    told = instruction_of(QualitySettings(training="exam", exam_retries=2))
    assert "Training" not in told
    assert "at most 20 items" in told
    assert "try again 2 times" in told
    assert "try again" not in instruction_of(QualitySettings(training="exam", exam_retries=0))
