"""A folder of recorded work, written: a crowd that errs, a model that is often right, the truth."""

from pathlib import Path

import numpy as np

from labeling.mathtypes import Indices

LABELS = ("praise", "question", "complaint")


def write_folder(
    folder: Path,
    items: int = 80,
    votes: int = 5,
    *,
    skill: float = 0.8,
    model: float = 0.85,
    seconds: bool = False,
) -> Path:
    """Write a folder whose votes stand in a random order.

    Args:
        folder: It is made.
        items: Tasks.
        votes: Votes of each, by different workers; the first task has one less.
        skill: How often a worker is right.
        model: How often the model is right.
        seconds: Whether it was measured how long an answer took: 8 s each.

    Returns:
        The folder.
    """
    rng = np.random.default_rng(5)
    gold = rng.integers(0, len(LABELS), items)

    def said(by: float) -> Indices:
        other = (gold + rng.integers(1, len(LABELS), items)) % len(LABELS)
        return np.where(rng.random(items) < by, gold, other).astype(np.intp)

    given = [
        (item, worker, label) for worker in range(votes) for item, label in enumerate(said(skill))
    ]
    given = [one for one in given if one[:2] != (0, votes - 1)]
    order = rng.permutation(len(given))
    rows = [given[place] for place in order]
    folder.mkdir(parents=True)
    head, tail = ("task,worker,label,seconds", ",8") if seconds else ("task,worker,label", "")
    lines = [f"t{item},w{worker},{LABELS[label]}{tail}" for item, worker, label in rows]
    (folder / "crowd.csv").write_text("\n".join([head, *lines]))
    right = [f"t{item},{LABELS[label]}" for item, label in enumerate(gold)]
    (folder / "gold.csv").write_text("\n".join(["task,label", *right]))
    sure = rng.uniform(0.6, 0.95, items).round(3)
    stated = [f"t{item},m,{LABELS[label]},{sure[item]}" for item, label in enumerate(said(model))]
    (folder / "llm.csv").write_text("\n".join(["task,model,label,confidence", *stated]))
    return folder
