"""The trainer: one job at a time, in a process that may fail or be called off."""

import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.training.artefacts import folder_digest
from backend.training.job import Job
from backend.training.results import FailedLearner, FittedLearner, Results
from backend.training.steps import ServiceStep, WorkerStep
from backend.training.trainer import STOPPED
from labeling.settings.model_sections import LearningSettings
from labeling.settings.settings import Settings
from tests.support.head_learner import FittedHead
from tests.support.training_jobs import (
    ABSENT,
    HEAD,
    OUT_OF_MEMORY,
    RAISING,
    SECRET,
    STOPPING,
    Stop,
    Stopping,
    job_of,
)
from tests.support.watched_trainer import SOON, Watched, artefacts, is_empty, is_gone


@pytest.fixture
def watched(settings: Settings) -> Iterator[Watched]:
    watched = Watched(settings)
    yield watched
    watched.trainer.close()


@pytest.fixture
def stop(settings: Settings) -> Stop:
    return Stop(settings.data_dir)


def test_a_job_hands_over_beliefs_figures_and_an_artefact(
    watched: Watched, settings: Settings
) -> None:
    watched.trainer.schedule(job_of({"head": HEAD}, watched.take))
    outcome = watched.outcome()
    assert (outcome.project, outcome.outcome, outcome.why) == ("7", "done", "head")
    [(job, results)] = watched.handed
    head = results["topic"]["head"]
    assert isinstance(head, FittedLearner)
    assert head.held_out.is_judged.all()
    material = job.materials["topic"]
    loss = float(material.answers.log_loss(head.held_out.probabilities).mean())
    assert head.quality.log_loss.value == pytest.approx(loss)
    kept = settings.data_dir / "artefacts" / head.artefact
    assert folder_digest(kept) == head.artefact
    believed = FittedHead.load(kept)(material.known)
    assert believed.argmax(axis=1).tolist() != []
    assert head.size == sum(file.stat().st_size for file in kept.iterdir())
    assert is_empty(settings.data_dir)


def test_an_artefact_that_no_version_names_is_removed_with_the_next_job(
    watched: Watched, settings: Settings
) -> None:
    watched.trainer.schedule(job_of({"head": HEAD}, watched.take))
    watched.outcome()
    head = artefacts(settings.data_dir)
    version = settings.data_dir / "learned" / "7" / "model-1"
    version.rename(settings.data_dir / "aside")
    watched.trainer.schedule(job_of({"head": HEAD}, lesson="vain"))
    watched.outcome()
    watched.trainer.wait_until_idle()
    assert len(head) == 1
    assert artefacts(settings.data_dir) == []


def test_nobody_else_may_read_what_is_left(watched: Watched, settings: Settings) -> None:
    watched.trainer.schedule(job_of({"head": HEAD}))
    watched.outcome()
    for one in [*settings.data_dir.rglob("*")]:
        assert stat.S_IMODE(one.stat().st_mode) & 0o077 == 0


def test_while_it_works_it_tells_how_far_it_is(watched: Watched, stop: Stop) -> None:
    assert watched.trainer.progress() is None
    watched.trainer.schedule(job_of({"head": HEAD, "stopping": STOPPING}))
    worker = stop.reached()
    progress = watched.trainer.progress()
    assert progress
    assert progress.running
    assert (progress.running.control, progress.running.learner) == ("topic", "stopping")
    assert progress.running.part == 1
    assert progress.running.done == pytest.approx(0.5 + 0.5 * 0.5 / 6, abs=0.02)
    assert 0 <= progress.running.seconds_left <= LearningSettings().train_seconds
    worker.go_on()
    assert watched.outcome().why == "head, stopping"
    after = watched.trainer.progress()
    assert after
    assert after.running is None


def test_a_newer_lesson_calls_off_the_older_one(watched: Watched, stop: Stop) -> None:
    watched.trainer.schedule(job_of({"stopping": STOPPING}, watched.take, lesson="older"))
    worker = stop.reached()
    stop.lift()
    watched.trainer.schedule(job_of({"stopping": STOPPING}, watched.take, lesson="newer"))
    worker.wait_until_dead()
    assert watched.counted(2) == ["cancelled", "done"]
    assert [job.lesson for job, _ in watched.handed] == ["newer"]
    assert is_gone(worker.number), "it is no zombie either"


def test_a_newer_lesson_comes_in_time_until_the_older_one_is_put_in_force(
    watched: Watched,
) -> None:
    is_taking, is_newer_there = threading.Event(), threading.Event()

    def take(job: Job, results: Results, check: Callable[[], None]) -> None:
        is_taking.set()
        assert is_newer_there.wait(SOON)
        watched.take(job, results, check)

    watched.trainer.schedule(job_of({"head": HEAD}, take, lesson="older"))
    assert is_taking.wait(SOON)
    watched.trainer.schedule(job_of({"head": HEAD}, watched.take, lesson="newer"))
    is_newer_there.set()
    assert watched.counted(2) == ["cancelled", "done"]
    assert [job.lesson for job, _ in watched.handed] == ["newer"]


