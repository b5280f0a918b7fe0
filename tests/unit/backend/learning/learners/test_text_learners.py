"""Words, with synthetic texts or without, and the tuned embedding: what text learners do."""

from pathlib import Path

import numpy as np
import pytest
import torch

from backend.classifiers.base import TextClassifier
from backend.classifiers.tuned_embedding import TunedEmbedding
from backend.classifiers.words import WordsClassifier
from backend.embedding import encoder
from backend.learning.learners.base import Learner
from backend.learning.learners.synthetic import SyntheticLearner
from backend.learning.learners.tuned_embedding import TunedEmbeddingLearner, new_tuned_embedding
from backend.learning.learners.words import Words
from backend.learning.material import Material
from labeling.errors import SettingsError
from labeling.settings.model_sections import ModelSettings
from labeling.settings.settings import Settings
from tests.support.keyword_texts import FILLERS, fresh_texts, keyword, keyword_material
from tests.support.synthetic_texts import written_texts
from tests.support.tiny_sentence_model import make_sentence_model

CLASSES: dict[str, type[TextClassifier]] = {
    "words": WordsClassifier,
    "synthetic": WordsClassifier,
    "tuned": TunedEmbedding,
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    words = [*FILLERS, *(keyword(label) for label in range(200))]
    return str(make_sentence_model(tmp_path_factory.mktemp("sentence_model"), words))


@pytest.fixture(params=[*CLASSES])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def learner(kind: str, model: str) -> Learner:
    if kind == "words":
        return Words()
    if kind == "synthetic":
        return SyntheticLearner(written_texts([0, 1] * 10), lambda: np.empty(0))
    return TunedEmbeddingLearner(model, lambda: encoder.load_model(model, ModelSettings()))


def halves(count: int) -> list[int]:
    return [number % 2 for number in range(count)]


def test_learns_what_words_tell(learner: Learner) -> None:
    truth = [number % 3 for number in range(90)]
    found = learner.fit(keyword_material(truth, 3))(fresh_texts(truth, 3))
    assert np.allclose(found.sum(axis=1), 1)
    assert (found.argmax(axis=1) == truth).mean() > 0.95


def test_the_same_answers_teach_the_same(learner: Learner) -> None:
    material, texts = keyword_material(halves(40), 2), fresh_texts(halves(10), 2)
    first = learner.fit(material)(texts)
    torch.rand(1)  # whatever else was drawn
    assert np.allclose(first, learner.fit(material)(texts), atol=1e-6)


def test_learning_leaves_the_random_state_alone(learner: Learner) -> None:
    torch.manual_seed(5)
    expected = torch.rand(1).item()
    torch.manual_seed(5)
    learner.fit(keyword_material(halves(20), 2))
    assert torch.rand(1).item() == expected


def test_an_answer_that_is_probably_wrong_weighs_less(learner: Learner) -> None:
    truth = halves(60)
    answers = [*truth[:30], *(1 - label for label in truth[30:45]), *truth[45:]]
    doubted = np.ones(60)
    doubted[30:45] = 0.5  # chance
    texts = fresh_texts(truth, 2)

    def loss(reliability: np.ndarray[tuple[int], np.dtype[np.float64]] | None) -> float:
        material = keyword_material(truth, 2, answers=answers, reliability=reliability)
        found = learner.fit(material)(texts)
        return float(-np.log(found[np.arange(60), truth]).mean())

    assert loss(doubted) < loss(None) - 0.1


def test_opinions_are_met_as_they_are_shared(learner: Learner) -> None:
    shares = np.tile([0.7, 0.3], (60, 1))
    material = keyword_material([0] * 60, 2, shares=shares)
    found = learner.fit(material)(fresh_texts([0] * 10, 2))
    assert np.allclose(found[:, 0], 0.7, atol=0.07)


def test_a_label_without_answers_stays_possible(learner: Learner) -> None:
    found = learner.fit(keyword_material(halves(40), 4))(fresh_texts([0, 1, 2, 3], 4))
    assert (found > 0).all()
    assert (found[:2, 2:] < 0.2).all()


def test_two_hundred_labels_with_few_answers_each(learner: Learner) -> None:
    truth = [number % 199 for number in range(398)]
    found = learner.fit(keyword_material(truth, 200))(fresh_texts(truth[:199], 200))
    assert found.shape == (199, 200)
    assert (found > 0).all()
    assert (found.argmax(axis=1) == truth[:199]).mean() > 5 / 200  # the tiny model sees little


def test_tells_how_far_it_is(learner: Learner) -> None:
    told: list[float] = []
    learner.fit(keyword_material(halves(20), 2), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_what_is_kept_labels_alike(learner: Learner, kind: str, tmp_path: Path) -> None:
    texts = fresh_texts(halves(10), 2)
    learned = learner.fit(keyword_material(halves(40), 2))
    learned.save(tmp_path)
    loaded = CLASSES[kind].load(tmp_path)
    assert loaded.labels == ("label 0", "label 1")
    assert np.allclose(loaded.probabilities(texts.texts), learned(texts), atol=1e-6)
    assert loaded.probabilities([]).shape == (0, 2)
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".safetensors"}


def test_damaged_weights_are_refused(learner: Learner, kind: str, tmp_path: Path) -> None:
    learner.fit(keyword_material(halves(20), 2)).save(tmp_path)
    for file in tmp_path.glob("*.safetensors"):
        file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ValueError, match=r"damaged"):
        CLASSES[kind].load(tmp_path)


def test_texts_that_are_odd_are_labelled(learner: Learner) -> None:
    learned = learner.fit(keyword_material(halves(20), 2))
    odd = fresh_texts([0, 1, 0, 1], 2)
    odd = type(odd)(("", "🙂", "\ud800", "the " * 5000), odd.log_probabilities)
    assert np.allclose(learned(odd).sum(axis=1), 1)


def test_there_must_be_an_embedding_model_to_tune() -> None:
    settings = Settings.model_validate({"learning": {"embedding": None}})
    with pytest.raises(SettingsError, match="no embedding model"):
        new_tuned_embedding(settings)


def with_embeddings(material: Material, seed: int, width: int = 4) -> Material:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(len(material), width))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    known = material.known
    return Material(
        material.values,
        type(known)(known.texts, known.log_probabilities, vectors),
        material.answers,
    )


def test_words_stand_beside_an_embedding_and_miss_it_where_it_is_gone() -> None:
    material = with_embeddings(keyword_material(halves(40), 2), seed=0)
    learned = Words().fit(material)
    assert (learned(material.known).argmax(axis=1) == halves(40)).mean() > 0.9
    with pytest.raises(ValueError, match="embeddings of another model"):
        learned(fresh_texts(halves(4), 2))


def test_words_are_learned_from_open_texts_too() -> None:
    material = keyword_material(halves(20), 2)
    open_ = fresh_texts([5] * 20, 6)
    learned = Words().fit(Material(material.values, material.known, material.answers, open_))
    classifier = learned.classifier
    assert isinstance(classifier, WordsClassifier)
    assert keyword(5) in classifier.words.terms
