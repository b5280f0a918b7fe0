"""The course of one person: what they are shown and asked next, and how it ended. Pure.

It follows from what they answered in the training project and from the events of the ledger alone,
so it is the same however often it is worked out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from aggregation.quality.exam import exam_verdict
from aggregation.quality.skill import SkillPosterior
from labeling.settings.quality_section import QualitySettings
from routing.ledger.control_tasks import ControlTask
from routing.ledger.people import PersonEvent, PersonState
from routing.training.items import Outcome, Part, balanced, has

HANDED_OUT = 5
"""Items of an exam that somebody has open at most, so that a clear result ends it early."""

FAILED = "failed"
"""In the evidence of an event, under `exam`: it was not passed."""


@dataclass(frozen=True, slots=True)
class CourseItem:
    """An item of the training project, to one person.

    Attributes:
        known: The known answer.
        part: Of which part it is.
        task: The training project's task.
        answered_at: When they first answered it; None: not yet.
        is_right: Whether that was right.
    """

    known: ControlTask
    part: Part
    task: int
    answered_at: datetime | None = None
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """Where somebody stands.

    Attributes:
        stage: What they are at, or how it ended.
        open: Tasks of the training project that wait for them.
        change: The state that they come to by it, with the reason and the evidence; None: the one
            that they have.
    """

    stage: Part | Outcome
    open: tuple[int, ...] = ()
    change: tuple[PersonState, str, Mapping[str, Any]] | None = None


def course_of(
    worker: int,
    items: Sequence[CourseItem],
    events: Sequence[PersonEvent],
    quality: QualitySettings,
    seed: int,
) -> Course:
    """Return where somebody who is in training stands.

    An exam is judged at the first answer at which its result is clear, whenever that is looked at.
    The answers of an attempt that failed count in no later one.

    Args:
        worker: The user.
        items: The training project's items, to them.
        events: What became of them so far.
        quality: The settings: what is asked.
        seed: Seed of the order in which items are asked.

    Returns:
        What waits for them, and what changes.
    """
    lessons = [one for one in items if one.part == "training"] if has(quality, "training") else []
    unread = [one for one in lessons if one.answered_at is None and one.known.is_in_use]
    if unread:
        return Course("training", tuple(sorted(one.task for one in unread)))
    if not has(quality, "exam"):
        if not lessons:
            return Course("lacking")
        reason = f"went through the training: {len(lessons)} items"
        return Course("passed", change=("active", reason, {"training": len(lessons)}))
    return _exam(worker, [one for one in items if one.part == "exam"], events, quality, seed)


def _exam(
    worker: int,
    items: Sequence[CourseItem],
    events: Sequence[PersonEvent],
    quality: QualitySettings,
    seed: int,
) -> Course:
    failures = [one.evidence for one in events if (one.evidence or {}).get("exam") == FAILED]
    if len(failures) > quality.exam_retries:
        return Course("failed")
    until = max((datetime.fromisoformat(one["until"]) for one in failures if one), default=None)
    order = balanced((one.known for one in items), seed, f"exam:{worker}")
    rank = {one.number: place for place, one in enumerate(order)}
    given = sorted(
        (one.answered_at, rank[one.known.number], one.is_right)
        for one in items
        if one.answered_at is not None and (until is None or one.answered_at > until)
    )
    left = sorted(
        (one for one in items if one.answered_at is None and one.known.is_in_use),
        key=lambda one: rank[one.known.number],
    )
    most = min(quality.exam_controls, len(given) + len(left))
    if not given and not _can_pass(most, quality):
        return Course("lacking")
    right = [is_right for _, _, is_right in given]
    for answers in range(len(right) + 1):
        verdict = _verdict(right[:answers], most, quality)
        if verdict is not None:
            return _ended(verdict, right[:answers], given[-1][0], len(failures) + 1, quality)
    waiting = left[: min(HANDED_OUT, most - len(given))]
    return Course("exam", tuple(sorted(one.task for one in waiting)))


def _ended(
    verdict: Literal["passed", "failed"],
    right: Sequence[bool],
    until: datetime,
    attempt: int,
    quality: QualitySettings,
) -> Course:
    posterior = SkillPosterior(sum(right), len(right) - sum(right))
    evidence = {
        "exam": verdict,
        "attempt": attempt,
        "right": sum(right),
        "answers": len(right),
        "skill": quality.exam_skill,
        "probability": round(posterior.probability_above(quality.exam_skill), 4),
        "until": until.isoformat(),
    }
    score = f"{sum(right)} of {len(right)} right"
    if verdict == "passed":
        return Course("passed", change=("active", f"passed the exam: {score}", evidence))
    left = quality.exam_retries + 1 - attempt
    ending = "may try again" if left > 0 else "may not try again"
    reason = f"did not pass the exam: {score}, {ending}"
    return Course("failed", change=("in training", reason, evidence))


def _can_pass(controls: int, quality: QualitySettings) -> bool:
    return _verdict([True] * controls, controls, quality) == "passed"


def _verdict(
    right: Sequence[bool], controls: int, quality: QualitySettings
) -> Literal["passed", "failed"] | None:
    return exam_verdict(
        right,
        skill=quality.exam_skill,
        probability=quality.exam_probability,
        controls=controls,
    )
