"""What learners said in a benchmark, kept in a folder, so that a run that was cut short goes on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class LearnerBeliefs:
    """One learner, fitted once.

    Attributes:
        said: Of texts that are tested, probabilities of shape (texts, labels).
        held_out: Of the answered texts, out of fold; NaN where the time was over.
        seconds: What the fit took.
        judging_seconds: What all folds took.
    """

    said: Floats
    held_out: Floats
    seconds: float
    judging_seconds: float


def kept(
    folder: Path | None, key: Mapping[str, Any], make: Callable[[], LearnerBeliefs]
) -> LearnerBeliefs:
    """Return what is kept under a key; make and keep it where nothing is.

    Args:
        folder: Where; None: nothing is kept.
        key: Everything that the beliefs follow from, in JSON's types, but for the code.
        make: Makes them.

    Returns:
        The beliefs.
    """
    if folder is None:
        return make()
    digest = sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]
    path = folder / f"{digest}.npz"
    if path.exists():
        with np.load(path) as arrays:
            seconds = arrays["seconds"].tolist()
            return LearnerBeliefs(arrays["said"], arrays["held_out"], *seconds)
    made = make()
    folder.mkdir(parents=True, exist_ok=True)
    seconds = np.array([made.seconds, made.judging_seconds])
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, said=made.said, held_out=made.held_out, seconds=seconds)
    unfinished.replace(path)
    return made
