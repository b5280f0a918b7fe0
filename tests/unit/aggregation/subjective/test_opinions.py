"""What people say of each control, and whether there is one truth to it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from aggregation.beliefs import Belief, PartBelief
from aggregation.consensus import ProjectConsensus
from aggregation.subjective.opinions import ControlOpinions, opinions_of
from aggregation.votes import Answer
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from labeling.settings.sections import ControlSettings
from tests.support.label_configs import on_text

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHOICES = """<Choices name="tone" toName="text"><Choice value="kind"/><Choice value="rude"/>
</Choices>"""
ONE = parse(on_text(CHOICES))
SEVERAL = parse(
    on_text(
        CHOICES
        + """<Rating name="stars" toName="text" maxRating="3"/><TextArea name="why" toName="text"/>
        <Choices name="topics" toName="text" choice="multiple"><Choice value="a"/></Choices>"""
    )
)
SUBJECTIVE = {"tone": ControlSettings(subjective=True)}


def answers(votes: Mapping[int, Sequence[str]]) -> list[Answer]:
    return [
        Answer(task, f"w{number}", label, "person", NOON)
        for task, labels in votes.items()
        for number, label in enumerate(labels)
    ]


def tone(votes: Mapping[int, Sequence[str]], **settings: ControlSettings) -> ControlOpinions:
    known = Equivalence(ONE, settings)
    return opinions_of(ProjectConsensus(answers(votes), {}, ("kind", "rude"), known))["tone"]


AGREED = {task: ["kind" if task % 2 else "rude"] * 6 for task in range(10, 50)}
SPLIT = {1: ["kind", "rude"] * 3}


def test_a_control_has_no_single_truth_where_the_settings_say_so() -> None:
    assert not tone({**AGREED, **SPLIT}, **SUBJECTIVE).has_single_truth(10)


def test_of_another_only_the_tasks_that_divide_able_people_have_none() -> None:
    found = tone({**AGREED, **SPLIT})
    assert found.has_single_truth(10)
    assert not found.has_single_truth(1)


def test_an_opinion_that_others_share_is_no_error_and_one_that_nobody_has_is() -> None:
    found = tone({**AGREED, 1: ["kind", "rude", "kind", "kind"], 2: ["kind"] * 30}, **SUBJECTIVE)
    shared, alone = (found.probability_of_error(task, "rude") for task in (1, 2))
    assert shared is not None
    assert alone is not None
    assert shared < 0.2
    assert alone > 0.9
    assert found.probability_of_error(999, "rude") is None


def test_each_control_of_a_form_that_asks_for_one_choice_is_told_of() -> None:
    said = [
        {"tone": "kind", "stars": "3", "why": '["so"]', "topics": '["a"]'},
        {"tone": "rude", "stars": "3"},
        {"stars": "2"},
    ]
    votes = {1: [json.dumps(one, sort_keys=True, separators=(",", ":")) for one in said]}
    known = Equivalence(SEVERAL, SUBJECTIVE)
    found = opinions_of(ProjectConsensus(answers(votes), {}, (), known))
    assert {name: one.votes for name, one in found.items()} == {
        "tone": {1: ("kind", "rude")},
        "stars": {1: ("3", "3", "2")},
    }
    assert (found["tone"].is_subjective, found["stars"].is_subjective) == (True, False)
    assert found["stars"].distributions.labels == ("1", "2", "3")


def test_the_belief_of_a_control_stands_in_for_votes_where_it_predicts_them() -> None:
    votes = {task: ["kind"] * 3 if task % 2 else ["rude"] * 3 for task in range(60)}
    beliefs = {
        task: Belief(
            "kind" if task % 2 else "rude",
            0.9,
            calibrated=True,
            parts={"tone": PartBelief(0.9)},
        )
        for task in range(70)
    }
    known = Equivalence(ONE, SUBJECTIVE)
    consensus = ProjectConsensus(answers(votes), beliefs, ("kind", "rude"), known)
    shares = opinions_of(consensus)["tone"].distributions.shares
    assert shares[61]["kind"] == pytest.approx(1 - shares[62]["kind"], abs=0.05)
    assert shares[61]["kind"] > 0.7


def test_without_a_form_nothing_is_told() -> None:
    assert opinions_of(ProjectConsensus(answers(SPLIT), {}, ("kind", "rude"))) == {}
