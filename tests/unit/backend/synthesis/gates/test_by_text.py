"""The gates that look at one text at a time, and at the texts that it may repeat."""

import numpy as np
import pytest

from backend.synthesis.gates.doubt import Doubt
from backend.synthesis.gates.duplicates import Duplicates
from backend.synthesis.gates.held_out_overlap import HeldOutOverlap
from backend.synthesis.gates.label_agreement import LabelAgreement, speak_for_label
from backend.synthesis.gates.language import Language
from backend.synthesis.gates.length import Length
from backend.synthesis.gates.personal_data import PersonalData, kinds_of_personal_data
from backend.synthesis.near_texts import first_of_its_meaning, nearest_cosines
from backend.synthesis.synthetic_texts import SyntheticTexts
from tests.support.synthetic_texts import classifier, drafts, drafts_of, embed, real

SENTENCE = "The league said that the coach of the old team was there again."


@pytest.mark.parametrize(
    ("text", "passes"),
    [("the match was new today again said coach", True), ("goal", False), ("goal " * 50, False)],
)
def test_length_is_that_of_real_texts(text: str, passes: bool) -> None:
    assert Length().judge(drafts_of(text), real()).passes.tolist() == [passes]


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("the coach of the team said there was a goal", True),
        ("der Trainer sprach gestern über seine Mannschaft", False),
        ("тренер команды сказал сегодня", False),
        ("%%%% #### ---- ####", False),
        ("", False),
    ],
)
def test_language_is_that_of_real_texts(text: str, passes: bool) -> None:
    assert Language().judge(drafts_of(text), real()).passes.tolist() == [passes]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mail ann.smith+x@mail.example.org now", "e-mail"),
        ("call +1 (555) 010-9999 today", "telephone"),
        ("call 020 7946 0958 today", "telephone"),
        ("card 4111 1111 1111 1111 it is", "payment card"),
        ("to GB82 WEST 1234 5698 7654 32 please", "bank account"),
        ("from 192.168.0.17 it came", "machine address"),
    ],
)
def test_personal_data_are_found(text: str, kind: str) -> None:
    assert kind in kinds_of_personal_data(text)
    verdict = PersonalData().judge(drafts_of(text, SENTENCE), real())
    assert verdict.passes.tolist() == [False, True]
    assert verdict.figures[kind] == 1


@pytest.mark.parametrize(
    "text",
    [
        "It rose from 1,250,000 to 2,500,000 in 2019.",
        "Version 1.2.3.999 of it",
        "They won 3-2, 1-0 and 2-2.",
        "@team look at section 10.4",
        "from 9:30 to 17:45 on 12/05/2021",
    ],
)
def test_other_numbers_are_no_personal_data(text: str) -> None:
    assert not kinds_of_personal_data(text)


def test_a_wrong_check_digit_is_no_card_and_no_account() -> None:
    assert "payment card" not in kinds_of_personal_data("4111 1111 1111 1112")
    assert "bank account" not in kinds_of_personal_data("GB83 WEST 1234 5698 7654 32")


def test_of_duplicates_the_first_passes() -> None:
    given = drafts_of(SENTENCE, SENTENCE.upper(), SENTENCE.replace(".", "!"), "A goal for the star")
    verdict = Duplicates().judge(given, real())
    assert verdict.passes.tolist() == [True, False, False, True]
    assert verdict.figures == {"exact": 0.25, "written alike": 0.25, "of the same meaning": 0}


def test_what_a_real_text_says_does_not_pass() -> None:
    known = real().texts[3]
    assert not Duplicates().judge(drafts_of(known), real()).passes.any()


def test_texts_of_the_same_meaning_are_duplicates() -> None:
    texts = ("the match goal team", "team goal match the", "bank price profit trade")
    given = SyntheticTexts(texts, np.zeros(3, dtype=np.intp), embed(texts))
    assert Duplicates().judge(given, real()).passes.tolist() == [True, False, True]


def test_a_text_repeats_only_what_was_kept() -> None:
    angle = np.radians([0, 15, 30])
    vectors = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert first_of_its_meaning(vectors, near=0.95).tolist() == [True, False, True]


def test_what_is_kept_does_not_hang_on_how_many_rows_are_compared_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors = embed(drafts(50).texts)
    at_once = first_of_its_meaning(vectors, near=0.6)
    assert 5 < at_once.sum() < 45
    monkeypatch.setattr("backend.synthesis.near_texts.ROWS_AT_ONCE", 7)
    assert (first_of_its_meaning(vectors, near=0.6) == at_once).all()
    assert nearest_cosines(vectors, vectors).tolist() == pytest.approx([1.0] * 50)


def test_what_repeats_a_held_out_text_never_passes() -> None:
    held = (SENTENCE, "bank price profit trade of the share")
    texts = (SENTENCE.lower(), "share the of trade profit price bank", "rocket moon orbit star")
    given = SyntheticTexts(texts, np.zeros(3, dtype=np.intp), embed(texts))
    verdict = HeldOutOverlap().judge(given, real(held_out=held))
    assert verdict.passes.tolist() == [False, False, True]


def test_what_was_made_of_a_held_out_text_never_passes() -> None:
    given = drafts_of("rocket moon", "orbit star", parents=(SENTENCE, ""))
    verdict = HeldOutOverlap().judge(given, real(held_out=[SENTENCE]))
    assert verdict.passes.tolist() == [False, True]
    assert verdict.figures["made of one"] == 0.5


def test_a_text_that_speaks_against_its_label_is_told_and_passes() -> None:
    texts = ("match team goal of the coach today again", "bank price profit was the new share")
    sport = SyntheticTexts(texts, np.zeros(2, dtype=np.intp), embed(texts))
    verdict = LabelAgreement(classifier()).judge(sport, real())
    assert verdict.figures["speak for the label"] == 0.5
    assert verdict.figures["same top label"] == 0.5
    assert verdict.passes.all()


def test_a_text_speaks_for_a_rare_label_that_it_makes_more_probable() -> None:
    """Though it is not the most probable one."""
    believed, label = np.array([[0.6, 0.3, 0.1]]), np.array([2])
    assert speak_for_label(believed, label, np.repeat([0, 1, 2], [500, 490, 10])).all()
    assert not speak_for_label(believed, label, np.repeat([0, 1, 2], [400, 400, 200])).any()


def test_of_texts_that_were_to_be_hard_to_tell_the_plain_ones_do_not_pass() -> None:
    plain, hard = "the team and the coach said there was a goal", "the coach of the bank said today"
    texts = (plain, hard, plain)
    given = SyntheticTexts(
        texts, np.zeros(3, dtype=np.intp), embed(texts), rivals=np.array([1, 1, -1])
    )
    verdict = Doubt(classifier(), most=0.6).judge(given, real())
    assert verdict.passes.tolist() == [False, True, True]
    assert verdict.figures["margin of the hard"] < verdict.figures["margin"] < 1
