"""Where a campaign ended: labels, decisions, people's work and the proof, without times."""

from collections import Counter
from typing import Any

from tests.support.killing.state import state_of
from tests.support.loops import Loop

COMPARED = (
    "predictions",
    "annotations",
    "overlaps",
    "tabs",
    "versions",
    "users",
    "decisions",
    "assignments",
    "rounds",
    "populations",
    "members",
    "checks",
    "kept answers",
    "pending",
)
"""Of the main project; its tasks have the same ids in every campaign."""


def end_of(loop: Loop) -> dict[str, Any]:
    """Return where a project ended, in a form that two campaigns' can be compared by."""
    state = state_of(loop.studio, loop.ledger)
    return {
        **{part: state[part] for part in COMPARED},
        **_asked_blind(loop),
        "certificates": [loop.certificate(one.number) for one in loop.state.populations],
    }


def _asked_blind(loop: Loop) -> dict[str, Any]:
    """What is in the blind project, by the main project's tasks."""
    blind = loop.blind_project
    if blind is None:
        return {}
    known, shown = blind.state, blind.shown()
    source = {task: one.source for task, one in known.tasks.items()}
    return {
        "twins": Counter(source[task] for task in shown),
        "blind answers": Counter(
            (source[one.task], one.completed_by, str(one.result), one.was_cancelled)
            for seen in shown.values()
            for one in seen.annotations
        ),
        "blind assignments": Counter(
            (source[one.task], one.worker, one.state) for one in known.assignments
        ),
        "blind overlaps": {source[task]: one.overlap for task, one in shown.items()},
        "blind tabs": Counter(
            (one.title, tuple(sorted(source[task] or 0 for task in one.task_ids)))
            for one in blind.studio.views()
        ),
    }
