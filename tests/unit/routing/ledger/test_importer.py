"""The mirror: the ledger holds what Label Studio holds, however it was learned."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregation.beliefs import PartBelief
from labeling.answers.types import canonical_json
from labeling.form.form import parse
from labeling.predictions.label_studio_json import to_label_studio
from labeling.predictions.prediction import Part, Prediction, Provenance
from routing.ledger import Ledger
from routing.ledger.converters import SOURCE
from routing.ledger.cursor import Cursor
from routing.ledger.records import Assignment, LedgerState
from routing.studio.models import StudioPrediction, StudioTask
from tests.support.observed_tasks import (
    ADA,
    BEN,
    NOON,
    READING,
    annotation,
    looks,
    prediction,
    task,
)
from tests.unit.routing.conftest import NewLedger

LATER = NOON + timedelta(hours=1)
SEVERAL = parse(
    """<View><Text name="text" value="$text"/>
  <Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>
  <Choices name="why" toName="text" choice="multiple">
    <Choice value="price"/><Choice value="staff"/></Choices>
</View>"""
)


def test_a_task_is_kept_with_its_text_and_a_broken_one_without(ledger: Ledger) -> None:
    broken = replace(task(2), data={"text": None})
    ledger.mirror([task(1), broken], READING)
    kept = ledger.state().tasks
    assert ledger.state().texts == {1: "Text 1", 2: None}
    assert kept[1].unreadable is None
    assert "text" in (kept[2].unreadable or "")


def test_of_a_twin_it_is_kept_what_it_stands_for(ledger: Ledger) -> None:
    twin = replace(task(2), data={"text": "Text 1", SOURCE: 1})
    ledger.mirror([task(1), twin, replace(task(3), data={"text": "", SOURCE: "1"})], READING)
    sources = {id_: one.source for id_, one in ledger.state().tasks.items()}
    assert sources == {1: None, 2: 1, 3: None}


def test_a_prediction_of_tandem_is_kept_with_all_that_it_believes(ledger: Ledger) -> None:
    ledger.mirror([task(1, predictions=[prediction(7, 1, "negative", 0.75)])], READING)
    (kept,) = ledger.state().predictions
    assert (kept.id, kept.task, kept.answer, kept.confidence) == (7, 1, "negative", 0.75)
    assert kept.distribution == {"negative": 0.75, "positive": 0.25}
    assert (kept.raw_score, kept.calibrator) == (0.6, "platt:40")
    assert kept.parts == {"sentiment": PartBelief(0.75, kept.distribution)}


def test_a_prediction_of_several_controls_is_kept_with_what_it_believes_of_each(
    ledger: Ledger,
) -> None:
    behind = Provenance("transformers:tiny", "abc", "none", "platt:40")
    said = {
        "mood": Part("bad", 0.9, {"good": 0.1, "bad": 0.9}, 0.8, behind),
        "why": Part('["price"]', 0.7, {"price": 0.8, "staff": 0.125}, 0.7, behind),
    }
    whole = Prediction(
        canonical_json({n: one.answer for n, one in said.items()}), 0.63, "tiny-1", said
    )
    made = to_label_studio(SEVERAL, whole, "Text 1")
    stored = StudioPrediction(7, 1, "tiny-1", made["score"], made["result"], NOON)
    ledger.mirror([task(1, predictions=[stored])], replace(READING, form=SEVERAL))
    (kept,) = ledger.state().predictions
    assert (kept.answer, kept.confidence, kept.distribution) == (whole.answer, 0.63, {})
    assert kept.parts == {
        "mood": PartBelief(0.9, {"good": 0.1, "bad": 0.9}),
        "why": PartBelief(0.7, {"price": 0.8, "staff": 0.125}),
    }
    assert ledger.history(1).predictions == [kept]


def test_a_prediction_of_another_model_is_kept_as_answer_and_score(ledger: Ledger) -> None:
    foreign = replace(prediction(7, 1), result=annotation(1, 1).result, model_version="other")
    ledger.mirror([task(1, predictions=[foreign])], READING)
    (kept,) = ledger.state().predictions
    assert (kept.answer, kept.confidence, kept.distribution) == ("negative", 0.8, {})
    assert (kept.raw_score, kept.calibrator, kept.parts) == (None, None, {})


def test_a_deleted_prediction_is_forgotten_and_a_deleted_annotation_marked(
    ledger: Ledger,
) -> None:
    full = task(1, [annotation(1, 1), annotation(2, 1, BEN)], [prediction(1, 1), prediction(2, 1)])
    ledger.mirror([full, task(2, [annotation(3, 2)], [prediction(3, 2)])], READING)
    ledger.mirror([task(1, full.annotations[:1], full.predictions[1:], LATER)], READING)
    state = ledger.state()
    assert [one.id for one in state.predictions] == [2, 3]
    assert [one.id for one in state.annotations] == [1, 3]
    gone = {one.id: one.deleted_at for one in ledger.history(1).annotations}
    assert gone[1] is None
    assert gone[2] is not None


def test_a_deleted_task_leaves_its_history(ledger: Ledger) -> None:
    ledger.assign([Assignment(1, ADA, "open", NOON)])
    ledger.mirror([task(1, [annotation(1, 1)], [prediction(1, 1)]), task(2)], READING)
    ledger.forget_tasks([1])
    state = ledger.state()
    assert list(state.tasks) == [2]
    assert (state.predictions, state.annotations, state.assignments) == ([], [], [])
    history = ledger.history(1)
    assert [one.id for one in history.annotations] == [1]
    assert [one.state for one in history.assignments] == ["withdrawn"]


def test_the_cursor_is_kept(ledger: Ledger) -> None:
    assert ledger.cursor() is None
    ledger.mirror([], READING, cursor=NOON)
    ledger.mirror([task(1)], READING)
    assert ledger.cursor() == Cursor(NOON, READING.digest)
    ledger.mirror([], READING, cursor=LATER)
    assert ledger.cursor() == Cursor(LATER, READING.digest)


def test_projects_in_one_database_do_not_see_each_other(new_ledger: NewLedger) -> None:
    one, other = new_ledger(), new_ledger()
    one.mirror([task(1, [annotation(1, 1)])], READING)
    other.mirror([task(1, [annotation(1, 1, BEN)])], READING)
    other.forget_tasks([1])
    assert [kept.worker for kept in one.state().annotations] == ["Ada"]


def what_counts(state: LedgerState) -> object:
    """All of a state but for the moment at which the mirror noticed something."""
    return state.tasks, state.predictions, state.annotations


@given(data=st.data(), seen=looks())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_mirroring_again_or_in_another_order_or_in_parts_gives_the_same(
    new_ledger: NewLedger, data: st.DataObject, seen: list[StudioTask]
) -> None:
    straight = new_ledger()
    straight.mirror(seen, READING)
    ledger = new_ledger()
    shuffled = data.draw(st.permutations(seen))
    cut = data.draw(st.integers(0, len(seen)))
    for part in (shuffled[:cut], shuffled[cut:], shuffled):
        ledger.mirror(part, READING)
    assert what_counts(ledger.state()) == what_counts(straight.state())
    counted = {table: ledger.counts()[table] for table in ("task", "prediction")}
    assert counted == {table: straight.counts()[table] for table in counted}


@given(data=st.data(), first=looks(), second=looks())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_state_with_some_tasks_read_anew_is_the_state_that_is_read_whole(
    new_ledger: NewLedger, data: st.DataObject, first: list[StudioTask], second: list[StudioTask]
) -> None:
    ledger = new_ledger()
    ledger.mirror(first, READING)
    before = ledger.state()
    ledger.mirror(second, READING)
    changed = sorted({one.id for one in second})
    changed += data.draw(st.lists(st.sampled_from(sorted(before.tasks)))) if before.tasks else []
    assert ledger.renewed(before, changed) == ledger.state()
    assert ledger.renewed(before, []) is before


def test_a_moment_without_a_time_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="no time zone"):
        ledger.mirror([task(1, updated_at=NOON.replace(tzinfo=None))], READING)
