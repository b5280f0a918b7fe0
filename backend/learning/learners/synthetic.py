"""The head with words, which learns from synthetic texts too, under the collapse guard.

It is judged as every learner is, on people's answers that it did not see, so that an ensemble gives
it a place only where synthetic texts bring something.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import ClassVar, TypeAlias

import numpy as np

from backend.learning.learners.base import Learner, Progress, unheard
from backend.learning.learners.collapse_guard import agreeing, choose_share, together
from backend.learning.learners.text_classifier import LearnedClassifier
from backend.learning.learners.weighted_words import WeightedWords
from backend.learning.material import Material
from backend.synthesis.generation.recipe import WrittenText
from backend.synthesis.learned_texts import LearnedTexts, write_learned_texts
from backend.synthesis.review import read_review, usable_texts
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.errors import SettingsError
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings

Encode: TypeAlias = Callable[[], Floats]
"""Returns the embeddings of the written texts, of length 1 each, shape (texts, dims)."""


@dataclass(frozen=True, slots=True)
class SyntheticLearner(Learner):
    """Fits a head to people's answers and to synthetic texts.

    Attributes:
        written: Synthetic texts that passed the gates, and that people did not refuse.
        encode: Embeds them, where people's texts are embedded.
        source: The folder that they are in.
        confirmed: The ids of those whose label people confirmed.
    """

    name: ClassVar[str] = "synthetic"
    fewest_answers: ClassVar[int] = 20

    written: tuple[WrittenText, ...]
    encode: Encode
    source: str = ""
    confirmed: frozenset[str] = frozenset()

    def fit(self, material: Material, progress: Progress = unheard) -> "LearnedWithTexts":
        """Learn; see `Learner.fit`."""
        synthetic = self._synthetic(material)
        open_ = material.open_.texts if material.open_ else ()
        words = WeightedWords.read([*material.known.texts, *open_, *synthetic.texts])
        progress(0.1)
        choice = choose_share(words, material, synthetic)
        progress(0.9)
        alone = words(material, np.ones(len(material)))
        kept = agreeing(alone, material, synthetic)
        learned = words.fit(*together(material, kept, choice.share))
        head = learned.head.sharpened(choice.calibrator.slope)
        progress(1.0)
        used = kept.texts if choice.share else ()
        texts = LearnedTexts.of(used, choice.share, self.source)
        return LearnedWithTexts(replace(learned, head=head), texts)

    def _synthetic(self, material: Material) -> SyntheticTexts:
        """Return the texts that were written for labels of the material."""
        places = [
            place for place, one in enumerate(self.written) if one.recipe.label in material.values
        ]
        known = [self.written[place] for place in places]
        return SyntheticTexts(
            tuple(one.text for one in known),
            np.array([material.values.index(one.recipe.label) for one in known], dtype=np.intp),
            None if material.known.embeddings is None else self.encode()[places],
            tuple(one.recipe.parent for one in known),
            confirmed=np.array([one.id in self.confirmed for one in known], dtype=np.bool_),
        )


@dataclass(frozen=True, slots=True)
class LearnedWithTexts(LearnedClassifier):
    """What was learned from synthetic texts too; it knows which, for they may be removed.

    Attributes:
        texts: The synthetic texts; none: no share of them won.
    """

    texts: LearnedTexts

    def save(self, folder: Path) -> None:
        """Write the classifier, and which texts it learned from."""
        self.classifier.save(folder)
        write_learned_texts(folder, self.texts)


def new_synthetic(settings: Settings) -> SyntheticLearner:
    """Make the learner.

    Raises:
        SettingsError: The settings name no folder of synthetic texts, or it cannot be read.
    """
    folder = settings.learning.synthetic
    if folder is None:
        raise SettingsError(
            "There are no synthetic texts to learn from",
            where="learning.synthetic",
            hint="Name the folder that `tandem generate` wrote, or leave synthetic out of"
            " learning.train.",
        )
    written, review = tuple(usable_texts(folder)), read_review(folder)
    confirmed = frozenset(one.id for one in written if review and review.confirms(one))

    @cache
    def encode() -> Floats:
        from backend.embedding import encoder  # imports torch, which texts without vectors need not

        loaded = encoder.load(settings.learning.embedding or "bundled", settings.model)
        return np.array(loaded.encode([one.text for one in written]), dtype=np.float64)

    return SyntheticLearner(written, encode, str(folder), confirmed)
