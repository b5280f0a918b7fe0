"""Every version that was fitted is on disk, whole, with what became of it."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from backend.calibration import stacked_head
from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.calibrators.scaling import Temperature, VectorScaling
from backend.calibration.control_model import ControlModel
from backend.calibration.covariate_shift import ShiftCorrection
from backend.calibration.learned_state import LearnedState
from backend.confidence.opinion_pool import OpinionPool
from backend.runtime.retry_later import RetryLater
from backend.versions.registry import MOST_REMEMBERED, VersionRegistry
from backend.versions.version_files import Fitted
from labeling.protocol.learn import HeldOutResult
from tests.support.distorted_models import world
from tests.support.fitted_versions import entry, fitted, names, statuses

FIRST = LearnedState(
    "Find the topic.",
    basis="b",
    content="c",
    controls={"topic": ControlModel(priors={"margin": (-0.5, -1.0)})},
)
SECOND = LearnedState(
    "Find it.",
    controls={
        "topic": ControlModel(
            calibration=CalibrationPipeline(
                VectorScaling(answers=30, slope=0.5, shifts=(0.1, -0.1)),
                shift=ShiftCorrection(0.9, -0.1, answers=30, open_texts=100, effective=12.0),
                pool=OpinionPool({"label-logprob": 0.7, "margin": 0.2}, answers=30),
            )
        ),
        "people": ControlModel(
            entries=VectorScaling(answers=90, slope=0.5, shifts=(0.1, -0.1)),
            whole=Temperature(answers=30, slope=0.5),
        ),
    },
    whole=Temperature(answers=30, slope=0.7),
)


BELIEFS = {
    "A text.": HeldOutResult(answer="positive", confidence=0.7, calibrated=True, parts={}),
    "Another.": None,
}


def two_versions(folder: Path) -> VersionRegistry:
    """A project with `model-aaaa`, and `model-bbbb` in its place."""
    registry = VersionRegistry(folder)
    registry.put("1", fitted("model-aaaa", FIRST), None)
    registry.put("1", fitted("model-bbbb", SECOND), "model-aaaa")
    return registry


def test_an_unknown_project_has_none(tmp_path: Path) -> None:
    registry = VersionRegistry(tmp_path)
    assert registry.get("1") is None
    assert registry.get(None) is None
    assert registry.versions("1") == []
    assert registry.in_force("1") is None
    assert registry.name_in_force("1") is None


def test_the_latest_is_in_force_after_a_restart(tmp_path: Path) -> None:
    registry = two_versions(tmp_path)
    assert registry.get("1") == SECOND
    again = VersionRegistry(tmp_path)
    assert again.get("1") == SECOND
    assert statuses(again) == {
        "model-bbbb": ("in force", None),
        "model-aaaa": ("superseded", "model-bbbb"),
    }


def test_its_report_and_its_beliefs_are_kept(tmp_path: Path) -> None:
    version = Fitted(entry("model-aaaa"), FIRST, {"answers": 2}, BELIEFS)
    VersionRegistry(tmp_path).put("1", version, None)
    assert VersionRegistry(tmp_path).in_force("1") == version


def test_one_that_lost_is_kept_beside_the_one_in_force(tmp_path: Path) -> None:
    registry = two_versions(tmp_path)
    registry.keep("1", fitted("model-cccc", FIRST), "model-bbbb")
    for one in (registry, VersionRegistry(tmp_path)):
        assert one.get("1") == SECOND
        assert names(one) == ["model-bbbb", "model-cccc", "model-aaaa"]
        assert statuses(one)["model-cccc"] == ("beaten", "model-bbbb")
        assert one.state_of("1", "model-cccc") == FIRST


def test_an_admin_rolls_back_and_forth(tmp_path: Path) -> None:
    registry = two_versions(tmp_path)
    assert registry.use("1", "model-aaaa") == "model-bbbb"
    for one in (registry, VersionRegistry(tmp_path)):
        assert one.get("1") == FIRST
        assert statuses(one) == {
            "model-aaaa": ("in force", None),
            "model-bbbb": ("rolled back", "model-aaaa"),
        }
    assert registry.use("1", "model-bbbb") == "model-aaaa"
    assert statuses(registry) == {
        "model-bbbb": ("in force", None),
        "model-aaaa": ("rolled back", "model-bbbb"),
    }


def test_to_use_the_one_in_force_changes_nothing(tmp_path: Path) -> None:
    registry = two_versions(tmp_path)
    before = statuses(registry)
    assert registry.use("1", "model-bbbb") == "model-bbbb"
    assert statuses(registry) == before


def test_what_is_unknown_is_not_used(tmp_path: Path) -> None:
    registry = two_versions(tmp_path)
    with pytest.raises(ValueError, match="unknown"):
        registry.use("1", "../2/model-aaaa")
    assert registry.get("1") == SECOND


@pytest.mark.parametrize("judged_against", [None, "model-aaaa"])
def test_what_was_judged_against_another_one_is_judged_anew(
    tmp_path: Path, judged_against: str | None
) -> None:
    registry = two_versions(tmp_path)
    with pytest.raises(RetryLater):
        registry.put("1", fitted("model-cccc", FIRST), judged_against)
    with pytest.raises(RetryLater):
        registry.keep("1", fitted("model-cccc", FIRST), "model-aaaa")
    assert names(registry) == ["model-bbbb", "model-aaaa"]


@pytest.mark.parametrize("has_embeddings", [True, False])
def test_a_second_opinion_says_the_same_after_a_restart(
    tmp_path: Path, has_embeddings: bool
) -> None:
    noisy_labels = world(120, seed=0)
    vectors = np.random.default_rng(0).normal(size=(120, 8)) if has_embeddings else None
    second, _ = stacked_head.fit(noisy_labels.log_probabilities, vectors, noisy_labels.answers)
    calibration = CalibrationPipeline(
        VectorScaling.fit(noisy_labels), second, needs_embedding=has_embeddings
    )
    learned = LearnedState(
        "", controls={"topic": ControlModel(calibration=calibration)}, embedding="digest"
    )
    VersionRegistry(tmp_path).put("1", fitted("v", learned), None)
    read = VersionRegistry(tmp_path).get("1")
    assert read is not None
    kept = read.controls["topic"].calibration
    assert kept is not None
    assert kept.description == calibration.description
    given = noisy_labels.log_probabilities
    assert kept(given, vectors) == pytest.approx(calibration(given, vectors), abs=1e-4)


def test_projects_do_not_mix(tmp_path: Path) -> None:
    registry = two_versions(tmp_path)
    assert registry.get("2") is None


def test_a_write_that_was_cut_off_is_not_seen(tmp_path: Path) -> None:
    two_versions(tmp_path)
    cut_off = tmp_path / "1" / "model-cccc" / "state.json"
    cut_off.parent.mkdir()
    cut_off.write_text('{"instruc')
    (tmp_path / "1" / ".versions.x.json").write_text('{"models": [')
    registry = VersionRegistry(tmp_path)
    assert registry.get("1") == SECOND
    assert names(registry) == ["model-bbbb", "model-aaaa"]


@pytest.mark.parametrize("place", [1, 2, 3], ids=["state", "beliefs", "register"])
def test_wherever_a_write_fails_the_last_one_stays_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    registry = two_versions(tmp_path)
    written, fsync = 0, os.fsync

    def fill_the_disk(handle: int) -> None:
        nonlocal written
        written += 1
        if written == place:
            raise OSError(28, os.strerror(28))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", fill_the_disk)
    with pytest.raises(OSError, match="No space"):
        registry.put("1", fitted("model-cccc", FIRST), "model-bbbb")
    for one in (registry, VersionRegistry(tmp_path)):
        assert one.get("1") == SECOND
        assert names(one) == ["model-bbbb", "model-aaaa"]


def test_only_the_projects_asked_for_last_are_held_in_memory(tmp_path: Path) -> None:
    registry = two_versions(tmp_path)
    for project in range(2, MOST_REMEMBERED + 100):
        assert registry.get(str(project)) is None
    assert len(registry._known) == MOST_REMEMBERED
    assert registry.get("1") == SECOND


def test_nobody_but_its_owner_may_read_what_was_learned(tmp_path: Path) -> None:
    two_versions(tmp_path / "learned")
    kept = [*(tmp_path / "learned").rglob("*")]
    assert {one.stat().st_mode & 0o777 for one in kept if one.is_file()} == {0o600}
    assert {one.stat().st_mode & 0o777 for one in kept if one.is_dir()} == {0o700}


def test_what_is_put_back_on_the_disk_is_in_force(tmp_path: Path) -> None:
    registry = VersionRegistry(tmp_path / "learned")
    registry.put("7", fitted("first", FIRST), None)
    shutil.copytree(tmp_path / "learned", tmp_path / "backup")
    registry.put("7", fitted("second", SECOND), "first")
    assert registry.name_in_force("7") == "second"
    shutil.rmtree(tmp_path / "learned")
    assert registry.name_in_force("7") is None
    shutil.copytree(tmp_path / "backup", tmp_path / "learned")
    assert registry.name_in_force("7") == "first"
