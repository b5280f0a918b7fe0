"""The dataset by control: each part of an item's label, as sure as what it came from."""

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregation.beliefs import Belief, PartBelief
from aggregation.dataset.controls import COLUMNS
from aggregation.dataset.tasks import Item, TaskDecision
from aggregation.forms.form import FormTruth
from aggregation.votes import Answer
from labeling.answers.types import canonical_json
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from tests.support.datasets import build, by_control
from tests.support.label_configs import TOPICS, on_text

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TEXT = "Ann met Bob in Rome."
FORM = Equivalence(
    parse(
        on_text(
            """<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/>
            </Choices>
            <Choices name="why" toName="text" choice="multiple" visibleWhen="choice-selected"
              whenTagName="mood" whenChoiceValue="bad">
              <Choice value="price"/><Choice value="staff"/></Choices>
            <Taxonomy name="topic" toName="text"><Choice value="Sport"><Choice value="Chess"/>
              </Choice></Taxonomy>
            <Rating name="stars" toName="text" maxRating="5"/>
            <Number name="price" toName="text"/>
            <Labels name="who" toName="text"><Label value="PER"/><Label value="LOC"/></Labels>
            <TextArea name="note" toName="text"/>"""
        )
    )
)
FULL = {
    "mood": "bad",
    "why": '["price"]',
    "topic": '[["Sport","Chess"]]',
    "stars": "4",
    "price": "12.5",
    "who": '[[0,3,"PER"]]',
    "note": '["So, so."]',
}
PARTS = {
    "mood": PartBelief(0.9, {"good": 0.1, "bad": 0.9}),
    "why": PartBelief(0.7, {"price": 0.75, "staff": 0.125}),
    "who": PartBelief(0.6, {'[8,11,"PER"]': 0.375, '[0,3,"PER"]': 0.875}),
}
ACCEPT = TaskDecision("accept", "sure enough", NOON)


def answer(worker: str, **controls: str) -> Answer:
    return Answer(1, worker, canonical_json(controls), "person", NOON)


def accepted(**controls: str) -> Answer:
    return Answer(1, "tandem", canonical_json(controls), "model", NOON)


def rows_of(
    *answers: Answer,
    model: dict[str, str] | None = None,
    decision: TaskDecision | None = None,
    text: str | None = TEXT,
) -> dict[str, dict[Any, Any]]:
    """Give the rows of one item, by control."""
    belief = Belief(canonical_json(model), 0.5, {}, "v1", True, PARTS) if model else None
    dataset = build(
        [Item(1, text)],
        answers,
        {1: belief} if belief else {},
        {1: decision} if decision else {},
        labels=(),
        equivalence=FORM,
    )
    table = by_control(dataset, FORM, {1: PARTS} if model else {})
    assert tuple(table.columns) == COLUMNS
    return {str(row["control"]): {**row} for row in table.to_dict("records")}


def test_an_item_has_a_row_for_each_control_in_the_form_s_order() -> None:
    rows = rows_of()
    assert list(rows) == ["mood", "why", "topic", "stars", "price", "who", "note"]
    kinds = [row["kind"] for row in rows.values()]
    assert kinds == ["class", "set", "paths", "scale", "number", "spans", "text"]
    assert {row["task"] for row in rows.values()} == {1}


def test_labels_are_in_json_s_types() -> None:
    rows = rows_of(answer("ann", **FULL))
    assert {name: row["label"] for name, row in rows.items()} == {
        "mood": "bad",
        "why": ["price"],
        "topic": [["Sport", "Chess"]],
        "stars": 4,
        "price": 12.5,
        "who": [{"start": 0, "end": 3, "label": "PER", "text": "Ann"}],
        "note": ["So, so."],
    }


def test_people_s_labels_are_as_sure_as_their_consensus_by_kind() -> None:
    votes = [
        answer("ann", mood="bad", why='["price"]', stars="2"),
        answer("bob", mood="bad", why='["price","staff"]', stars="3"),
        answer("cyd", mood="bad", why='["price"]', stars="4"),
    ]
    rows, truth = rows_of(*votes), FormTruth(FORM).fit(votes)
    assert (rows["why"]["label"], rows["stars"]["label"]) == (["price"], 3)
    for name in ("mood", "why", "stars"):
        assert rows[name]["source"] == "people"
        assert rows[name]["confidence"] == truth.controls_[name].confidence_[1]
    product = math.prod(rows[name]["confidence"] for name in ("mood", "why", "stars"))
    assert product == pytest.approx(truth.tasks_[1].confidence)


