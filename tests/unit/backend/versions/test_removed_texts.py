"""Where synthetic texts are removed, it is what learned from them that must be better."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from backend.calibration.control_model import ControlModel
from backend.synthesis.folder import PASSED
from backend.synthesis.learned_texts import LearnedTexts, digests, write_learned_texts
from backend.versions.candidate import Candidate
from backend.versions.synthetic_texts import removed_texts, taught_by
from tests.support.backend_fixtures import NewApp
from tests.support.synthetic_texts import written_texts
from tests.support.taught_project import CONFIG, MANY, TaughtProject, believing

WRITTEN = written_texts([0, 1] * 20)
TEXTS = [one.text for one in WRITTEN]
ARTEFACT = "a" * 64


def keep(folder: Path, number: int) -> None:
    """Leave so many of the texts."""
    lines = (f"{json.dumps(one.to_json())}\n" for one in WRITTEN[:number])
    (folder / PASSED).write_text("".join(lines), "utf-8")


@pytest.fixture
def project(new_app: NewApp, tmp_path: Path) -> TaughtProject:
    """A project that was taught, in a service whose settings name a folder of synthetic texts."""
    keep(tmp_path, len(WRITTEN))
    project = TaughtProject(new_app, learning={"embedding": None, "synthetic": str(tmp_path)})
    project.learn(MANY)
    return project


def put_in_force(project: TaughtProject, p_right: float) -> str:
    """Put a version in force that learned from the texts too, and is right with a probability."""
    artefact = project.backend.trainer.artefacts / ARTEFACT
    artefact.mkdir(parents=True)
    write_learned_texts(artefact, LearnedTexts.of(TEXTS, 0.25, "texts"))
    present = project.backend.versions.get("7")
    assert present is not None
    own = {name: with_artefact(one) for name, one in present.controls.items()}
    learned = replace(present, content="heavy", controls=own)
    beliefs = believing(MANY, p_right)
    candidate = Candidate(learned, {}, beliefs, ("calibration", "synthetic"), 1.0, (ARTEFACT,))
    contests, pupil = project.backend.contests, project.backend.pupil("7", CONFIG, MANY)
    return contests.enter(contests.begin(pupil), pupil, candidate, is_bounded=True).model_version


def with_artefact(control: ControlModel) -> ControlModel:
    return replace(control, artefacts={"synthetic": ARTEFACT})


def test_while_the_texts_are_there_the_same_answers_change_nothing(project: TaughtProject) -> None:
    taught = put_in_force(project, 0.5)
    asked = project.engine.asked
    assert project.learn(MANY)["model_version"] == project.served == taught
    assert project.engine.asked == asked


def test_a_version_tells_which_texts_it_learned_from_though_they_are_gone(
    project: TaughtProject, tmp_path: Path
) -> None:
    taught = put_in_force(project, 0.999)
    (tmp_path / PASSED).unlink()
    by_name = {one.name: one for one in project.backend.versions.versions("7")}
    of_taught = by_name.pop(taught).synthetic
    assert of_taught
    for found in of_taught:
        assert (found.folder, found.texts, found.share) == ("texts", len(TEXTS), 0.25)
        assert found.digest == LearnedTexts.of(reversed(TEXTS), 0.5, "elsewhere").digest
    assert [one.synthetic for one in by_name.values()] == [()] * len(by_name)


def test_once_they_are_removed_what_learned_without_them_takes_its_place(
    project: TaughtProject, tmp_path: Path
) -> None:
    taught = put_in_force(project, 0.6)
    (tmp_path / PASSED).unlink()
    told = project.learn(MANY)
    assert told["report"]["challenge"]["removed_texts"] == len(TEXTS)
    assert project.served == told["model_version"] != taught
    assert project.statuses[taught] == ("superseded", project.served)


def test_but_it_stays_where_it_is_really_better_and_says_so(
    project: TaughtProject, tmp_path: Path
) -> None:
    taught = put_in_force(project, 0.999)
    (tmp_path / PASSED).unlink()
    told = project.learn(MANY)
    assert told["model_version"] == project.served == taught
    assert told["report"]["challenge"]["removed_texts"] == len(TEXTS)
    assert told["report"]["challenge"]["high"] < 0
    asked = project.engine.asked
    assert project.learn(MANY)["model_version"] == taught
    assert project.engine.asked == asked, "it has defended itself on these answers"


@pytest.mark.parametrize(("kept", "removed"), [(40, 0), (39, 0), (20, 20), (0, 40)])
def test_a_few_texts_that_are_removed_hardly_matter(
    project: TaughtProject, tmp_path: Path, kept: int, removed: int
) -> None:
    put_in_force(project, 0.9)
    learned, artefacts = project.backend.versions.get("7"), project.backend.trainer.artefacts
    assert learned is not None
    keep(tmp_path, kept)
    assert removed_texts(learned, artefacts, tmp_path) == removed
    assert removed_texts(learned, artefacts, None) == len(WRITTEN)


def test_who_removes_texts_is_told_what_learned_from_them_and_what_did_not(
    project: TaughtProject,
) -> None:
    before = project.served
    registry, artefacts = project.backend.versions, project.backend.trainer.artefacts
    assert taught_by(digests(TEXTS), registry, artefacts) == []
    taught = put_in_force(project, 0.9)
    [one] = taught_by(digests(TEXTS[:1]), registry, artefacts)
    assert (one.project, one.name, one.earlier) == ("7", taught, before)
    assert taught_by(digests(["another text"]), registry, artefacts) == []
