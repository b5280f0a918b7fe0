"""Prototypes: what they learn of answered texts, and of those that nobody answered."""

from pathlib import Path

import numpy as np
import pytest

from backend.calibration.noisy_labels import NoisyLabels
from backend.classifiers.prototypes import Prototypes
from backend.learning.learners.prototypes import PrototypesLearner, new_prototypes
from backend.learning.material import Material, Texts
from labeling.errors import SettingsError
from labeling.mathtypes import Floats, Indices
from labeling.settings.settings import Settings

DIMS = 64
LABELS = 4


def texts_around(middles: Floats, truth: Indices, random: np.random.Generator) -> Texts:
    """Return texts whose embeddings lie around the middle of their label."""
    vectors = middles[truth] + random.normal(scale=0.25, size=(len(truth), DIMS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    undecided = np.full((len(truth), len(middles)), -np.log(len(middles)))
    return Texts(("text",) * len(truth), undecided, vectors)


class World:
    """Answered texts, open ones, and others to test on."""

    def __init__(self, seed: int, answers: int = 24) -> None:
        random = np.random.default_rng(seed)
        middles = random.normal(size=(LABELS, DIMS))
        middles /= np.linalg.norm(middles, axis=1, keepdims=True)
        said, of_open, self.truth = (
            random.integers(LABELS, size=count) for count in (answers, 400, 500)
        )
        known = texts_around(middles, said, random)
        self.open_ = texts_around(middles, of_open, random)
        self.tested = texts_around(middles, self.truth, random)
        labels = NoisyLabels(known.log_probabilities, said, np.ones(answers))
        self.material = Material(tuple("abcd"), known, labels)

    @property
    def with_open(self) -> Material:
        return Material(
            self.material.values, self.material.known, self.material.answers, self.open_
        )

    def accuracy(self, material: Material) -> float:
        found = PrototypesLearner().fit(material)(self.tested)
        return float((found.argmax(axis=1) == self.truth).mean())


def test_open_texts_help_where_answers_are_few() -> None:
    worlds = [World(seed) for seed in range(20)]
    gains = [world.accuracy(world.with_open) - world.accuracy(world.material) for world in worlds]

    assert np.mean(gains) > 0.02
    assert np.mean(np.array(gains) >= 0) > 0.8


def test_beliefs_are_as_sure_as_they_are_right() -> None:
    said, right = [], []
    for seed in range(20):
        world = World(seed, answers=60)
        found = PrototypesLearner().fit(world.with_open)(world.tested)
        said.append(found.max(axis=1).mean())
        right.append((found.argmax(axis=1) == world.truth).mean())

    assert np.mean(said) == pytest.approx(np.mean(right), abs=0.05)


def test_the_same_answers_teach_the_same() -> None:
    world = World(0)
    first, second = (PrototypesLearner().fit(world.with_open)(world.tested) for _ in range(2))

    assert np.array_equal(first, second)


def test_an_answer_that_is_probably_wrong_weighs_less() -> None:
    world = World(0, answers=80)
    known, said = world.material.known, world.material.answers.answers.copy()
    said[:30] = (said[:30] + 1) % LABELS
    trust = np.ones(80)
    trust[:30] = 1 / LABELS

    def loss(reliability: Floats) -> float:
        answers = NoisyLabels(known.log_probabilities, said, reliability)
        found = PrototypesLearner().fit(Material(tuple("abcd"), known, answers))(world.tested)
        return float(-np.log(found[np.arange(500), world.truth]).mean())

    assert loss(trust) < loss(np.ones(80)) - 0.1


def test_opinions_are_met_as_they_are_shared() -> None:
    world = World(0, answers=200)
    known = world.material.known
    shares = np.tile([0.6, 0.4, 0.0, 0.0], (200, 1))
    answers = NoisyLabels(
        known.log_probabilities, np.zeros(200, dtype=np.intp), np.ones(200), shares
    )
    found = PrototypesLearner().fit(Material(tuple("abcd"), known, answers))(world.tested)

    assert found[:, 0].mean() == pytest.approx(0.6, abs=0.07)


def test_a_label_without_answers_stays_possible() -> None:
    world = World(0)
    rare = Material((*"abcd", "e"), world.material.known, _with_another_label(world))
    found = PrototypesLearner().fit(rare)(world.tested)

    assert found.shape == (500, 5)
    assert (found > 0).all()
    assert found[:, 4].mean() < 0.2


def _with_another_label(world: World) -> NoisyLabels:
    answers = world.material.answers
    return NoisyLabels(np.full((len(answers), 5), -np.log(5)), answers.answers, answers.reliability)


def test_tells_how_far_it_is() -> None:
    told: list[float] = []
    PrototypesLearner().fit(World(0).with_open, told.append)

    assert told == sorted(told)
    assert told[-1] == 1.0


def test_what_is_kept_labels_alike(tmp_path: Path) -> None:
    world = World(0)
    learned = PrototypesLearner().fit(world.with_open)
    learned.save(tmp_path)
    loaded = Prototypes.load(tmp_path)

    assert loaded.labels == tuple("abcd")
    assert np.array_equal(loaded.probabilities((), world.tested.embeddings), learned(world.tested))
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".safetensors"}


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    PrototypesLearner().fit(World(0).material).save(tmp_path)
    file = tmp_path / "prototypes.safetensors"
    file.write_bytes(file.read_bytes()[:-9])

    with pytest.raises(ValueError, match="damaged"):
        Prototypes.load(tmp_path)


def test_weights_of_other_labels_are_refused(tmp_path: Path) -> None:
    PrototypesLearner().fit(World(0).material).save(tmp_path)
    (tmp_path / "prototypes.json").write_text('{"labels": ["a", "b"]}', "utf-8")

    with pytest.raises(ValueError, match="do not fit"):
        Prototypes.load(tmp_path)


def test_embeddings_of_another_model_are_refused() -> None:
    learned = PrototypesLearner().fit(World(0).material)

    for embeddings in (None, np.ones((1, DIMS + 1))):
        with pytest.raises(ValueError, match="another model"):
            learned.classifier.probabilities(["text"], embeddings)


def test_there_must_be_an_embedding_model() -> None:
    settings = Settings.model_validate({"learning": {"embedding": None}})
    with pytest.raises(SettingsError, match="no embedding model"):
        new_prototypes(settings)

    world = World(0)
    bare = Texts(world.material.known.texts, world.material.known.log_probabilities)
    with pytest.raises(SettingsError, match="no embedding model"):
        PrototypesLearner().fit(Material(tuple("abcd"), bare, world.material.answers))
