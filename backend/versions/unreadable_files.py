"""Files of versions that cannot be read: said once, told in `/health`, set aside, never lost."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from labeling.set_aside import set_aside

logger = logging.getLogger(__name__)

ReadT = TypeVar("ReadT")


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """A file that cannot be read, and why."""

    file: Path
    why: str


class UnreadableFiles:
    """Of each project the file without which it starts untaught, where that cannot be read."""

    def __init__(self) -> None:
        self._found: dict[str, _Unreadable] = {}

    @property
    def why(self) -> dict[str, str]:
        """Why a project starts untaught, by project."""
        return {project: one.why for project, one in self._found.items()}

    def read(
        self, file: Path, read: Callable[[], ReadT], untaught: str | None = None
    ) -> ReadT | None:
        """Read a file; where that fails, say so once.

        Args:
            file: The file.
            read: Reads it.
            untaught: The project that starts untaught without it; None: none does.

        Returns:
            What it holds; None where that cannot be read.
        """
        try:
            return read()
        except (OSError, ValueError, RecursionError) as error:
            why = str(error).partition("\n")[0]
            follows = "what it holds counts as not there"
            if untaught is not None:
                self._found[untaught] = _Unreadable(file, why)
                follows = f"project {untaught} starts untaught, until it is learned from again"
            logger.error("What was learned cannot be read (%s: %s): %s.", file, why, follows)
            return None

    def set_aside(self, project: str) -> None:
        """Set aside a project's file, so that nothing is written over it."""
        found = self._found.get(project)
        if found and found.file.exists():
            set_aside(found.file)

    def forget(self, project: str) -> None:
        """Note that a project has another file now, which can be read."""
        self._found.pop(project, None)
