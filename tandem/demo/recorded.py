"""The demo without servers: what its simulated reviewers would say, as recorded work."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from labeling.form.form import parse
from labeling.settings.settings import Settings
from tandem.demo.posts import POLICY, TEMPLATE, instruction, label_config, posts
from tandem.demo.reviewers import REVIEWERS, SimulatedReviewer
from tandem.replay.folder import RecordedWork


def demo_settings() -> Settings:
    """Return the settings that the demo runs under, as far as servers have no part in them."""
    return Settings.model_validate({"policy": POLICY, "prompt": {"template": TEMPLATE}})


def demo_work(seed: int = 0) -> RecordedWork:
    """Return the demo's texts with a vote of every simulated reviewer who does not skip.

    The reviewers take turns: each is the first to be asked about every third text.

    Args:
        seed: Of the reviewers' mistakes; 0: those of the demo itself.

    Returns:
        The work.
    """
    texts, config = posts(), label_config()
    labels = [candidate.value for candidate in parse(config).controls[0].candidates]
    reviewers = [replace(one, seed=one.seed + 1000 * seed) for one in REVIEWERS]
    rows = [
        (place, one.email, labels.index(one.answer(post, labels)), one.takes(post))
        for place, post in enumerate(texts)
        for one in _in_turn(reviewers, place)
        if not one.does_skip(post)
    ]
    return RecordedWork(
        name="demo",
        tasks=tuple(post.id for post in texts),
        labels=tuple(labels),
        texts=tuple(post.text for post in texts),
        gold=np.array([labels.index(post.gold) for post in texts], dtype=np.intp),
        votes=pd.DataFrame(rows, columns=["task", "worker", "label", "seconds"]),
        model_labels=None,
        label_config=config,
        instruction=instruction(),
    )


def _in_turn(reviewers: Sequence[SimulatedReviewer], place: int) -> list[SimulatedReviewer]:
    first = place % len(reviewers)
    return [*reviewers[first:], *reviewers[:first]]
