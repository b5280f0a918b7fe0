"""Reconciling: how Label Studio differs from what was decided, and the writes that mend it."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from labeling.controls import Region
from routing import evidence
from routing.ledger.records import Decision, LedgerState, Write
from routing.observe import Scene
from routing.policy import GIVEN_TO_PEOPLE, LEFT_TO_MODEL, unique_id
from routing.studio.records import NewAnnotation, StudioView
from routing.writes import carry_out, write

CHUNK = 100
"""Small writes that are recorded together."""

ORDERING = ("tasks:predictions_score",)
"""The most doubtful first: there, a person's answer changes most."""

SHARED_TAB = "Tandem · to review"


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab as it should be: one a reviewer, or a shared one where no reviewer is named."""

    title: str
    tasks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Writes that go together, and the call that does them."""

    writes: Sequence[Write]
    call: Callable[[], object]


def difference(scene: Scene, views: Sequence[StudioView]) -> list[Step]:
    """List the steps that bring Label Studio to what was decided; none where it is there.

    Args:
        scene: What was seen and decided.
        views: The project's tabs.
    """
    return [
        *_duplicates(scene),
        *_retractions(scene),
        *_acceptances(scene),
        *_overlaps(scene),
        *_tabs(scene, views),
    ]


def apply(scene: Scene, steps: Sequence[Step]) -> None:
    """Carry the steps out, in order."""
    for step in steps:
        carry_out(scene.ledger, step.writes, step.call)


def surplus_predictions(state: LedgerState) -> list[int]:
    """List the predictions of Tandem's that repeat a task and version, the first of each left."""
    kept: set[tuple[int, str]] = set()
    surplus = []
    for one in sorted(state.predictions, key=lambda prediction: prediction.id):
        if one.calibrator is None:
            continue
        if (one.task, one.model_version) in kept:
            surplus.append(one.id)
        kept.add((one.task, one.model_version))
    return surplus


def _duplicates(scene: Scene) -> Iterator[Step]:
    used = {annotation.parent_prediction for annotation in scene.state.annotations}
    ids = [one for one in surplus_predictions(scene.state) if one not in used]
    for chunk in _chunks(ids):
        writes = [
            write(f"prediction.delete:{one}", "prediction.delete", f"prediction {one}", {}, None)
            for one in chunk
        ]
        yield Step(writes, partial(scene.studio.delete_predictions, chunk, scene.progress))


def _retractions(scene: Scene) -> Iterator[Step]:
    for one in scene.state.annotations:
        decision = scene.state.decisions.get(one.task)
        if one.kind == "model" and decision is not None and decision.kind not in LEFT_TO_MODEL:
            taking_back = write(
                f"annotation.delete:{one.id}",
                "annotation.delete",
                f"task {one.task}",
                {"answer": one.answer, "completed_by": one.worker_id},
                None,
            )
            yield Step([taking_back], partial(scene.studio.delete_annotation, one.id))


def _acceptances(scene: Scene) -> Iterator[Step]:
    answered = {one.task for one in scene.state.annotations if not one.was_cancelled}
    predictions = evidence.predictions(scene.state)
    new = [
        _annotation(scene, decision, predictions[task].id, predictions[task].answer or "")
        for task, decision in sorted(scene.state.decisions.items())
        if decision.kind in LEFT_TO_MODEL and task not in answered and task in predictions
    ]
    for chunk in _chunks(new):
        writes = [
            write(
                f"annotation:{one.unique_id}",
                "annotation.create",
                f"task {one.task}",
                None,
                {"completed_by": one.completed_by, "parent_prediction": one.parent_prediction},
            )
            for one in chunk
        ]
        yield Step(writes, partial(scene.studio.create_annotations, chunk, scene.progress))


def _annotation(scene: Scene, decision: Decision, prediction: int, answer: str) -> NewAnnotation:
    result: list[Region] = scene.form.control.encode(answer)
    return NewAnnotation(
        task=decision.task,
        result=result,
        completed_by=scene.people.model or 0,
        unique_id=unique_id(scene.project.id, decision.task, decision.number),
        parent_prediction=prediction,
    )


def _overlaps(scene: Scene) -> Iterator[Step]:
    tasks = scene.state.tasks
    desired = {
        task: decision.votes
        for task, decision in sorted(scene.state.decisions.items())
        if decision.kind in GIVEN_TO_PEOPLE and tasks[task].overlap != decision.votes
    }
    for chunk in _chunks(list(desired)):
        writes = [
            write(
                f"overlap:{task}:{tasks[task].overlap}:{desired[task]}",
                "task.overlap",
                f"task {task}",
                {"overlap": tasks[task].overlap},
                {"overlap": desired[task]},
            )
            for task in chunk
        ]
        overlaps = {task: desired[task] for task in chunk}
        yield Step(writes, partial(scene.studio.set_overlaps, overlaps, scene.progress))


def _tabs(scene: Scene, views: Sequence[StudioView]) -> Iterator[Step]:
    present = {view.title: view for view in views}
    for tab in tabs(scene):
        view = present.get(tab.title)
        if view and set(view.task_ids) == set(tab.tasks) and view.ordering == ORDERING:
            continue
        digest = hashlib.sha256(repr(tab).encode()).hexdigest()[:16]
        saving = write(
            f"tab:{tab.title}:{digest}",
            "tab",
            tab.title,
            {"tasks": len(view.task_ids)} if view else None,
            {"tasks": len(tab.tasks)},
        )
        view_id = view.id if view else None
        yield Step(
            [saving], partial(scene.studio.save_view, tab.title, tab.tasks, ORDERING, view_id)
        )


def tabs(scene: Scene) -> list[Tab]:
    """Give every tab as it should be."""
    waiting = [one for one in scene.state.assignments if one.state == "open"]
    if not scene.people.reviewers:
        votes = evidence.votes(scene.state)
        owed = sorted(
            task
            for task, decision in scene.state.decisions.items()
            if len(votes.get(task, ())) < decision.votes
        )
        return [Tab(SHARED_TAB, tuple(owed))]
    return [
        Tab(
            tab_title(scene.people.names[reviewer.worker]),
            tuple(sorted(one.task for one in waiting if one.worker == reviewer.worker)),
        )
        for reviewer in scene.people.reviewers
    ]


def tab_title(email: str) -> str:
    """Name a reviewer's tab: by the address, since names repeat."""
    return f"Tandem · {email}"


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
