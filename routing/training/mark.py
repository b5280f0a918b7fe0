"""The mark of a training project: how it is named, and found again. Pure.

The mark names the ledger too, since what a task of it asks is known by its number in that ledger.
"""

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


def description(project: StudioProject, ledger: str) -> str:
    """Describe the training project to people, and mark it so that it is found again.

    Args:
        project: The main project.
        ledger: What its ledger is called.
    """
    words = "For who is new; kept by Tandem: leave the next line as it is."
    return f"{words}\n{marker(project.id, ledger)}"


def marker(project: int, ledger: str) -> str:
    """Return the line by which the training project of a project is known to a ledger.

    >>> marker(7, "3f2a")
    'tandem: training for project 7, ledger 3f2a'
    """
    return f"tandem: training for project {project}, ledger {ledger}"


def of_any_ledger(descriptions: Mapping[int, str], project: int) -> list[int]:
    """List the training projects of a project, whichever ledger made them, by id.

    >>> of_any_ledger({8: marker(7, "3f2a"), 9: marker(70, "3f2a")}, 7)
    [8]

    Args:
        descriptions: Of all projects, by id.
        project: The main project.

    Returns:
        Label Studio's ids of them.
    """
    beginning = marker(project, "")
    return sorted(
        one
        for one, text in descriptions.items()
        if any(line.startswith(beginning) for line in text.splitlines())
    )


def find(descriptions: Mapping[int, str], project: int, ledger: str) -> int | None:
    """Find the training project of a project; where several bear its mark, the oldest is.

    Args:
        descriptions: Of all projects, by id.
        project: The main project.
        ledger: What its ledger is called.

    Returns:
        Label Studio's id of it; None: there is none.
    """
    mark = marker(project, ledger)
    marked = (one for one, text in descriptions.items() if mark in text.splitlines())
    return min(marked, default=None)
