"""Training beside serving, with texts that a model wrote."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.classifiers.store import ClassifierStore
from backend.learning.learners.registry import chosen
from backend.training.job import Job
from backend.training.results import FittedLearner
from backend.training.steps import WorkerStep
from labeling.protocol.health import TrainingOutcome
from labeling.settings.settings import Settings
from tests.support.synthetic_texts import written_texts
from tests.support.training_jobs import material_of
from tests.support.watched_trainer import Watched


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `tandem generate` leaves of three texts."""
    known = zip(written_texts([0, 1, 2]), "abc", strict=True)
    written = [replace(one, recipe=replace(one.recipe, label=label)) for one, label in known]
    lines = "".join(f"{json.dumps(one.to_json())}\n" for one in written)
    (tmp_path / "passed.jsonl").write_text(lines, "utf-8")
    return tmp_path


@pytest.fixture
def watched(settings: Settings, folder: Path) -> Iterator[Watched]:
    learning = settings.learning.model_copy(update={"synthetic": folder})
    watched = Watched(settings.model_copy(update={"learning": learning}))
    yield watched
    watched.trainer.close()


def train(watched: Watched, lesson: str) -> TrainingOutcome:
    material = {"topic": material_of(40, whole=False)}
    steps = [WorkerStep(chosen(["synthetic"]))]
    watched.trainer.schedule(Job("7", lesson, material, steps, watched.take))
    return watched.outcome()


def test_the_learner_is_judged_and_kept(watched: Watched, settings: Settings) -> None:
    assert train(watched, "first").outcome == "done"
    [(_, results)] = watched.handed
    found = results["topic"]["synthetic"]
    assert isinstance(found, FittedLearner)
    assert found.held_out.is_judged.all()
    store = ClassifierStore(settings.data_dir / "artefacts")
    said = store.classify("synthetic", found.artefact, ["Text 1"], None)
    assert said.sum() == pytest.approx(1)


def test_texts_that_are_gone_are_one_line(watched: Watched, folder: Path) -> None:
    (folder / "passed.jsonl").unlink()
    outcome = train(watched, "first")
    assert outcome.outcome == "failed"
    assert "The synthetic texts cannot be read or written: No such file" in outcome.why
