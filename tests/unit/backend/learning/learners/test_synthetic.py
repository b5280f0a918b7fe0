"""The learner of synthetic texts: what passed the gates helps where answers are few."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.learning.learners.base import Learner
from backend.learning.learners.collapse_guard import CAP
from backend.learning.learners.judging import judge
from backend.learning.learners.synthetic import SyntheticLearner, new_synthetic
from backend.learning.learners.weighted_words import WeightedWords
from backend.learning.learners.words import Words
from backend.learning.material import Material, Texts
from backend.synthesis.gates import RealTexts, all_gates, pass_gates
from backend.synthesis.learned_texts import digests, read_learned_texts
from labeling.errors import SettingsError
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings
from tests.support.keyword_texts import fresh_texts, keyword_material
from tests.support.synthetic_texts import random_world, written_texts

TRUTH = [number % 4 for number in range(24)]


def no_vectors() -> Floats:
    raise AssertionError("nothing asks for embeddings")


def loss(learner: Learner, material: Material) -> float:
    """Of fresh texts, nats a text."""
    truth = [number % 4 for number in range(200)]
    found = learner.fit(material)(fresh_texts(truth, 4))
    return float(-np.log(found[np.arange(200), truth]).mean())


def test_helps_where_answers_are_few() -> None:
    learner = SyntheticLearner(written_texts([0, 1, 2, 3] * 30), no_vectors)
    assert loss(learner, keyword_material(TRUTH, 4)) < loss(Words(), keyword_material(TRUTH, 4))


def test_labels_that_are_offered_no_more_play_no_part() -> None:
    material = keyword_material([label % 2 for label in TRUTH], 2)
    learner = SyntheticLearner(written_texts([0, 1, 2, 3] * 10), no_vectors)
    assert learner.fit(material)(fresh_texts([0, 1], 2)).shape == (2, 2)


def test_a_text_made_of_a_held_out_one_does_not_tell_its_label() -> None:
    """Each answer is drawn at random, and each has its own copies: only a leak could know it."""
    random = np.random.default_rng(0)
    said = random.integers(2, size=60).tolist()
    texts = tuple(f"text of its own {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60))
    none = np.full((60, 2), -np.log(2))
    bare = keyword_material(said, 2)
    material = Material(bare.values, Texts(texts, none), bare.answers)
    copies = [
        (f"{text} once more {copy}", label, text)
        for text, label in zip(texts, said, strict=True)
        for copy in range(3)
    ]
    made = written_texts([label for _, label, _ in copies], [parent for _, _, parent in copies])
    written = tuple(
        type(one)(one.id, text, one.recipe, one.read, one.written)
        for one, (text, _, _) in zip(made, copies, strict=True)
    )
    judged = judge(SyntheticLearner(written, no_vectors), material, lambda: 0.0)
    right = judged.probabilities.argmax(axis=1) == material.answers.answers
    assert right.mean() < 0.7


def test_texts_that_passed_the_gates_do_not_tell_held_out_answers() -> None:
    """All labels are tosses of a coin: only gates that go by held-out answers could tell them."""
    material, synthetic = random_world(seed=0)
    answers, texts = material.answers.answers, material.known.texts
    words = WeightedWords.read((*texts, *synthetic.texts))
    of_all = words.fit(material, np.ones(len(material)))
    passed = pass_gates(all_gates(of_all), synthetic, RealTexts(texts, answers))
    kept = synthetic.part(passed.passes)
    assert len(kept) > len(material)
    written = tuple(
        replace(one, text=text)
        for one, text in zip(written_texts(kept.labels.tolist()), kept.texts, strict=True)
    )
    believed = judge(SyntheticLearner(written, no_vectors), material, lambda: 0.0).probabilities
    assert material.answers.log_loss(believed).mean() > np.log(2) - 0.02


def test_texts_are_embedded_where_peoples_are() -> None:
    bare = keyword_material(TRUTH, 4)
    vectors = np.eye(8)[np.array(TRUTH)]
    material = Material(
        bare.values, Texts(bare.known.texts, bare.known.log_probabilities, vectors), bare.answers
    )
    written = written_texts([0, 1, 2, 3] * 5)
    learned = SyntheticLearner(written, lambda: np.eye(8)[[0, 1, 2, 3] * 5]).fit(material)
    assert (learned(material.known).argmax(axis=1) == TRUTH).all()


def test_it_is_kept_which_texts_were_learned_from(tmp_path: Path) -> None:
    """None where no share of them won; never those whose label people's answers speak against."""
    material, wrong = keyword_material(TRUTH, 4), written_texts([0, 1, 2, 3], seed=7)
    shifted = tuple(
        replace(one, text=other.text)
        for one, other in zip(wrong, [*wrong[1:], wrong[0]], strict=True)
    )
    right = written_texts([0, 1, 2, 3] * 30)
    for place, written in enumerate([(*right, *shifted), shifted]):
        folder = tmp_path / str(place)
        folder.mkdir()
        SyntheticLearner(written, no_vectors, "synthetic").fit(material).save(folder)
    used = read_learned_texts(tmp_path / "0")
    assert used.texts <= digests(one.text for one in right)
    assert len(used.texts) > 100
    assert 0 < used.share <= CAP
    assert used.source == "synthetic"
    assert not read_learned_texts(tmp_path / "1").texts
    assert not read_learned_texts(tmp_path / "gone").texts


def test_the_settings_name_the_folder(tmp_path: Path) -> None:
    written = written_texts([0, 1, 2])
    lines = "".join(f"{json.dumps(one.to_json())}\n" for one in written)
    (tmp_path / "passed.jsonl").write_text(lines, "utf-8")
    settings = Settings.model_validate({"learning": {"synthetic": str(tmp_path)}})
    assert new_synthetic(settings).written == written


def test_without_a_folder_there_is_nothing_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no synthetic texts to learn from"):
        new_synthetic(Settings())
    settings = Settings.model_validate({"learning": {"synthetic": str(tmp_path / "gone")}})
    with pytest.raises(SettingsError, match="cannot be read"):
        new_synthetic(settings)
