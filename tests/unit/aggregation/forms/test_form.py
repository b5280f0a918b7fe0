"""A form's answers are aggregated control by control, and joined as one person would give them."""

from datetime import UTC, datetime

from aggregation.forms.form import FormTruth, votes_of
from aggregation.votes import Answer
from labeling.answers.types import canonical_json
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse

FORM = parse(
    """<View><Text name="text" value="$text"/>
  <Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>
  <Choices name="why" toName="text" choice="multiple" visibleWhen="choice-selected"
    whenTagName="mood" whenChoiceValue="bad">
    <Choice value="price"/><Choice value="staff"/></Choices>
  <Rating name="stars" toName="text"/>
</View>"""
)
AGREEMENT = Equivalence(FORM)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def answer(task: int, worker: str, **controls: str) -> Answer:
    return Answer(task, worker, canonical_json(controls), "person", NOON)


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


class TestRegions:
    """What is asked of regions is settled among those who marked them, once it is settled which."""

    form = parse(
        """<View><Text name="text" value="$text"/>
        <Labels name="things" toName="text"><Label value="Food"/><Label value="Staff"/></Labels>
        <Choices name="feeling" toName="text" perRegion="true"><Choice value="good"/>
          <Choice value="bad"/></Choices></View>"""
    )

    def truth(self, *said: list[list[object]]) -> FormTruth:
        """What comes of workers' spans, each with what its worker says of it."""
        answers = [
            answer(
                1,
                f"w{number}",
                things=canonical_json([region[:3] for region in own]),
                feeling=canonical_json(own),
            )
            for number, own in enumerate(said)
        ]
        return FormTruth(Equivalence(self.form)).fit(answers)

    def test_what_a_single_worker_made_up_is_no_part_of_it(self) -> None:
        soup, wine = [4, 8, "Food", "bad"], [20, 24, "Food", "good"]
        truth = self.truth([soup], [soup], [soup, wine])
        told = self.form.answers(truth.tasks_[1].answer)
        assert told == {"things": '[[4,8,"Food"]]', "feeling": canonical_json([soup])}

    def test_who_marked_it_a_little_otherwise_has_a_say_too(self) -> None:
        near = [[0, 8, "Food", "good"]], [[4, 8, "Food", "bad"]], [[0, 8, "Food", "good"]]
        told = self.form.answers(self.truth(*near).tasks_[1].answer)
        assert told == {"things": '[[0,8,"Food"]]', "feeling": '[[0,8,"Food","good"]]'}

    def test_its_confidence_is_that_of_the_stretches_and_of_what_is_said(self) -> None:
        soup = [4, 8, "Food", "bad"]
        truth = self.truth([soup], [soup], [[4, 8, "Food", "good"]])
        things, feeling = (truth.controls_[name] for name in ("things", "feeling"))
        assert truth.tasks_[1].confidence == things.confidence_[1] * feeling.confidence_[1]
        assert feeling.confidence_[1] < things.confidence_[1]
