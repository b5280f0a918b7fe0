"""A form's answers are aggregated control by control, and joined as one person would give them."""

from datetime import UTC, datetime

from aggregation.forms import FormTruth, votes_of
from aggregation.votes import Answer
from labeling.agreement import Agreement
from labeling.answers import written
from labeling.form import parse

FORM = parse(
    """<View><Text name="text" value="$text"/>
  <Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>
  <Choices name="why" toName="text" choice="multiple" visibleWhen="choice-selected"
    whenTagName="mood" whenChoiceValue="bad">
    <Choice value="price"/><Choice value="staff"/></Choices>
  <Rating name="stars" toName="text"/>
</View>"""
)
AGREEMENT = Agreement(FORM)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def answer(task: int, worker: str, **controls: str) -> Answer:
    return Answer(task, worker, written(controls), "person", NOON)


VOTES = [
    answer(1, "ada", mood="bad", why='["price"]', stars="1"),
    answer(1, "ben", mood="bad", why='["price","staff"]', stars="2"),
    answer(1, "cem", mood="bad", why='["price"]', stars="2"),
    answer(2, "ada", mood="good", stars="5"),
    answer(2, "ben", mood="good"),
    answer(2, "cem", mood="bad", why='["staff"]', stars="4"),
]


def test_every_control_has_its_own_consensus() -> None:
    said = FORM.answers(FormTruth(AGREEMENT).fit(VOTES).tasks_[1].answer)
    assert said == {"mood": "bad", "why": '["price"]', "stars": "2"}


def test_what_does_not_show_beside_the_consensus_is_left_out() -> None:
    said = FORM.answers(FormTruth(AGREEMENT).fit(VOTES).tasks_[2].answer)
    assert said["mood"] == "good"
    assert "why" not in said


def test_a_control_left_unanswered_has_one_vote_less() -> None:
    stars = votes_of(AGREEMENT, VOTES)["stars"]
    assert list(stars["worker"][stars["task"] == 2]) == ["ada", "cem"]


def test_nobody_s_answers_are_no_consensus() -> None:
    truth = FormTruth(AGREEMENT).fit([])
    assert truth.tasks_ == {}
    assert truth.skills_ == {}


def test_an_answer_of_another_form_is_left_out() -> None:
    strange = Answer(3, "ada", '{"another": "x"}', "person", NOON)
    assert 3 not in FormTruth(AGREEMENT).fit([*VOTES, strange]).tasks_


def test_confidence_is_that_of_all_that_counts() -> None:
    truth = FormTruth(AGREEMENT).fit(VOTES)
    parts = [one.confidence_[1] for one in truth.controls_.values()]
    assert truth.tasks_[1].confidence <= min(parts)
    assert set(truth.skills_) == {"ada", "ben", "cem"}
