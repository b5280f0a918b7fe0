"""The head as a learner: it says what `stacked_head` says, and comes back from its folder."""

from pathlib import Path

import numpy as np
import pytest

from backend.calibration import stacked_head
from backend.learning.learners.head import FittedHead, Head
from backend.learning.learners.registry import LEARNERS, chosen, new_learner
from labeling.errors import SettingsError
from labeling.settings.model_sections import LearningSettings
from labeling.settings.settings import Settings
from tests.support.training_jobs import ABSENT, material_of


@pytest.mark.parametrize("whole", [True, False], ids=["embeddings, opinions", "neither"])
def test_it_comes_back_from_its_folder(tmp_path: Path, whole: bool) -> None:
    material = material_of(whole=whole)
    answers = material.answers
    fitted = Head().fit(material)
    direct, _ = stacked_head.fit(
        material.known.log_probabilities,
        material.known.embeddings,
        answers.answers,
        answers.reliability,
        answers.shares,
    )
    believed = direct(material.known.log_probabilities, material.known.embeddings)
    fitted.save(tmp_path)
    for head in (fitted, FittedHead.load(tmp_path)):
        np.testing.assert_allclose(head(material.known), believed, rtol=1e-12)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    Head().fit(material_of()).save(tmp_path)
    [file] = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(ValueError, match="damaged"):
        FittedHead.load(tmp_path)


@pytest.mark.parametrize(("name", "where"), LEARNERS.items())
def test_every_learner_is_called_as_it_is_registered(name: str, where: str) -> None:
    assert new_learner(where, Settings()).name == name


def test_the_settings_choose_all_some_or_none() -> None:
    assert chosen(LearningSettings().train) == LEARNERS
    assert list(chosen(LearningSettings(train=("head",)).train)) == ["head"]
    assert chosen(LearningSettings(train=()).train) == {}


def test_what_is_not_installed_is_told_in_a_line() -> None:
    with pytest.raises(SettingsError, match=r"leave the learner out of learning\.train"):
        new_learner(ABSENT, Settings())
