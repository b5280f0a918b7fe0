"""The demo without servers: what its simulated reviewers would say, as recorded work."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from labeling.form.form import parse
from labeling.settings.settings import Settings
from tandem.demo.posts import (
    POLICY,
    QUALITY,
    TEMPLATE,
    instruction,
    known_posts,
    label_config,
    posts,
)
from tandem.demo.reviewers import REVIEWERS, SimulatedReviewer
from tandem.replay.folder import RecordedWork
from tandem.replay.people import ControlVote


def demo_settings() -> Settings:
    """Return the settings that the demo runs under, as far as servers have no part in them."""
    return Settings.model_validate(
        {"policy": POLICY, "quality": QUALITY, "prompt": {"template": TEMPLATE}}
    )


def demo_work(seed: int = 0) -> RecordedWork:
    """Return the demo's texts with a vote of every simulated reviewer who does not skip.

    The reviewers take turns: each is the first to be asked about every fifth text.

    Args:
        seed: Of the reviewers' mistakes; 0: those of the demo itself.

    Returns:
        The work.
    """
    texts, labels, reviewers = posts(), _labels(), _reviewers(seed)
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
        label_config=label_config(),
        instruction=instruction(),
    )


def demo_known(seed: int = 0) -> dict[str, list[ControlVote]]:
    """Return what the simulated reviewers say of the texts whose label is known.

    Args:
        seed: Of the reviewers' mistakes; 0: those of the demo itself.

    Returns:
        By the name that each one's votes are counted under.
    """
    labels = _labels()
    return {
        one.email: [
            ControlVote(
                number, one.email, labels.index(one.answer(post, labels)), labels.index(post.gold)
            )
            for number, post in enumerate(known_posts(), start=1)
        ]
        for one in _reviewers(seed)
    }


def _labels() -> list[str]:
    return [candidate.value for candidate in parse(label_config()).controls[0].candidates]


def _reviewers(seed: int) -> list[SimulatedReviewer]:
    return [replace(one, seed=one.seed + 1000 * seed) for one in REVIEWERS]


def _in_turn(reviewers: Sequence[SimulatedReviewer], place: int) -> list[SimulatedReviewer]:
    first = place % len(reviewers)
    return [*reviewers[first:], *reviewers[:first]]
