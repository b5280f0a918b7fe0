"""What people are told of the annotator."""

from routing.standing.annotator import AnnotatorStanding, LabelSkill
from tandem.standing.annotator import annotator_lines

GOOD, BAD = (
    LabelSkill("good", texts=20, right=18, accuracy=0.89, low=0.7, high=0.98),
    LabelSkill("bad", texts=25, right=20, accuracy=0.81, low=0.61, high=0.92),
)
STANDING = AnnotatorStanding(
    model="large-model",
    labelled=320,
    drawn=45,
    spent=36.5,
    budget=50.0,
    saved=120.4,
    weight=0.9,
    skills=[GOOD, BAD],
)


def test_without_one_nothing_is_said() -> None:
    assert annotator_lines(None) == []


def test_it_says_what_was_asked_and_what_that_cost_and_saves() -> None:
    spent, _ = annotator_lines(STANDING)
    assert spent == (
        "The annotator large-model labelled 320 open texts, and 45 texts that people had answered."
        " That cost as much as 36.5 human labels, of 50 that it may cost, and was expected to save"
        " 120."
    )


def test_it_says_how_good_it_is_of_each_label_and_that_it_is_nobody() -> None:
    _, skill = annotator_lines(STANDING)
    assert "bad in 81% (61% to 92%; 25 texts) and good in 89% (70% to 98%; 20 texts)" in skill
    assert "0.90 times" in skill
    assert "nobody's votes" in skill
