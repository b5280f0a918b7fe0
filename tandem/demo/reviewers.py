"""Simulated reviewers: seeded people of different skill who answer through Label Studio's API."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from label_studio_sdk.client import LabelStudio

from labeling.form.form import Form
from routing.reviewers.tabs import owner_of
from routing.studio import Studio


@dataclass(frozen=True, slots=True)
class Post:
    """One text of the demo.

    Attributes:
        id: Its name in the demo's file.
        text: What is labelled.
        gold: The right label.
        second: The other label that a careful person may give; empty where the text is clear.
    """

    id: str
    text: str
    gold: str
    second: str


@dataclass(frozen=True, slots=True)
class SimulatedReviewer:
    """A reviewer who does not exist.

    Attributes:
        email: The user's name in Label Studio.
        first_name: What they are called.
        skill: Probability of the right label on a clear text.
        seconds: Mean seconds that an answer takes.
        skips: Probability of skipping a text instead of answering it.
        seed: Makes this reviewer's answers the same whenever they are asked.
    """

    email: str
    first_name: str
    skill: float
    seconds: float
    skips: float
    seed: int

    def answer(self, post: Post, labels: Sequence[str]) -> str:
        """Return this reviewer's label of a post: always the same one, wherever it is asked.

        On a truly ambiguous text, half of the careful answers name the other defensible label.

        Args:
            post: The text.
            labels: Every label.

        Returns:
            The label.
        """
        rng = self._rng("answer", post)
        if rng.random() < self.skill:
            return post.second if post.second and rng.random() < 0.5 else post.gold
        return rng.choice([label for label in labels if label != post.gold])

    def does_skip(self, post: Post) -> bool:
        """Return whether this reviewer skips a post."""
        return self._rng("skip", post).random() < self.skips

    def takes(self, post: Post) -> float:
        """Return the seconds that an answer to a post takes."""
        return round(self.seconds * self._rng("time", post).lognormvariate(-0.08, 0.4), 1)

    def _rng(self, purpose: str, post: Post) -> random.Random:
        return random.Random(f"{self.seed}:{purpose}:{post.id}")  # noqa: S311 - reproducible


A_SITTING = 8
"""Texts that a reviewer answers between two passes, at most."""

REVIEWERS = (
    SimulatedReviewer("ana@demo.localhost", "Ana", 0.96, 14.0, 0.01, seed=1),
    SimulatedReviewer("ben@demo.localhost", "Ben", 0.91, 11.0, 0.02, seed=2),
    SimulatedReviewer("carl@demo.localhost", "Carl", 0.45, 5.0, 0.0, seed=3),
    SimulatedReviewer("dora@demo.localhost", "Dora", 0.94, 13.0, 0.01, seed=4),
    SimulatedReviewer("emil@demo.localhost", "Emil", 0.92, 10.0, 0.02, seed=5),
)
"""Four who read what they label, and one who does not: Carl is fast, and more often wrong than
right."""


def work_through_tab(
    reviewer: SimulatedReviewer,
    studio: Studio,
    api: LabelStudio,
    posts: Mapping[int, Post],
    form: Form,
) -> None:
    """Answer the first that waits in the reviewer's own tab, as themselves.

    They go by the order of the texts, as a blind tab does, which tells nothing of what is known.

    Args:
        reviewer: Who answers.
        studio: Label Studio, by the reviewer's own key: shows their tab.
        api: The same, as the SDK sees it: takes their answers.
        posts: What the tab may show, by task id.
        form: What is asked.
    """
    tab = next(
        (view for view in studio.views() if owner_of(view.title) == reviewer.first_name), None
    )
    labels = [candidate.value for candidate in form.controls[0].candidates]
    waiting = sorted(tab.task_ids, key=lambda task: posts[task].text) if tab else []
    for task in waiting[:A_SITTING]:
        post = posts[task]
        is_skipped = reviewer.does_skip(post)
        answer = [] if is_skipped else form.encode(reviewer.answer(post, labels))
        api.annotations.create(
            id=task,
            result=answer,
            was_cancelled=is_skipped,
            lead_time=reviewer.takes(post),
        )
