"""Where a campaign ended: labels, decisions, people's work and the proof, without times."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from routing.ledger.compaction import FORGOTTEN
from routing.snapshot.observe import observe
from tandem.export.outcome import dataset_of
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
        "writes": {
            write: count for write, count in state["writes"].items() if write[0] not in FORGOTTEN
        },
        **_asked_blind(loop),
        "dataset": _dataset(loop),
        "certificates": [loop.certificate(one.number) for one in loop.state.populations],
    }


def unlike(ended: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two ends differ in, part by part: what is there, and what should be.

    Args:
        ended: Where a campaign ended.
        expected: Where it should have.
    """
    return {
        part: _unlike(ended[part], expected[part])
        for part in expected
        if ended[part] != expected[part]
    }


def _unlike(there: Any, due: Any) -> Any:
    if not isinstance(due, Mapping):
        return there, due
    keys = there.keys() | due.keys()
    return {key: (there.get(key), due.get(key)) for key in keys if there.get(key) != due.get(key)}


def _dataset(loop: Loop) -> dict[int, dict[str, Any]]:
    """What is exported, by task, without times."""
    facts = observe(loop.studio, loop.ledger, loop.settings, dry_run=True).facts
    frame = dataset_of(facts).drop(columns=["decided_at", "labelled_at"])
    rows: list[Any] = frame.to_dict("records")
    return {
        row["task"]: {
            **row,
            "votes": sorted((one["worker"], one["label"]) for one in row["votes"]),
            "labelled_by": sorted(row["labelled_by"]),
        }
        for row in rows
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
