"""The mark of a training project: how it is named, and found again. Pure."""

from collections.abc import Mapping

from routing.studio.models import StudioProject
from routing.studio.projects import LONGEST_TITLE

SUFFIX = " · training"


def title(of: str) -> str:
    """Name the training project of a project.

    >>> title("Film reviews")
    'Film reviews · training'
    """
    return f"{of[: LONGEST_TITLE - len(SUFFIX)].rstrip()}{SUFFIX}"


def description(project: StudioProject) -> str:
    """Describe the training project to people, and mark it so that it is found again."""
    return f"For who is new; kept by Tandem: leave the next line as it is.\n{marker(project.id)}"


def marker(project: int) -> str:
    """Return the line by which the training project of a project is known."""
    return f"tandem: training for project {project}"


def find(descriptions: Mapping[int, str], project: int) -> int | None:
    """Find the training project of a project; where several bear its mark, the oldest is.

    Args:
        descriptions: Of all projects, by id.
        project: The main project.

    Returns:
        Label Studio's id of it; None: there is none.
    """
    mark = marker(project)
    marked = (one for one, text in descriptions.items() if mark in text.splitlines())
    return min(marked, default=None)
