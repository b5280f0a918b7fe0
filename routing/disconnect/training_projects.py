"""Training projects when Tandem is taken off: deleted where nobody answered, else they stay.

What people answered in one belongs to none of the main project's tasks, so it cannot be copied
there, and is nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from labeling.errors import StudioRefused
from routing.clock import Clock
from routing.disconnect.deletions import writing
from routing.disconnect.parts import Choice, Part
from routing.ledger.journal import Step
from routing.reviewers.tabs import owner_of
from routing.studio.client import Studio
from routing.training import mark


@dataclass(frozen=True, slots=True)
class TrainingFound:
    """What a training project holds.

    Attributes:
        project: Label Studio's id of it.
        answers: Annotations of people.
        drafts: Tasks that somebody has begun to answer and not submitted.
        views: The tabs that Tandem made, by id.
    """

    project: int
    answers: int
    drafts: int
    views: Sequence[int]

    @property
    def is_unanswered(self) -> bool:
        """Whether it holds nothing of people's."""
        return not self.answers and not self.drafts


def find_trainings(studio: Studio, descriptions: Mapping[int, str]) -> list[TrainingFound]:
    """Look for the training projects of a project, whichever ledger made them.

    Args:
        studio: The main project.
        descriptions: The descriptions of all projects, by id.

    Returns:
        The training projects, by id.
    """
    found = []
    for project in mark.of_any_ledger(descriptions, studio.project_id):
        door = studio.beside(project)
        found.append(
            TrainingFound(
                project,
                sum(len(task.annotations) for task in door.tasks()),
                len(door.tasks_with_drafts()),
                [one.id for one in door.views() if owner_of(one.title) is not None],
            )
        )
    return found


def training_parts(
    found: Sequence[TrainingFound], choice: Choice, studio: Studio, clock: Clock
) -> list[Part]:
    """Return what becomes of training projects.

    Args:
        found: What was found.
        choice: What is to go.
        studio: The main project.
        clock: Tells what the time is.

    Returns:
        The parts, also such as are none.
    """
    unanswered = [one for one in found if one.is_unanswered]
    answered = [one for one in found if not one.is_unanswered]
    left = [one for one in found if not (choice.training_project and one.is_unanswered)]
    tabs = [(one.project, view) for one in left for view in one.views]
    return [
        Part(
            "training project",
            len(unanswered),
            choice.training_project,
            "nobody answered there" if choice.training_project else "reviewers still see it",
            [
                Step(
                    [writing(clock, "project.delete", f"project {one.project}")],
                    partial(_delete_if_unanswered, studio.beside(one.project)),
                )
                for one in unanswered
            ],
        ),
        Part(
            "training project with answers of people",
            len(answered),
            False,
            "; ".join(map(_where_they_stay, answered)),
        ),
        Part(
            "tabs of Tandem's in the training project",
            len(tabs),
            choice.tabs,
            steps=[
                Step(
                    [writing(clock, "tab.delete", f"tab {view}")],
                    partial(studio.beside(project).delete_view, view),
                )
                for project, view in tabs
            ],
        ),
    ]


def _where_they_stay(one: TrainingFound) -> str:
    held = [
        f"{one.answers} answers" if one.answers else "",
        f"{one.drafts} tasks with drafts" if one.drafts else "",
    ]
    return f"project {one.project}: {' and '.join(filter(None, held))} stay there"


def _delete_if_unanswered(training: Studio) -> None:
    """Delete a training project in which nobody has answered or begun anything.

    Raises:
        StudioRefused: Somebody has by now.
    """
    if training.tasks_with_drafts() or any(task.annotations for task in training.tasks()):
        raise StudioRefused(
            "Somebody answered in the training project meanwhile",
            where=f"project {training.project_id}",
            hint="Nothing of it is deleted. Run the command again.",
        )
    training.delete_project()
