"""A project's fitted versions on disk: which is in force, what became of the others, and why.

    learned/PROJECT/versions.json  the register: all versions, their figures, their status
    learned/PROJECT/VERSION/       what is kept of one; see `backend.versions.version_files`

The register is written last and in one piece, and files are removed only once it names their
version no more: whoever is killed in between leaves the last good version in force. Processes that
share a folder write one after the other.
"""

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from filelock import FileLock

from backend.calibration.learned_state import LearnedState
from backend.runtime.retry_later import RetryLater
from backend.versions.register import Register
from backend.versions.unreadable_files import UnreadableFiles
from backend.versions.version_files import (
    BELIEFS,
    STATE,
    Fitted,
    read_state,
    read_version,
    remove_version,
    version_folder,
    write_version,
    write_whole,
)
from labeling.private_files import PRIVATE_FILE, make_private_folder
from labeling.protocol.models import ModelVersion

logger = logging.getLogger(__name__)

MOST_REMEMBERED = 1000
"""Projects whose register and state are held in memory; those asked for last stay."""

_REGISTER = "versions.json"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class _Project:
    """What is held in memory of a project.

    Attributes:
        register: Its register.
        learned: What is in force.
        stamp: Which file the register was read from; None: there was none.
    """

    register: Register = field(default_factory=Register)
    learned: LearnedState | None = None
    stamp: tuple[int, int] | None = None


