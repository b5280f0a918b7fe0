"""`TEXT`: the text of several that the others stand behind, or one voted together from them.

Approaches, by name:

- `medoid`: the text that is most like the others' (`similarity`: ROUGE-L), who count as much as
  they are usually like the consensus; found in turn with those skills. Somebody wrote it, so it
  reads as people write.
- `rover`: texts are aligned word by word and each word is voted on (Fiscus 1997). For
  transcriptions, where everybody writes down the same words; of free texts it makes a salad.
  Answers of several texts are left out; a task that has no others gets its medoid.
- `rasa`: the text whose embedding is nearest to the mean embedding, to which workers count as much
  as they are reliable (Li and Fukumoto 2019).

With beliefs, the model's text is one more candidate of `medoid`, which counts as much as its
calibrated confidence, where a person's counts as much as their skill; a text of theirs that is like
it gains by it. The others know no weight of a single text: there the model has no say.

The last two are crowd-kit's. Left out is its HRRASA, which asks pandas for an array of numbers
where it has one of vectors, and fails on every input.

Papers:
    J. G. Fiscus, "A post-processing system to yield reduced word error rates: recognizer output
    voting error reduction (ROVER)", ASRU 1997.
    J. Li and F. Fukumoto, "A dataset of crowdsourced word sequences", AnnoNLP 2019.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from aggregation.by_type.base import (
    NO_BELIEFS,
    Beliefs,
    Similarity,
    TypeAggregator,
    TypeConsensus,
    confidence_by_similarity,
    skills_by_similarity,
    weighed_answers,
)
from aggregation.classification.worker_models import GUESS
from labeling.answers.similarity import similarity
from labeling.answers.types import AnswerType, canonical_json, strings_of
from labeling.errors import SettingsError
from labeling.mathtypes import Floats

Encoder = Callable[[str], npt.ArrayLike]
"""A text → its embedding, always as long."""
Consensus = Callable[[pd.DataFrame, Similarity], Mapping[int, str]]
"""Votes on tasks that are divided, and how like two are → the consensus by task."""

APPROACHES = ("medoid", "rover", "rasa")
ROUNDS = 10


class Texts(TypeAggregator):
    """A text a task; or several, where the control takes several.

    Args:
        approach: One of `APPROACHES`; see above.
        encoder: What `rasa` embeds texts with.

    Raises:
        SettingsError: There is no such approach, or it needs an encoder and has none.

    Examples:
        >>> import pandas as pd
        >>> votes = pd.DataFrame(
        ...     [
        ...         (1, "ann", '["a cat sat"]'),
        ...         (1, "bob", '["a cat sat down"]'),
        ...         (1, "cyd", '["dogs bark"]'),
        ...     ],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> Texts().fit(votes).labels_.to_dict()
        {1: '["a cat sat down"]'}
    """

    def __init__(self, approach: str = "medoid", *, encoder: Encoder | None = None) -> None:
        if approach not in APPROACHES:
            raise SettingsError(
                f"There is no way {approach!r} of aggregating texts",
                hint=f"Choose one of {', '.join(APPROACHES)}.",
            )
        if approach == "rasa" and encoder is None:
            raise SettingsError("'rasa' needs an encoder of texts", hint="Choose 'medoid'.")
        self._approach = approach
        self._encoder = encoder

    def _agree(self, ballots: pd.DataFrame, beliefs: Beliefs) -> TypeConsensus:
        beliefs = beliefs if self._approach == "medoid" else NO_BELIEFS
        for answer in ballots["label"]:
            strings_of(answer)
        similarity_of = cache(partial(similarity, AnswerType.TEXT))
        labels = dict(zip(ballots["task"].tolist(), ballots["label"].tolist(), strict=True))
        is_divided = ballots.groupby("task")["label"].transform("nunique") > 1
        divided = ballots[is_divided | ballots["task"].isin(list(beliefs))]
        if not divided.empty:
            labels |= self._consensus(divided.reset_index(drop=True), similarity_of, beliefs)
        skills = skills_by_similarity(ballots, labels, similarity_of)
        confidence = confidence_by_similarity(ballots, labels, skills, similarity_of, beliefs)
        return TypeConsensus(labels, confidence, skills)

    def _consensus(
        self, divided: pd.DataFrame, similarity_of: Similarity, beliefs: Beliefs
    ) -> Mapping[int, str]:
        if self._approach == "rover":
            return _rover(divided, similarity_of)
        if self._approach == "rasa" and self._encoder is not None:
            return _nearest(divided, self._encoder)
        return _medoids(divided, similarity_of, beliefs)


def _medoids(
    divided: pd.DataFrame, similarity_of: Similarity, beliefs: Beliefs = NO_BELIEFS
) -> dict[int, str]:
    skills = dict.fromkeys(divided["worker"].tolist(), GUESS if beliefs else 1.0)
    medoids: dict[int, str] = {}
    for _ in range(ROUNDS):
        last, medoids = (
            medoids,
            {
                int(str(task)): _by_support(
                    weighed_answers(votes, skills, beliefs.get(int(str(task)))), similarity_of
                )[0]
                for task, votes in divided.groupby("task")
            },
        )
        if medoids == last:
            break
        skills = skills_by_similarity(divided, medoids, similarity_of)
    return medoids


def _by_support(answers: Sequence[tuple[str, float]], similarity_of: Similarity) -> list[str]:
    """List the texts of a task, which weigh so much, by their support; ties by the text."""

    def support(text: str) -> float:
        return round(sum(weight * similarity_of(text, other) for other, weight in answers), 9)

    return sorted((text for text, _ in answers), key=lambda text: (-support(text), text))


def _rover(divided: pd.DataFrame, similarity_of: Similarity) -> dict[int, str]:
    from crowdkit.aggregation.texts import ROVER

    medoids = _medoids(divided, similarity_of)
    even = dict.fromkeys(divided["worker"].tolist(), 1.0)
    # All are aligned to the first, so the first is the one that has most in common with them.
    rows = [
        (task, " ".join(strings_of(answer)[0].split()))
        for task, votes in divided.groupby("task")
        for answer in _by_support(weighed_answers(votes, even, None), similarity_of)
        if len(strings_of(answer)) == 1
    ]
    if not rows:
        return medoids
    voted = ROVER(str.split, " ".join).fit_predict(pd.DataFrame(rows, columns=["task", "text"]))
    singles = dict(zip(voted.index.tolist(), voted.tolist(), strict=True))
    return medoids | {task: canonical_json([text]) for task, text in singles.items()}


def _nearest(divided: pd.DataFrame, encoder: Encoder) -> dict[int, str]:
    from crowdkit.aggregation.texts import TextRASA

    @cache
    def embedding(answer: str) -> Floats:
        return np.asarray(encoder("\n".join(strings_of(answer))), dtype=np.float64)

    rasa: Any = TextRASA(embedding)
    with warnings.catch_warnings():
        # crowd-kit still names `copy` and `inplace`, which pandas 3 is about to drop.
        warnings.filterwarnings("ignore", r"The (copy|inplace) keyword", DeprecationWarning)
        chosen = rasa.fit_predict(divided.rename(columns={"label": "text"}), None)
    return dict(zip(chosen.index.tolist(), chosen.tolist(), strict=True))
