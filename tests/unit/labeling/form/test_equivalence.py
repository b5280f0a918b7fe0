"""Two answers say the same where they are alike enough in all that counts."""

import pytest

from labeling.answers.types import canonical_json
from labeling.errors import AnswerError, SettingsError
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from labeling.settings.sections import ControlSettings

FORM = parse(
    """<View><Text name="text" value="$text"/>
  <Rating name="stars" toName="text"/>
  <Number name="price" toName="text"/>
  <TextArea name="note" toName="text"/>
</View>"""
)
STARS, PRICE, NOTE = FORM.controls


def said(stars: str = "3", price: str = "10", note: str = "A note.") -> str:
    return canonical_json({"stars": stars, "price": price, "note": canonical_json([note])})


def test_without_settings_all_but_texts_must_be_equal() -> None:
    equivalence = Equivalence(FORM)
    assert equivalence.is_same_answer(said(), said(note="Something else."))
    assert not equivalence.is_same_answer(said(), said(stars="4"))
    assert not equivalence.is_same_answer(said(), said(price="10.5"))


def test_a_setting_says_how_alike_is_alike_enough() -> None:
    equivalence = Equivalence(
        FORM,
        {
            "stars": ControlSettings(agreement=0.7),
            "price": ControlSettings(agreement=0.9, spread=10.0),
        },
    )
    assert equivalence.is_same_answer(said(), said(stars="4", price="11"))
    assert not equivalence.is_same_answer(said(), said(stars="5"))
    assert not equivalence.is_same_answer(said(), said(price="12"))


def test_a_setting_says_what_counts() -> None:
    equivalence = Equivalence(
        FORM, {"stars": ControlSettings(counts=False), "note": ControlSettings(counts=True)}
    )
    assert equivalence.is_same_answer(said(), said(stars="5"))
    assert not equivalence.is_same_answer(said(), said(note="Something else."))


def test_an_answer_that_is_missing_is_not_the_same() -> None:
    equivalence = Equivalence(FORM)
    without = canonical_json({"stars": "3"})
    assert not equivalence.is_same_answer(said(), without)
    assert equivalence.is_same_answer(without, without)


def test_what_is_asked_alone_counts_whatever_it_is() -> None:
    form = parse(
        '<View><Text name="text" value="$text"/><TextArea name="note" toName="text"/></View>'
    )
    equivalence = Equivalence(form)
    assert equivalence.counts(form.controls[0])
    assert equivalence.is_same_answer('["The old dog sleeps."]', '["the old dog slept"]')
    assert not equivalence.is_same_answer('["The old dog sleeps."]', '["A cat."]')


def test_what_is_no_answer_of_the_form_is_refused() -> None:
    with pytest.raises(AnswerError):
        Equivalence(FORM).is_same_answer(said(), '{"another": "1"}')


def test_a_setting_of_a_control_that_is_not_there_is_refused_in_one_line() -> None:
    Equivalence(FORM, {"stars": ControlSettings()}).require_fitting_settings()
    with pytest.raises(SettingsError, match="no control 'star' that Tandem answers") as refused:
        Equivalence(FORM, {"star": ControlSettings()}).require_fitting_settings()
    assert "Did you mean stars?" in str(refused.value)
    with pytest.raises(SettingsError, match="Name one of: stars, price, note"):
        Equivalence(FORM, {"sentiment": ControlSettings()}).require_fitting_settings()


def test_only_what_asks_for_one_choice_can_be_subjective() -> None:
    stars = Equivalence(FORM, {"stars": ControlSettings(subjective=True)})
    stars.require_fitting_settings()
    assert [stars.is_subjective(one) for one in FORM.controls] == [True, False, False]
    with pytest.raises(SettingsError, match="'note' asks for more than one choice") as refused:
        Equivalence(FORM, {"note": ControlSettings(subjective=True)}).require_fitting_settings()
    assert refused.value.where == "controls.note.subjective"
