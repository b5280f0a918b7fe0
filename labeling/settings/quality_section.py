"""The section `quality` of the settings: how people are let in, checked and paid for it."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from labeling.settings.section import SettingsSection


class QualitySettings(SettingsSection):
    """How people are let in, and how their work is checked; see docs/people.md."""

    known_answers: Path | None = None
    """A CSV, JSONL or JSON file of items with known answers, which are mixed into the daily work,
    and asked in training and exam; null: none."""
    known_from: tuple[Literal["ground_truth", "experts", "agreement"], ...] = ()
    """Where more known answers come from: annotations that Label Studio marks as ground truth,
    answers of experts, and items in which several blind people agree."""
    agreement_above: float = Field(0.99, gt=0.5, lt=1)
    """How probable a label must be, by blind answers of three people or more, to be known by
    `agreement`."""
    exposures: int = Field(20, ge=1)
    """People who may be asked one known answer, before it is used no more."""
    controls_least: float = Field(0.01, ge=0, le=1)
    """The share of control tasks among the answers of somebody whose skill is proved."""
    controls_most: float = Field(0.1, ge=0, le=1)
    """Their share among the answers of who is new, or in doubt."""
    good: float = Field(0.75, gt=0, lt=1)
    """The skill that people are to have: the share of items that they get right."""
    wrongly_paused: float = Field(0.01, gt=0, lt=1)
    """The probability with which somebody of that skill may ever be paused, however long they
    work."""
    pause: bool = True
    """Whether somebody is paused once it is proved that their skill is below `good`; false: it is
    only said."""
    false_discoveries: float = Field(0.05, gt=0, lt=1)
    """The share of flags for carelessness that may be false; a flag alone never pauses anybody."""
    training: Literal["none", "training", "exam", "both"] = "none"
    """What who is new gets first, in a project of its own: items with their right answers, an
    exam, or both."""
    training_items: int = Field(5, ge=1)
    """Known answers that a training shows."""
    exam_controls: int = Field(20, ge=1)
    """Known answers that an exam asks at most."""
    exam_skill: float = Field(0.5, gt=0, lt=1)
    """The skill that passes the exam; 98% of those who are right in three quarters of the items
    pass one of both attempts at these defaults, and 30% of those who are right in half."""
    exam_probability: float = Field(0.95, gt=0.5, lt=1)
    """How probable that skill must be by the exam's answers."""
    exam_retries: int = Field(1, ge=0)
    """How often who failed may try again, with other known answers."""
    idle_seconds: float = Field(120.0, gt=0)
    """The longest time that one answer counts as work; what it took beyond is idle."""
    most_hours_a_day: float | None = Field(None, gt=0, le=24)
    """Hours of work after which nobody is asked more on that day; null: any."""
    paid: tuple[Literal["controls", "training"], ...] = ("controls", "training")
    """What is paid beside ordinary answers: control tasks, and training with its exam."""

    @property
    def has_known_answers(self) -> bool:
        """Whether anything is to be known, so that work can be checked by it."""
        return self.known_answers is not None or bool(self.known_from)