def test_votes_are_those_on_the_control_and_agree_as_far_as_they_are_alike() -> None:
    rows = rows_of(
        answer("ann", mood="bad", why='["price"]', note='["one"]'),
        answer("bob", mood="bad", why='["price","staff"]'),
        answer("cyd", mood="good"),
    )
    assert rows["why"]["votes"] == [
        {"worker": "ann", "label": ["price"]},
        {"worker": "bob", "label": ["price", "staff"]},
    ]
    assert rows["why"]["agreement"] == 0.5
    assert rows["mood"]["agreement"] == pytest.approx(1 / 3)
    assert math.isnan(rows["note"]["agreement"])
    assert rows["stars"]["votes"] == []


def test_what_the_model_keeps_is_its_own_and_as_sure_as_it_is_of_each() -> None:
    rows = rows_of(accepted(**FULL), model=FULL, decision=ACCEPT)
    assert {row["source"] for row in rows.values()} == {"model"}
    assert rows["mood"]["label"] == rows["mood"]["model_label"] == "bad"
    assert (rows["mood"]["confidence"], rows["mood"]["model_confidence"]) == (0.9, 0.9)
    assert rows["stars"]["label"] == 4
    assert math.isnan(rows["stars"]["confidence"])


def test_a_part_that_the_model_says_otherwise_by_now_is_of_unknown_confidence() -> None:
    kept = accepted(**{**FULL, "why": '["staff"]'})
    rows = rows_of(kept, model=FULL, decision=ACCEPT)
    assert (rows["why"]["label"], rows["why"]["model_label"]) == (["staff"], ["price"])
    assert math.isnan(rows["why"]["confidence"])
    assert rows["why"]["model_confidence"] == 0.7
    assert rows["why"]["entries"] is None
    assert rows["mood"]["confidence"] == 0.9


def test_the_model_s_entries_have_each_their_probability() -> None:
    rows = rows_of(model=FULL, decision=ACCEPT)
    assert rows["why"]["entries"] == [
        {"entry": "price", "probability": 0.75},
        {"entry": "staff", "probability": 0.125},
    ]
    ann = {"start": 0, "end": 3, "label": "PER", "text": "Ann"}
    bob = {"start": 8, "end": 11, "label": "PER", "text": "Bob"}
    assert rows["who"]["entries"] == [
        {"entry": ann, "probability": 0.875},
        {"entry": bob, "probability": 0.375},
    ]
    assert rows["mood"]["entries"] == [
        {"entry": "good", "probability": 0.1},
        {"entry": "bad", "probability": 0.9},
    ]


def test_people_s_choices_have_the_probability_of_each_label() -> None:
    said = {"ann": "bad", "bob": "bad", "cyd": "good"}
    rows = rows_of(*(answer(worker, mood=mood, stars="4") for worker, mood in said.items()))
    chances = {one["entry"]: one["probability"] for one in rows["mood"]["entries"]}
    assert chances["bad"] == rows["mood"]["confidence"] > chances["good"] > 0
    stars = {one["entry"]: one["probability"] for one in rows["stars"]["entries"]}
    assert max(stars, key=lambda step: stars[step]) == "4"


def test_people_s_entries_have_those_of_their_consensus_rejected_ones_too() -> None:
    marked = {"ann": '[[0,3,"PER"]]', "bob": '[[0,3,"PER"],[15,19,"LOC"]]', "cyd": '[[0,3,"PER"]]'}
    rows = rows_of(*(answer(worker, mood="bad", who=who) for worker, who in marked.items()))
    kept, rejected = rows["who"]["entries"]
    assert [kept["entry"]] == rows["who"]["label"]
    assert rejected["entry"] == {"start": 15, "end": 19, "label": "LOC", "text": "Rome"}
    assert rejected["probability"] < 0.5 < kept["probability"]


def test_with_the_model_s_belief_each_is_as_sure_as_both_make_it() -> None:
    one = answer("ann", mood="bad", why='["price","staff"]', who='[[0,3,"PER"]]')
    votes = [one, answer("bob", mood="bad", why='["price"]', who="[]")]
    alone, both = rows_of(*votes), rows_of(*votes, model=FULL)
    assert {row["source"] for row in both.values()} == {"both"}
    staff = [rows["why"]["entries"][1]["probability"] for rows in (alone, both)]
    assert staff[1] < staff[0]
    ann, bob = both["who"]["entries"]
    assert ann["probability"] > alone["who"]["entries"][0]["probability"]
    assert (bob["entry"]["text"], bob["probability"] < 0.375) == ("Bob", True)


