"""What people and the model come to about a form: each control's belief beside its votes."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from aggregation.beliefs import Belief, PartBelief
from aggregation.consensus import ProjectConsensus
from aggregation.forms.form import beliefs_of
from aggregation.votes import Answer
from labeling.answers.types import canonical_json
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from tests.support.label_configs import on_text

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FORM = Equivalence(
    parse(
        on_text(
            """<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/>
            </Choices>
            <Choices name="why" toName="text" choice="multiple">
              <Choice value="price"/><Choice value="staff"/></Choices>
            <TextArea name="note" toName="text"/>"""
        )
    )
)
SPANS = Equivalence(
    parse(on_text('<Labels name="who" toName="text"><Label value="PER"/></Labels>'))
)
TASK = 99


def form(mood: str, *why: str, note: str = "fine") -> str:
    return canonical_json(
        {"mood": mood, "why": canonical_json([*why]), "note": canonical_json([note])}
    )


def belief(
    mood: str,
    *why: str,
    sure: float = 0.95,
    known: tuple[str, ...] = ("mood", "why"),
    note: str = "fine",
    calibrated: bool = True,
) -> Belief:
    """What the model believes; each part as sure as given, so far as it is known."""
    parts = {
        "mood": PartBelief(sure, {one: sure if one == mood else 1 - sure for one in MOODS}),
        "why": PartBelief(sure, {one: sure if one in why else 1 - sure for one in REASONS}),
        "note": PartBelief(sure),
    }
    own = {name: part for name, part in parts.items() if name in known}
    return Belief(form(mood, *why, note=note), sure, {}, "v1", calibrated, own)


MOODS, REASONS = ("good", "bad"), ("price", "staff")


def consensus(
    said: list[str],
    beliefs: Mapping[int, Belief],
    equivalence: Equivalence = FORM,
    agreed: str | None = None,
) -> ProjectConsensus:
    """Three people who agree about twenty tasks, and what some of them say of another one."""
    votes = [(t, w, agreed or form(MOODS[t % 2], REASONS[t % 2])) for t in range(20) for w in "xyz"]
    votes += [(TASK, w, answer) for w, answer in zip("xyz", said, strict=False)]
    answers = [Answer(task, worker, label, "person", NOON) for task, worker, label in votes]
    return ProjectConsensus(answers, beliefs, (), equivalence)


def test_the_model_decides_in_each_control_where_people_differ() -> None:
    said = [form("good", "price"), form("bad", "price")]
    for mood in MOODS:
        joint = consensus(said, {TASK: belief(mood, "price")}).joint[TASK]
        assert next(iter(joint)) == form(mood, "price")
        assert joint[form(mood, "price")] == max(joint.values())


def test_people_who_agree_are_not_overruled_and_stay_in_their_own_words() -> None:
    said = [form("good", "price")] * 3
    found = consensus(said, {TASK: belief("bad", "staff", note="other words")})
    assert list(found.joint[TASK]) == [found.labels[TASK]] == said[:1]


def test_an_answer_that_says_the_same_is_people_s_own() -> None:
    said = [form("good", "price", note="cheap")] * 2
    model = belief("good", "price", note="not dear", known=("mood", "why", "note"))
    assert list(consensus(said, {TASK: model}).joint[TASK]) == said[:1]


def test_where_both_differ_people_s_answer_is_no_more_probable() -> None:
    said = [form("good", "price")]
    joint = consensus(said, {TASK: belief("bad", "price", sure=0.99)}).joint[TASK]
    first, second = joint.items()
    assert (first[0], second[0]) == (form("bad", "price"), form("good", "price"))
    assert 0 <= second[1] < first[1] <= 1
    assert first[1] + second[1] <= 1


def test_the_final_label_is_the_joint_one_and_as_probable() -> None:
    said = [form("good", "price")]
    found = consensus(said, {TASK: belief("bad", "price", sure=0.99)})
    assert found.final_labels[TASK] == form("bad", "price") != found.labels[TASK]
    assert found.final_probabilities[TASK] == max(found.joint[TASK].values())
    alike = consensus(said, {TASK: belief("good", "price")})
    assert alike.final_labels == alike.labels
    assert alike.final_probabilities[TASK] == alike.probabilities[TASK]


def test_a_belief_that_is_not_calibrated_changes_nothing() -> None:
    said = [form("good", "price"), form("bad", "price")]
    found = consensus(said, {TASK: belief("bad", "price", calibrated=False)})
    assert found.joint == {}
    assert found.form_joint is found.form_truth
    assert found.posterior(TASK) == found.posteriors[TASK]


def test_a_control_that_nothing_is_known_of_is_left_to_people() -> None:
    said = [form("good", "price"), form("bad", "staff")]
    found = consensus(said, {TASK: belief("bad", "staff", known=("why",))})
    mood, why = (found.form_joint.controls_[name] for name in ("mood", "why"))
    assert (why.labels_[TASK], mood.labels_[TASK]) == (
        '["staff"]',
        found.form_truth.controls_["mood"].labels_[TASK],
    )
    assert mood.confidence_[TASK] == found.form_truth.controls_["mood"].confidence_[TASK]


def test_a_belief_of_no_control_at_all_is_none() -> None:
    assert consensus([form("good")], {TASK: belief("bad", known=())}).joint == {}


def test_people_alone_are_as_without_a_model() -> None:
    said = [form("good", "price"), form("bad", "price")]
    alone, both = (consensus(said, one) for one in ({}, {TASK: belief("bad", "price")}))
    assert (alone.labels, alone.posteriors) == (both.labels, both.posteriors)
    assert alone.probabilities == both.probabilities
    assert alone.skills == both.skills


class TestOneOpenControl:
    """Where nothing else is asked, what is known of the whole answer is known of the control."""

    key = '[0,5,"PER"]'
    agreed = '[[0,3,"PER"]]'

    def joint(self, said: list[str], confidence: float) -> dict[str, float]:
        known = {self.key: confidence}
        model = Belief(f"[{self.key}]", confidence, known, "v1", calibrated=True)
        return consensus(said, {TASK: model}, SPANS, self.agreed).joint[TASK]

    @pytest.mark.parametrize(("confidence", "marked"), [(0.6, False), (0.99, True)])
    def test_a_span_that_the_model_alone_names_needs_a_sure_model(
        self, confidence: float, marked: bool
    ) -> None:
        answer = next(iter(self.joint(["[]"], confidence)))
        assert answer == (f"[{self.key}]" if marked else "[]")

    def test_what_can_be_read_no_more_is_no_belief(self) -> None:
        strange = Belief("nonsense", 0.9, {}, "v1", calibrated=True)
        assert beliefs_of(SPANS.form, {TASK: strange}) == {"who": {}}
