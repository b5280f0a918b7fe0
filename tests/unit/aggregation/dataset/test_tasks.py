"""The finished dataset: who decided each item, how sure it is, and why it is open if it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.beliefs import Belief, spread
from aggregation.consensus import ProjectConsensus
from aggregation.dataset import tasks
from aggregation.dataset.tasks import Item
from labeling.errors import SettingsError
from tests.support.dataset_rows import (
    CALIBRATED,
    LABELS,
    NOON,
    UNCALIBRATED,
    accepted,
    decision,
    row_of,
    vote,
)
from tests.support.datasets import build


def test_what_is_left_to_the_model_has_its_label_and_its_belief() -> None:
    row = row_of(accepted("A"), belief=CALIBRATED, decided=decision("accept"))
    assert (row["label"], row["source"]) == ("A", "model")
    assert row["confidence"] == pytest.approx(0.9, abs=0.01)
    assert row["labelled_by"] == ["tandem"]
    assert row["labelled_at"] == NOON
    assert row["votes"] == []
    assert row["model_version"] == "model-12345678"
    assert row["decision"] == "accept"


def test_an_audited_item_has_no_label_until_a_person_answers() -> None:
    assert row_of(belief=CALIBRATED, decided=decision("audit"))["source"] is None
    checked = row_of(vote("ann", "A"), belief=CALIBRATED, decided=decision("audit", votes=1))
    assert checked["source"] == "both"


def test_the_label_is_the_most_probable_one_by_votes_and_belief() -> None:
    sure = Belief("A", 0.999, {"A": 0.999, "B": 0.001}, "v1", calibrated=True)
    row = row_of(vote("ann", "B"), belief=sure, decided=decision("review"))
    assert (row["label"], row["people_label"], row["source"]) == ("A", "B", "both")
    assert row["confidence"] == row["posterior"]["A"] > 0.5
    voted = [vote(name, "B") for name in ("ann", "bob", "cyd", "dan")]
    assert row_of(*voted, belief=sure, decided=decision("review", 4))["label"] == "B"


@given(
    st.lists(st.sampled_from(LABELS), min_size=1, max_size=5),
    st.floats(0.34, 1.0),
    st.sampled_from(LABELS),
)
def test_no_other_label_is_more_probable_than_the_exported_one(
    said: list[str], confidence: float, believed: str
) -> None:
    votes = [vote(f"worker {n}", label) for n, label in enumerate(said)]
    belief = Belief(believed, confidence, {}, "v1", calibrated=True)
    row = row_of(*votes, belief=belief, decided=decision("dispute", len(said)))
    assert row["confidence"] == pytest.approx(max(row["posterior"].values()))


def test_where_a_promise_holds_the_labels_are_given() -> None:
    sure = Belief("A", 0.999, {"A": 0.999, "B": 0.001}, "v1", calibrated=True)
    consensus = ProjectConsensus([vote("ann", "B")], {1: sure}, LABELS)
    table = tasks.build([Item(1, "hello")], consensus, {}, people={1: "B"}, final={1: "B"})
    assert (table["label"][0], table["people_label"][0]) == ("B", "B")
    assert table["confidence"][0] < 0.5


class TestOfADispute:
    DISPUTE = decision("dispute", votes=2)

    def test_the_label_stands_while_one_more_person_is_asked(self) -> None:
        row = row_of(vote("ann", "B"), belief=UNCALIBRATED, decided=self.DISPUTE)
        assert (row["label"], row["decision"]) == ("B", "dispute")

    def test_a_frozen_label_stands_until_somebody_answers(self) -> None:
        asked = replace(self.DISPUTE, votes=1, frozen="A")
        assert row_of(belief=CALIBRATED, decided=asked)["source"] == "model"
        row = row_of(vote("ann", "B"), vote("bob", "B"), belief=CALIBRATED, decided=asked)
        assert (row["label"], row["source"]) == ("B", "both")

    def test_what_nobody_labelled_waits(self) -> None:
        row = row_of(belief=CALIBRATED, decided=replace(self.DISPUTE, votes=1))
        assert row["label"] is None
        assert row["reason"].startswith("waits for 1 of 1 people")


def test_a_vote_is_fused_with_a_calibrated_belief() -> None:
    row = row_of(vote("ann", "B"), belief=CALIBRATED, decided=decision("review"))
    assert row["source"] == "both"
    assert row["people_label"] == "B"
    assert sum(row["posterior"].values()) == pytest.approx(1.0)
    assert row["labelled_by"] == ["ann", "model-12345678"]
    agreeing = row_of(vote("ann", "A"), belief=CALIBRATED, decided=decision("review"))
    assert agreeing["confidence"] > 0.95 > row["confidence"]


def test_an_uncalibrated_belief_weighs_nothing() -> None:
    row = row_of(vote("ann", "B"), belief=UNCALIBRATED, decided=decision("review"))
    assert (row["label"], row["source"], row["labelled_by"]) == ("B", "people", ["ann"])
    assert (row["model_label"], row["model_calibrated"]) == ("A", False)


def test_an_item_waits_until_all_that_were_asked_have_answered() -> None:
    row = row_of(vote("ann", "B"), belief=CALIBRATED, decided=decision("review", votes=2))
    assert row["label"] is None
    assert row["source"] is None
    assert row["labelled_by"] == []
    assert row["reason"].startswith("waits for 1 of 2 people")
    assert len(row["votes"]) == 1


@pytest.mark.parametrize("kind", ["pilot", "review", "retract"])
def test_what_people_were_asked_is_open_until_they_answer(kind: str) -> None:
    row = row_of(accepted("A"), belief=CALIBRATED, decided=decision(kind))
    assert row["label"] is None


def test_open_items_say_why() -> None:
    assert row_of(belief=CALIBRATED)["reason"] == "not routed yet"
    assert row_of(text=None)["reason"] == "the task has no text that can be read"
    assert "no prediction" in row_of(decided=decision("accept"))["reason"]


def test_votes_keep_who_when_and_how_long_and_count_once_a_person() -> None:
    row = row_of(vote("ann", "B"), vote("bob", "A", 1), vote("ann", "A", 2))
    assert [(v["worker"], v["label"], v["lead_time"]) for v in row["votes"]] == [
        ("bob", "A", 7.0),
        ("ann", "A", 7.0),
    ]
    assert row["labelled_at"] == NOON + timedelta(minutes=2)
    assert row["label"] == "A"


def test_rows_keep_the_order_of_the_items_and_their_kinds() -> None:
    items = [Item(3, "c"), Item(1, "a"), Item(2, None)]
    table = build(items, [vote("ann", "A")], {3: CALIBRATED}, {}, labels=LABELS)
    assert table["task"].tolist() == [3, 1, 2]
    assert table["confidence"].dtype == "float64"
    assert table["label"].tolist() == [None, "A", None]


def test_a_label_that_is_offered_no_more_keeps_its_votes() -> None:
    row = row_of(vote("ann", "old"), belief=CALIBRATED)
    assert set(row["posterior"]) == {"A", "B", "C", "old"}


def test_nothing_at_all_is_an_empty_dataset() -> None:
    assert build([], [], {}, {}, labels=LABELS).empty


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(SettingsError):
        build([Item(1, "a")], [], {}, {}, labels=LABELS, method="oracle")


def test_a_belief_without_a_distribution_is_spread_evenly() -> None:
    assert spread(Belief("A", 0.8), LABELS) == pytest.approx({"A": 0.8, "B": 0.1, "C": 0.1})


def test_the_answers_confidence_is_what_counts_in_a_spread_belief() -> None:
    belief = Belief("A", 0.6, {"A": 0.9, "B": 0.075, "C": 0.025})
    assert spread(belief, LABELS) == pytest.approx({"A": 0.6, "B": 0.3, "C": 0.1})
