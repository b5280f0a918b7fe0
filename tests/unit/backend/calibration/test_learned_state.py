"""What was learned is on disk, whole, with all that came before."""

from pathlib import Path

import numpy as np
import pytest

from backend.calibration import stacked_head
from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.calibrators.scaling import Temperature, VectorScaling
from backend.calibration.control_model import ControlModel
from backend.calibration.covariate_shift import ShiftCorrection
from backend.calibration.learned_state import MOST_REMEMBERED, LearnedState, StateStore
from backend.confidence.opinion_pool import OpinionPool
from tests.support.distorted_models import world

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


def test_an_unknown_project_has_none(tmp_path: Path) -> None:
    assert StateStore(tmp_path).get("1") is None
    assert StateStore(tmp_path).get(None) is None
    assert StateStore(tmp_path).versions("1") == []


def test_the_latest_is_in_force_after_a_restart(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.put("1", "model-aaaa", FIRST)
    assert store.get("1") == FIRST
    store.put("1", "model-bbbb", SECOND)
    assert StateStore(tmp_path).get("1") == SECOND


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
    StateStore(tmp_path).put(
        "1",
        "v",
        LearnedState(
            "", controls={"topic": ControlModel(calibration=calibration)}, embedding="digest"
        ),
    )
    read = StateStore(tmp_path).get("1")
    assert read is not None
    kept = read.controls["topic"].calibration
    assert kept is not None
    assert kept.description == calibration.description
    given = noisy_labels.log_probabilities
    assert kept(given, vectors) == pytest.approx(calibration(given, vectors), abs=1e-4)


def test_projects_do_not_mix(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.put("1", "model-aaaa", FIRST)
    assert store.get("2") is None


def test_versions_are_kept_the_latest_first(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.put("1", "model-aaaa", FIRST)
    store.put("1", "model-bbbb", SECOND)
    assert store.versions("1") == ["model-bbbb", "model-aaaa"]
    store.put("1", "model-aaaa", FIRST)
    assert store.versions("1") == ["model-aaaa", "model-bbbb"]


def test_a_write_that_was_cut_off_is_not_seen(tmp_path: Path) -> None:
    StateStore(tmp_path).put("1", "model-aaaa", FIRST)
    (tmp_path / "1" / "x.unfinished").write_text('{"instruc')
    store = StateStore(tmp_path)
    assert store.get("1") == FIRST
    assert store.versions("1") == ["model-aaaa"]


def test_only_the_projects_asked_for_last_are_held_in_memory(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.put("1", "model-aaaa", FIRST)
    for project in range(2, MOST_REMEMBERED + 100):
        assert store.get(str(project)) is None
    assert len(store._known) == MOST_REMEMBERED
    assert store.get("1") == FIRST


def test_nobody_but_its_owner_may_read_what_was_learned(tmp_path: Path) -> None:
    StateStore(tmp_path / "learned").put("1", "model-aaaa", FIRST)
    folder = tmp_path / "learned" / "1"
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert {one.stat().st_mode & 0o777 for one in (folder, folder.parent)} == {0o700}