def test_what_does_not_show_beside_the_label_has_none() -> None:
    rows = rows_of(
        answer("ann", mood="good"),
        answer("bob", mood="good"),
        answer("cyd", mood="bad", why='["staff"]'),
    )
    assert (rows["mood"]["label"], rows["why"]["label"]) == ("good", None)
    assert rows["why"]["source"] == "people"
    assert math.isnan(rows["why"]["confidence"])
    assert rows["why"]["entries"] is None
    assert len(rows["why"]["votes"]) == 1


def test_an_open_item_has_votes_and_a_model_s_answer_but_no_label() -> None:
    rows = rows_of(
        answer("ann", mood="good"), model=FULL, decision=TaskDecision("review", "", NOON, 2)
    )
    assert {row["label"] for row in rows.values()} == {None}
    assert {row["source"] for row in rows.values()} == {None}
    assert (rows["mood"]["model_label"], len(rows["mood"]["votes"])) == ("bad", 1)


def test_spans_of_a_text_that_is_gone_have_no_words() -> None:
    rows = rows_of(answer("ann", mood="bad", who='[[0,3,"PER"]]'), text=None)
    assert rows["who"]["label"] == [{"start": 0, "end": 3, "label": "PER", "text": ""}]


def test_one_choice_alone_is_as_sure_as_the_item() -> None:
    topics = Equivalence(parse(TOPICS))
    belief = Belief("food", 0.9, {"Sport": 0.05, "food": 0.9, "Travel": 0.05}, "v1", True)
    answers = [Answer(1, "ann", "food", "person", NOON), Answer(2, "ann", "Sport", "person", NOON)]
    items = [Item(1, "a"), Item(2, "b"), Item(3, "c")]
    labels = ("Sport", "food", "Travel")
    dataset = build(
        items, answers, {1: belief, 3: belief}, {3: ACCEPT}, labels=labels, equivalence=topics
    )
    table = by_control(dataset, topics, {})
    for name in ("label", "source", "model_label"):
        assert table[name].tolist() == dataset[name].tolist()
    for name in ("confidence", "model_confidence"):
        assert table[name].equals(dataset[name])


def test_nothing_at_all_is_an_empty_frame() -> None:
    empty = build([], [], {}, {}, labels=(), equivalence=FORM)
    assert by_control(empty, FORM, {}).empty


class TestRegions:
    """What is said of each span stands beside it, and as sure as it is."""

    form = Equivalence(
        parse(
            on_text(
                """<Labels name="who" toName="text"><Label value="PER"/></Labels>
                <Choices name="mood" toName="text" perRegion="true" choice="multiple">
                  <Choice value="good"/><Choice value="bad"/></Choices>"""
            )
        )
    )
    ann = canonical_json([0, 3, "PER", '["bad"]'])

    def row(self, *answers: Answer, **known: Any) -> dict[Any, Any]:
        decisions = {1: known["decision"]} if "decision" in known else {}
        beliefs = {1: known["belief"]} if "belief" in known else {}
        dataset = build(
            [Item(1, TEXT)], answers, beliefs, decisions, labels=(), equivalence=self.form
        )
        table = by_control(dataset, self.form, {1: known.get("parts", {})})
        [row] = [one for one in table.to_dict("records") if one["control"] == "mood"]
        return row

    def said(self, *regions: str) -> dict[str, str]:
        spans = [[0, 3, "PER"] if one == self.ann else [8, 11, "PER"] for one in regions]
        return {"who": canonical_json(spans), "mood": f"[{','.join(regions)}]"}

    def test_people_s_answers_are_as_sure_as_their_votes(self) -> None:
        row = self.row(*(answer(worker, **self.said(self.ann)) for worker in ("ann", "bob")))
        told = {"start": 0, "end": 3, "label": "PER", "text": "Ann", "answer": ["bad"]}
        assert (row["kind"], row["label"]) == ("regions", [told])
        [entry] = row["entries"]
        assert entry["entry"] == told
        assert entry["probability"] == pytest.approx(row["confidence"])
        assert [vote["label"] for vote in row["votes"]] == [[told], [told]]
        assert row["agreement"] == 1.0

    def test_the_model_s_are_as_sure_as_it_said(self) -> None:
        bob = canonical_json([8, 11, "PER", "[]"])
        said = self.said(self.ann, bob)
        belief = Belief(canonical_json(said), 0.5, {}, "v1", calibrated=True)
        parts = {"mood": PartBelief(0.375, {self.ann: 0.75, bob: 0.5})}
        row = self.row(accepted(**said), belief=belief, parts=parts, decision=ACCEPT)
        assert [one["answer"] for one in row["label"]] == [["bad"], []]
        assert [one["probability"] for one in row["entries"]] == [0.75, 0.5]
        assert [one["entry"]["text"] for one in row["entries"]] == ["Ann", "Bob"]
        assert row["confidence"] == 0.375