class VersionRegistry:
    """Fitted versions by project; each write is whole or not at all.

    What cannot be read counts as not there: the project starts untaught, the log and `unreadable`
    say so, and the next version takes its place.

    Args:
        folder: Where the versions are kept; made where it is missing.
        most_kept: See `backend.versions.retention`; None: all versions are kept.
    """

    def __init__(self, folder: Path, most_kept: int | None = None) -> None:
        self._folder = folder
        self._most_kept = most_kept
        self._lock = threading.RLock()
        self._known: OrderedDict[str, _Project] = OrderedDict()
        self._unreadable = UnreadableFiles()

    @property
    def unreadable(self) -> dict[str, str]:
        """Why what is in force cannot be read, by project, where it cannot."""
        with self._lock:
            return self._unreadable.why

    @property
    def projects(self) -> list[str]:
        """The projects that have a version, in order."""
        return sorted(one.parent.name for one in self._folder.glob(f"*/{_REGISTER}"))

    def get(self, project: str | None) -> LearnedState | None:
        """Return the state in force; None where the project is unknown or its files unreadable."""
        return None if project is None else self._project(project).learned

    def versions(self, project: str) -> Sequence[ModelVersion]:
        """List all that are kept: the one in force first, then the others, the latest first."""
        latest = reversed(self._project(project).register.versions)
        return sorted(latest, key=lambda one: one.status != "in force")

    def removed(self, project: str) -> int:
        """Return how many versions there were that are kept no more."""
        return self._project(project).register.removed

    def name_in_force(self, project: str) -> str | None:
        """Return the version in force, whether it can be read or not; None: none is."""
        entry = self._project(project).register.in_force
        return entry.name if entry else None

    def in_force(self, project: str) -> Fitted | None:
        """Return the version in force; None where there is none, or its state is unreadable.

        Where its report and beliefs are unreadable, they count as none.
        """
        with self._lock:
            found, learned = self._project(project).register.in_force, self.get(project)
            if found is None or learned is None:
                return None
            folder = version_folder(self._folder / project, found.name)
            read = self._unreadable.read(
                folder / BELIEFS, partial(read_version, folder, found, learned)
            )
            return read or Fitted(found, learned)

    def state_of(self, project: str, name: str) -> LearnedState | None:
        """Return what was fitted of any version that is kept.

        Args:
            project: Whose it is.
            name: The version.

        Returns:
            The state; None where the version is unknown, or unreadable.
        """
        if name not in [one.name for one in self.versions(project)]:
            return None
        folder = version_folder(self._folder / project, name)
        return self._unreadable.read(folder / STATE, partial(read_state, folder))

    def put(self, project: str, fitted: Fitted, judged_against: str | None) -> None:
        """Put a version in force, in place of the one that was.

        Args:
            project: Whose it is.
            fitted: The version; its status, and who took its place, are filled in.
            judged_against: The version that was in force when this was decided; None: none was.

        Raises:
            RetryLater: Another one came into force meanwhile.
            OSError: It cannot be written; the last one stays in force.
        """
        with self._writing():
            self._require(project, judged_against)
            self._unreadable.set_aside(project)
            self._write_version(project, fitted)
            register = self._project(project).register.with_in_force(fitted.version)
            self._commit(project, register, fitted.learned)

    def keep(self, project: str, fitted: Fitted, champion: str) -> None:
        """Keep a version that did not beat the one in force, which goes on.

        Args:
            project: Whose it is.
            fitted: The version; its status, and who beat it, are filled in.
            champion: The one in force, which it was judged against.

        Raises:
            RetryLater: Another one came into force meanwhile.
            OSError: It cannot be written.
        """
        with self._writing():
            self._require(project, champion)
            self._write_version(project, fitted)
            learned = self.get(project)
            if learned is not None:  # which a champion's always is
                register = self._project(project).register.with_beaten(fitted.version, champion)
                self._commit(project, register, learned)

    def use(self, project: str, name: str) -> str | None:
        """Put a known version in force, by an admin's word; the one that was is rolled back.

        Args:
            project: Whose it is.
            name: The version, which can be read.

        Returns:
            The version that was in force before; None: none was.

        Raises:
            OSError: It cannot be written; the last one stays in force.
            ValueError: It is unknown or unreadable.
        """
        with self._writing():
            learned, before = self.state_of(project, name), self.name_in_force(project)
            if learned is None:
                raise ValueError(f"{name} is unknown or unreadable")
            if before != name:
                register = self._project(project).register.with_used(name)
                self._unreadable.set_aside(project)
                self._commit(project, register, learned)
            return before

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Let nobody else write, in this process or another one, while a block runs."""
        make_private_folder(self._folder)
        with self._lock, FileLock(self._folder / _LOCK, mode=PRIVATE_FILE):
            yield

    def _require(self, project: str, judged_against: str | None) -> None:
        if self.name_in_force(project) != judged_against:
            raise RetryLater(
                "Another version came into force while this one was judged",
                hint="Ask again after Retry-After seconds.",
            )

    def _project(self, project: str) -> _Project:
        with self._lock:
            # Another process may write here too, or a backup be put back.
            stamp = self._stamp(project)
            if project not in self._known or self._known[project].stamp != stamp:
                self._remember(project, replace(self._load(project), stamp=stamp))
            self._known.move_to_end(project)
            return self._known[project]

    def _stamp(self, project: str) -> tuple[int, int] | None:
        """Return what tells the file of a project's register from one that takes its place."""
        try:
            found = (self._folder / project / _REGISTER).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _remember(self, project: str, known: _Project) -> None:
        self._known[project] = known
        self._known.move_to_end(project)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)

    def _load(self, project: str) -> _Project:
        """Read a project's register, and the state in force."""
        register = self._folder / project / _REGISTER
        if not register.exists():
            return _Project()
        found = self._unreadable.read(register, partial(_read_register, register), project)
        if found is None or found.in_force is None:
            return _Project(found or Register())
        folder = version_folder(self._folder / project, found.in_force.name)
        return _Project(
            found, self._unreadable.read(folder / STATE, partial(read_state, folder), project)
        )

    def _write_version(self, project: str, fitted: Fitted) -> None:
        write_version(version_folder(self._folder / project, fitted.version.name), fitted)

    def _commit(self, project: str, register: Register, learned: LearnedState) -> None:
        """Write the register: from here on, it is so."""
        if self._most_kept is not None:
            register = register.keeping(self._most_kept)
        write_whole(self._folder / project / _REGISTER, register.to_text())
        self._unreadable.forget(project)
        self._remember(project, _Project(register, learned, self._stamp(project)))
        self._remove_others(project, register)

    def _remove_others(self, project: str, register: Register) -> None:
        """Remove the files of versions that the register does not name: of cut off writes, too.

        Where a damaged register was set aside, the versions that it names stay for whoever mends
        it.
        """
        folder = self._folder / project
        if any(folder.glob(f"{_REGISTER}.*")):
            return
        kept = {version_folder(folder, one.name) for one in register.versions}
        try:
            for other in {one for one in folder.iterdir() if one.is_dir()} - kept:
                remove_version(other)
        except OSError as error:
            logger.warning("A version's files cannot be removed (%s): %s", folder, error)


def _read_register(file: Path) -> Register:
    return Register.from_json(json.loads(file.read_text("utf-8")))
