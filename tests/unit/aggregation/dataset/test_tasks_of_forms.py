"""The finished dataset where a person's answer is more than one label: scales and forms."""

import math
from typing import Any

import pytest

from aggregation.beliefs import Belief
from aggregation.forms.form import FormTruth
from aggregation.votes import Answer
from labeling.answers.types import canonical_json
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from tests.support.dataset_rows import accepted, decision, row_of, vote
from tests.support.label_configs import on_text


class TestOfAScale:
    """One step of a scale: people miss by a little, and their votes are read so."""

    AGREEMENT = Equivalence(parse(on_text('<Rating name="stars" toName="text" maxRating="5"/>')))
    STEPS = ("1", "2", "3", "4", "5")

    def label_of(self, *said: str, belief: Belief | None = None) -> dict[str, Any]:
        votes = [vote(f"worker {n}", label) for n, label in enumerate(said)]
        return row_of(*votes, belief=belief, equivalence=self.AGREEMENT, labels=self.STEPS)

    def test_people_s_label_is_that_of_the_ordinal_model(self) -> None:
        # By votes alone the three steps tie; what they are about is the middle one.
        row = self.label_of("2", "3", "4")
        assert (row["label"], row["people_label"], row["source"]) == ("3", "3", "people")
        assert sum(row["posterior"].values()) == pytest.approx(1.0)
        assert row["posterior"]["2"] > row["posterior"]["1"]

    def test_a_calibrated_belief_is_its_prior(self) -> None:
        alone = self.label_of("4")
        shares = {"1": 0.05, "2": 0.05, "3": 0.1, "4": 0.7, "5": 0.1}
        row = self.label_of("4", belief=Belief("4", 0.7, shares, "v1", calibrated=True))
        assert (row["label"], row["source"]) == ("4", "both")
        assert sum(row["posterior"].values()) == pytest.approx(1.0)
        assert row["confidence"] > max(alone["confidence"], 0.7)

    def test_the_label_is_the_most_probable_step(self) -> None:
        assert self.label_of("3")["label"] == "3"
        sure = Belief("1", 0.99, {"1": 0.99}, "v1", calibrated=True)
        row = self.label_of("3", belief=sure)
        assert (row["label"], row["people_label"]) == ("1", "3")
        assert row["posterior"]["3"] < row["posterior"]["1"] == row["confidence"]


class TestOfAForm:
    """Several controls, or an open one: people's label is what they say control by control."""

    AGREEMENT = Equivalence(
        parse(
            on_text(
                """<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/>
                </Choices><Choices name="why" toName="text" choice="multiple">
                <Choice value="price"/><Choice value="staff"/><Choice value="wait"/></Choices>"""
            )
        )
    )
    BELIEF = Belief(
        canonical_json({"mood": "good", "why": '["price"]'}), 0.8, {}, "v1", calibrated=True
    )

    def row(self, *votes: Answer, **known: Any) -> dict[str, Any]:
        return row_of(*votes, equivalence=self.AGREEMENT, **known)

    def test_the_label_is_joined_from_the_consensus_of_each_control(self) -> None:
        votes = [_form("bad", "price", "staff"), _form("bad", "staff"), _form("good", "staff")]
        row = self.row(*(vote(f"worker {n}", said) for n, said in enumerate(votes)))
        assert row["label"] == row["people_label"] == _form("bad", "staff")
        assert row["label"] not in votes[::2]
        truth = FormTruth(self.AGREEMENT).fit(
            [vote(f"worker {n}", said) for n, said in enumerate(votes)]
        )
        assert row["confidence"] == truth.tasks_[1].confidence
        assert row["posterior"] == {row["label"]: row["confidence"]}

    def test_what_nobody_said_as_a_whole_can_be_what_all_say(self) -> None:
        said = [_form("bad", "price"), _form("bad", "staff"), _form("good", "price", "staff")]
        row = self.row(*(vote(f"worker {n}", one) for n, one in enumerate(said)))
        assert row["label"] == _form("bad", "price", "staff")
        assert row["source"] == "people"

    def test_people_s_word_is_their_own_whatever_the_model_believes(self) -> None:
        row = self.row(vote("ann", _form("bad", "wait")), belief=self.BELIEF)
        assert (row["label"], row["source"]) == (_form("bad", "wait"), "people")
        assert row["labelled_by"] == ["ann"]
        assert row["model_label"] == self.BELIEF.label

    def test_what_is_left_to_the_model_is_as_sure_as_the_model(self) -> None:
        taken = self.row(
            accepted(self.BELIEF.label), belief=self.BELIEF, decided=decision("accept")
        )
        assert (taken["label"], taken["source"]) == (self.BELIEF.label, "model")
        assert taken["confidence"] == 0.8

    def test_of_an_accepted_answer_that_the_model_left_nothing_is_known(self) -> None:
        row = self.row(accepted(_form("bad")), belief=self.BELIEF, decided=decision("accept"))
        assert row["label"] == _form("bad")
        assert math.isnan(row["confidence"])

    def test_an_answer_that_the_form_cannot_read_is_none(self) -> None:
        for strange in ('{"other":"x"}', "positive", '{"mood":"bad","why":"price"}'):
            row = self.row(vote("ann", strange), decided=decision("review"))
            assert row["label"] is None
            assert row["votes"] == []


def _form(mood: str, *why: str) -> str:
    return canonical_json({"mood": mood, "why": canonical_json(list(why))})
