"""The mark of a review project: how it is named, and found again. Pure."""

from collections.abc import Mapping

from routing.studio.models import StudioProject
from routing.studio.projects import LONGEST_TITLE, marked_by

SUFFIX = " · synthetic"


def title(of: str) -> str:
    """Name the project where a project's synthetic texts are reviewed.

    >>> title("Film reviews")
    'Film reviews · synthetic'
    """
    return f"{of[: LONGEST_TITLE - len(SUFFIX)].rstrip()}{SUFFIX}"


def description(project: StudioProject) -> str:
    """Describe it to people, and mark it so that it is found again.

    Args:
        project: The main project.
    """
    words = "Texts that a model wrote; kept by Tandem: leave the next line as it is."
    return f"{words}\n{marker(project.id)}"


def marker(project: int) -> str:
    """Return the line by which it is known.

    >>> marker(7)
    'tandem: synthetic texts of project 7'
    """
    return f"tandem: synthetic texts of project {project}"


def find(descriptions: Mapping[int, str], project: int) -> int | None:
    """Find the review project of a project; where several bear its mark, the oldest is.

    Args:
        descriptions: Of all projects, by id.
        project: The main project.

    Returns:
        Label Studio's id of it; None: there is none.
    """
    return marked_by(descriptions, marker(project))
