"""Tasks that are asked blind, as the main project and its blind project each know them. Pure.

Label Studio prefills a pre-label wherever it has one, and people lean towards it. What must be
answered without it is asked in a blind project, which has no predictions: each such task has a
counterpart there. Both projects' answers are one set; here it is put into either project's terms.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from routing.ledger.records import BLIND, LedgerAnnotation, LedgerState, Write
from routing.studio.models import StudioProject
from routing.studio.projects import LONGEST_TITLE, marked_by

SUFFIX = " · blind"

COPY = "annotation.copy"
"""The writes that bring a blind answer into the main project, in the name of who gave it."""

Copied: TypeAlias = Mapping[tuple[int, int], str]
"""What was copied into the main project: the answer, by task and worker."""


def title(of: str) -> str:
    """Name the blind project of a project."""
    return f"{of[: LONGEST_TITLE - len(SUFFIX)].rstrip()}{SUFFIX}"


def description(project: StudioProject) -> str:
    """Describe the blind project to people, and mark it so that it is found again."""
    return (
        "Answered without the model's label; kept by Tandem: leave the next line as it is."
        f"\n{marker(project.id)}"
    )


def marker(project: int) -> str:
    """Return the line by which the blind project of a project is known."""
    return f"tandem: blind twin of project {project}"


def find(descriptions: Mapping[int, str], project: int) -> int | None:
    """Find the blind project of a project; where several bear its mark, the oldest is.

    Args:
        descriptions: Of all projects, by id.
        project: The main project.

    Returns:
        Label Studio's id of it; None: there is none.
    """
    return marked_by(descriptions, marker(project))


def counterparts(blind_project: LedgerState) -> dict[int, int]:
    """Return the blind project's task that stands for each task; of several the oldest counts."""
    found: dict[int, int] = {}
    for counterpart, task in sorted(blind_project.tasks.items()):
        if task.source is not None:
            found.setdefault(task.source, counterpart)
    return found


def copies_of(writes: Iterable[Write]) -> Copied:
    """Read from the writes of `COPY` what was copied, or may have been."""
    return {
        (one.after["task"], one.after["completed_by"]): one.after["answer"]
        for one in writes
        if one.after is not None
    }


def join(
    tasks: Collection[int],
    standing: Sequence[LedgerAnnotation],
    blind_project: LedgerState | None,
    copied: Copied,
) -> list[LedgerAnnotation]:
    """Return all answers to the main project's tasks, each once, wherever it was given.

    A copy is left out while the answer that it was made from is there, and is that blind answer
    once it is not. A copy that somebody changed in the main project is an answer of its own,
    given beside the pre-label.

    Args:
        tasks: The main project's tasks.
        standing: The annotations that stand in the main project.
        blind_project: The blind project; None: there is none.
        copied: What was copied from there.

    Returns:
        The main project's annotations less copies, then the blind project's.
    """
    given = [] if blind_project is None else _given(tasks, blind_project)
    known = {(one.task, one.worker_id) for one in given if one.answer is not None}
    joined = []
    for one in standing:
        pair = one.task, one.worker_id
        if one.answer is None or copied.get(pair) != one.answer:
            joined.append(one)
        elif pair not in known:
            joined.append(replace(one, blind=True, stray=False))
    return joined + given


def _given(tasks: Collection[int], blind_project: LedgerState) -> list[LedgerAnnotation]:
    """Return the blind project's answers as answers to the main project's tasks."""
    sources = {number: task.source for number, task in blind_project.tasks.items()}
    return [
        replace(one, task=source, blind=True)
        for one in blind_project.annotations
        if (source := sources.get(one.task)) is not None and source in tasks
    ]


def of_other_tasks(tasks: Collection[int], blind_project: LedgerState) -> list[LedgerAnnotation]:
    """Return the blind project's answers that are about no task of the main project.

    Args:
        tasks: The main project's tasks.
        blind_project: The blind project's state, as it was seen.

    Returns:
        The annotations, as they stand there.
    """
    own = {number for number, one in blind_project.tasks.items() if one.source not in tasks}
    return [one for one in blind_project.annotations if one.task in own]


def asked(main: LedgerState, blind_project: LedgerState) -> LedgerState:
    """Return the blind project's desired state: what is asked blind, and all that was answered.

    Args:
        main: The main project's state, with the answers of `join`.
        blind_project: The blind project's, as it was seen.

    Returns:
        The blind project's state, in its own tasks' numbers.
    """
    by_source = counterparts(blind_project)
    return replace(
        blind_project,
        decisions={
            by_source[task]: replace(one, task=by_source[task])
            for task, one in main.decisions.items()
            if one.kind in BLIND and task in by_source
        },
        annotations=[
            replace(one, task=by_source[one.task])
            for one in main.annotations
            if one.task in by_source
        ],
    )
