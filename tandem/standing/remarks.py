"""What else the admin should know of a project, a sentence each. Pure."""

from collections.abc import Mapping, Sequence

from routing.standing.standing import Standing
from tandem.standing.people import person_lines
from tandem.standing.phrases import count, listed

FEW = 3
"""Reasons and tasks that a line tells."""


def remarks(standing: Standing) -> list[str]:
    """Return what else the admin should know, a sentence each; nothing where there is nothing."""
    given_up = count(standing.votes_given_up, "answer")
    waiting = count(standing.without_room, "more answer")
    unreadable = count(standing.unreadable, "answer")
    strays, skipped = count(standing.strays, "answer"), count(standing.skipped, "time")
    said = [
        (
            standing.backend_problem is not None,
            f"The ML backend cannot be used: {(standing.backend_problem or '').rstrip('.')}.",
        ),
        (
            standing.without_room and standing.reviewers and standing.work,
            f"{waiting} cannot be asked yet: no reviewer has room.",
        ),
        (
            standing.work and not standing.reviewers,
            "Nobody is named under `reviewers` in tandem.yaml, so whoever comes shares one tab.",
        ),
        (
            standing.votes_given_up,
            f"{given_up} that would help cannot be had: whoever may be asked answered or skipped"
            " those tasks already. One more reviewer could give them.",
        ),
        (
            standing.unreadable,
            f"Kept but not counted: {unreadable} of people that the label config has no words for"
            f" ({_reasons(standing.unreadable_why or {})}).",
        ),
        (
            standing.ignored,
            f"Kept but not counted: {count(standing.ignored, 'answer')} from before Tandem"
            " (policy.earlier_answers).",
        ),
        (
            standing.of_nobody,
            f"Kept but not counted: {count(standing.of_nobody, 'answer')} of users who were"
            " deleted.",
        ),
        (
            standing.of_excluded,
            f"Kept but not counted: {count(standing.of_excluded, 'answer')} of people who are"
            " excluded.",
        ),
        (
            standing.unreadable_tasks,
            f"The model cannot read {_unreadable_tasks(standing.unreadable_tasks or {})}; people"
            " label them without a pre-label.",
        ),
        (
            standing.strays,
            f"{strays} came from people who were not asked for them; they count all the same.",
        ),
        (standing.controls.answered or standing.controls.skipped, _controls(standing)),
        (
            standing.controls.disputed,
            "In doubt and held against nobody:"
            f" {count(standing.controls.disputed, 'known answer')} (`tandem people disputes`).",
        ),
        (
            standing.skipped,
            f"{skipped} somebody skipped a task; it is asked of others.",
        ),
    ]
    return [
        *standing.notices,
        *person_lines(standing.people),
        *(words for is_so, words in said if is_so),
    ]


def _controls(standing: Standing) -> str:
    """Say what control tasks took beside the labels."""
    controls, spend = standing.controls, standing.spend
    took = (
        f" ({spend.currency}{spend.controls:.2f}, {spend.control_hours:.1f} hours)" if spend else ""
    )
    skipped = f"; {controls.skipped} were skipped" if controls.skipped else ""
    return (
        f"{count(controls.answered, 'answer')} to control tasks{took} came beside these: they tell"
        f" of people's work, and are no labels{skipped}."
    )


def _reasons(counts: Mapping[str, int]) -> str:
    """Return the most frequent reasons, each with its count."""
    listed = [f"{why}: {count}" for why, count in list(counts.items())[:FEW]]
    return "; ".join(listed + ["and others"] * (len(counts) > FEW))


def _unreadable_tasks(tasks: Mapping[str, Sequence[int]]) -> str:
    """Return how many tasks cannot be read, which, and why."""
    told = [
        f"{count(len(ones), 'task')} ({', '.join(map(str, ones[:FEW]))}"
        f"{', …' if len(ones) > FEW else ''}: {why})"
        for why, ones in tasks.items()
    ]
    return listed(told[:FEW] + ["others"] * (len(told) > FEW))
