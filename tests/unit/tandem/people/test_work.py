"""People's work: labels, control tasks, training; all of it counts, and is paid by the settings."""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from labeling.form.form import parse
from labeling.settings.settings import Settings
from routing.snapshot.observe import observe
from routing.snapshot.snapshot import Snapshot
from routing.training.items import items_in
from routing.work.pay import pay_of
from tandem.people.work import timed_work, work_of_person
from tests.support.commands import tandem, the_object
from tests.support.crowd_answers import PEOPLE, answered_by
from tests.support.label_configs import SENTIMENT
from tests.support.ledger_states import answer, state, task
from tests.support.memory_commands import work_on
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.snapshots import snapshot_of
from tests.support.training import trainings

ANN, BEN = 2, 3
DAYS = ("--from", "2000-01-01", "--to", "2100-01-01")


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """A project whose two people are new; Ann has answered four items of her exam, Ben none."""
    file = tmp_path / "known.jsonl"
    rows = [{"text": f"Known {n}", "answer": "positive"} for n in range(12)]
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    loop = new_memory_loop(tmp_path, 6, "ann@x.localhost", "ben@x.localhost")
    loop.sections["quality"] = {"known_answers": str(file), "training": "exam"}
    loop.sections["costs"] = {"human_label": 0.1}
    loop.sync()
    [found] = trainings(loop.studio.descriptions(), loop.studio.project_id)
    training, form = loop.studio.beside(found), parse(SENTIMENT)
    for item, _ in list(items_in(training.tasks()).values())[:4]:
        training.annotate(item.id, ANN, form.encode("positive", item.data["text"]))
    return loop


def seen(loop: MemoryLoop) -> Snapshot:
    settings = Settings.model_validate(loop.sections)
    return observe(cast(Any, loop.studio), loop.ledger, settings, dry_run=True)


def test_training_and_exam_are_work(loop: MemoryLoop) -> None:
    given = timed_work(seen(loop))
    assert [(one.answer.worker, one.answer.kind, one.seconds) for one in given] == [
        (ANN, "training", 5.0)
    ] * 4


@pytest.mark.parametrize(("paid", "earned"), [(["training"], "0.40"), (["controls"], "0.00")])
def test_training_is_paid_where_the_setting_says_so(
    loop: MemoryLoop, paid: list[str], earned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.sections["quality"]["paid"] = paid
    work_on(loop, monkeypatch)
    [ann] = the_object(tandem("people", "pay", *DAYS, "--json"))["people"]
    assert (ann["email"], ann["training"], ann["labels"]) == ("ann@x.localhost", 4, 0)
    assert ann["earned_training"] == ann["earned"] == earned
    assert ann["hours"] == pytest.approx(4 * 5 / 3600, abs=1e-4)


def test_it_is_paid_though_training_was_switched_off_since(loop: MemoryLoop) -> None:
    loop.sections["quality"]["training"] = "none"
    loop.sync()
    snapshot = seen(loop)
    own = work_of_person(snapshot, ANN, timed_work(snapshot)).answers
    pay = pay_of(ANN, own, snapshot.settings.costs, snapshot.settings.quality.paid)
    assert pay.parts["training"].answers == 4


def test_label_studio_is_not_asked_for_a_training_that_nobody_ever_had() -> None:
    snapshot = snapshot_of(answered_by({1: ("positive",)}))  # its Label Studio answers nothing
    assert [one.answer.worker for one in timed_work(snapshot)] == [PEOPLE[0][0]]


def test_a_blind_answer_is_work_once_though_it_was_copied_back() -> None:
    blind = state([task(5, source=1)], [answer(2, 5)])
    snapshot = snapshot_of(state([task(1)]), blind)
    assert [one.answer.kind for one in timed_work(snapshot)] == ["label"]


def test_quality_is_followed_within_a_session_where_the_consensus_is_known() -> None:
    votes = {id_: (("positive", "negative")[id_ > 10], *["positive"] * 3) for id_ in range(1, 21)}
    snapshot = snapshot_of(answered_by(votes))
    work = work_of_person(snapshot, PEOPLE[0][0], timed_work(snapshot))
    assert len(work.sessions) == 1
    assert work.drift
    assert (work.drift.early_right, work.drift.late_right) == (1.0, 0.0)
    assert work.drift.is_tiring
