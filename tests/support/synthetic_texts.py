"""Real and synthetic texts of three topics, with embeddings that count their words."""

from collections.abc import Sequence

import numpy as np

from backend.calibration import stacked_head
from backend.classifiers.word_features import WordFeatures
from backend.classifiers.words import WordsClassifier, features_of, undecided
from backend.learning.material import Material, Texts
from backend.synthesis.gates import RealTexts
from backend.synthesis.generation.recipe import Recipe, WrittenText
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.mathtypes import Floats
from tests.support.keyword_texts import FILLERS, keyword_material, keyword_texts
from tests.support.tiny_encoders import LABELS, PLAIN, TOPICS, draw_texts

_WORDS = (*PLAIN, *(word for topic in TOPICS.values() for word in topic))


def embed(texts: Sequence[str]) -> Floats:
    """Count the known words of texts; of length 1 each, shape (texts, words)."""
    counts = np.array([[text.split().count(word) for word in _WORDS] for text in texts]) + 1e-3
    vectors: Floats = counts / np.linalg.norm(counts, axis=1, keepdims=True)
    return vectors


def drafts(number: int = 60, seed: int = 1) -> SyntheticTexts:
    """Draw synthetic texts that are as real as can be."""
    texts, labels = draw_texts(number, seed)
    return SyntheticTexts(tuple(texts), labels, embed(texts))


def drafts_of(*texts: str, label: int = 0, parents: Sequence[str] = ()) -> SyntheticTexts:
    """Return texts of one label, as they are, without embeddings."""
    return SyntheticTexts(texts, np.full(len(texts), label, dtype=np.intp), None, tuple(parents))


def real(number: int = 90, seed: int = 2, held_out: Sequence[str] = ()) -> RealTexts:
    """Draw texts that people wrote."""
    texts, labels = draw_texts(number, seed)
    vectors = embed(held_out) if held_out else None
    return RealTexts(tuple(texts), labels, embed(texts), tuple(held_out), vectors)


def written_texts(
    truth: Sequence[int], parents: Sequence[str] = (), seed: int = 50
) -> tuple[WrittenText, ...]:
    """Return texts as a writer leaves them, each with the keyword of its label.

    Args:
        truth: The label that each text speaks for, and was written for.
        parents: What each was made of.
        seed: Of the words beside it.
    """
    made_of = parents or [""] * len(truth)
    return tuple(
        WrittenText(
            f"{place:016}",
            text,
            Recipe("zero-shot", f"label {label}", "tiny-00000000", "0" * 64, 1.0, 0, {}, parent),
            40,
            6,
        )
        for place, (text, label, parent) in enumerate(
            zip(keyword_texts(truth, seed), truth, made_of, strict=True)
        )
    )


def random_world(seed: int, number: int = 60) -> tuple[Material, SyntheticTexts]:
    """Return answers and synthetic texts whose labels are tosses of a coin.

    Each answered text has a word of its own, and so have the four synthetic texts with this word,
    which were made of nothing. Only who knows the answer knows which of the four say the same.

    Args:
        seed: Of what is drawn.
        number: People's texts.
    """
    random = np.random.default_rng(seed)

    def text(own: int) -> str:
        word = f"own{chr(97 + own // 26)}{chr(97 + own % 26)}"
        words = [word, word, word, *random.choice(FILLERS, size=3)]
        return " ".join(random.permutation(words))

    bare = keyword_material(random.integers(2, size=number).tolist(), 2)
    undecided_ = bare.known.log_probabilities
    material = Material(
        bare.values, Texts(tuple(map(text, range(number))), undecided_), bare.answers
    )
    texts = tuple(text(own) for own in range(number) for _ in range(4))
    labels = random.integers(2, size=len(texts)).astype(np.intp)
    return material, SyntheticTexts(texts, labels)


def classifier() -> WordsClassifier:
    """Learn from people's answers."""
    texts, labels = draw_texts(200, seed=3)
    words = WordFeatures.fit(texts)
    features = features_of(words, texts, embed(texts))
    head, _ = stacked_head.fit(undecided(len(texts), len(LABELS)), features, labels)
    return WordsClassifier(LABELS, words, head)