def test_the_same_lesson_is_learned_once(watched: Watched, stop: Stop) -> None:
    watched.trainer.schedule(job_of({"stopping": STOPPING}, watched.take))
    worker = stop.reached()
    watched.trainer.schedule(job_of({"stopping": STOPPING}, watched.take))
    worker.go_on()
    assert watched.outcome().outcome == "done"
    progress = watched.trainer.progress()
    assert progress
    assert not progress.waiting
    assert len(watched.handed) == 1


def test_another_project_waits_for_its_turn_with_its_newest_lesson(
    watched: Watched, stop: Stop
) -> None:
    watched.trainer.schedule(job_of({"stopping": STOPPING}, watched.take, project="7"))
    worker = stop.reached()
    for lesson in ("older", "newer"):
        watched.trainer.schedule(job_of({"head": HEAD}, watched.take, "8", lesson))
    assert watched.counted(1) == ["cancelled"]
    progress = watched.trainer.progress()
    assert progress
    assert list(progress.waiting) == ["8"]
    worker.go_on()
    assert watched.counted(2) == ["done", "done"]
    told = [(job.project, job.lesson) for job, _ in watched.handed]
    assert told == [("7", "first"), ("8", "newer")]


def test_a_learner_that_fails_stops_no_other(watched: Watched) -> None:
    learners = {"raising": RAISING, "hungry": OUT_OF_MEMORY, "absent": ABSENT, "head": HEAD}
    watched.trainer.schedule(job_of(learners, watched.take))
    outcome = watched.outcome()
    assert outcome.outcome == "done"
    assert outcome.failed["hungry"] == "out of memory"
    assert outcome.failed["raising"].startswith("RuntimeError in training_jobs.py:")
    assert "not installed" in outcome.failed["absent"]
    assert SECRET not in outcome.model_dump_json(), "no text of the project is told"
    [(_, results)] = watched.handed
    assert isinstance(results["topic"]["hungry"], FailedLearner)
    assert isinstance(results["topic"]["head"], FittedLearner)


def test_where_all_learners_fail_nothing_is_handed_over(watched: Watched) -> None:
    watched.trainer.schedule(job_of({"hungry": OUT_OF_MEMORY}, watched.take))
    outcome = watched.outcome()
    assert outcome.outcome == "failed"
    assert outcome.why == "no learner was fitted; hungry: out of memory"
    assert watched.handed == []


def test_a_learner_is_stopped_where_the_time_is_over(tmp_path: Path) -> None:
    brief = LearningSettings(train_seconds=1e-9)
    watched = Watched(Settings(data_dir=tmp_path, learning=brief))
    watched.trainer.schedule(job_of({"head": HEAD}, watched.take))
    assert watched.outcome().why.endswith("head: the time for training was over")
    watched.trainer.close()


def test_what_cannot_be_taken_over_is_a_failure(watched: Watched) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    watched.trainer.schedule(job_of({"head": HEAD}, refuse))
    outcome = watched.outcome()
    assert (outcome.outcome, outcome.why) == ("failed", "No space left on device")


def test_learners_of_the_service_come_first_and_count_alike(
    watched: Watched, settings: Settings, stop: Stop
) -> None:
    steps = [
        ServiceStep({"inside": lambda: Stopping(settings.data_dir)}),
        WorkerStep({"head": HEAD}),
    ]
    watched.trainer.schedule(job_of({}, watched.take, steps=steps))
    inside = stop.reached()
    assert inside.number == os.getpid()
    progress = watched.trainer.progress()
    assert progress
    assert progress.running
    assert progress.running.learner == "inside"
    assert progress.running.done < 0.5
    inside.go_on()
    assert watched.outcome().why == "head, inside"


def test_learners_of_the_service_are_called_off_too(
    watched: Watched, settings: Settings, stop: Stop
) -> None:
    steps = [ServiceStep({"inside": lambda: Stopping(settings.data_dir)})]
    watched.trainer.schedule(job_of({}, watched.take, steps=steps))
    inside = stop.reached()
    watched.trainer.stop()
    inside.go_on()
    assert watched.outcome().why == STOPPED
    assert watched.handed == []


def test_closing_leaves_no_worker(watched: Watched, settings: Settings, stop: Stop) -> None:
    watched.trainer.schedule(job_of({"stopping": STOPPING}, watched.take))
    worker = stop.reached()
    watched.trainer.close()
    worker.wait_until_dead()
    assert is_gone(worker.number)
    assert watched.outcome().why == STOPPED
    assert is_empty(settings.data_dir)
    watched.trainer.schedule(job_of({"head": HEAD}, watched.take))
    progress = watched.trainer.progress()
    assert progress
    assert not progress.waiting


def test_a_damaged_job_hands_nothing_over(watched: Watched, settings: Settings, stop: Stop) -> None:
    watched.trainer.schedule(job_of({"head": HEAD, "stopping": STOPPING}, watched.take))
    worker = stop.reached()
    [weights] = (settings.data_dir / "training").rglob("head.safetensors")
    weights.write_bytes(b"other weights")
    worker.go_on()
    outcome = watched.outcome()
    assert outcome.outcome == "failed"
    assert "the artefact is another one than was judged" in outcome.why
    assert watched.handed == []
    assert artefacts(settings.data_dir) == []
