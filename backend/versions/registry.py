"""A project's fitted versions on disk: which is in force, what became of the others, and why.

    learned/PROJECT/versions.json         the register: all versions, their figures, their status
    learned/PROJECT/VERSION/state.json    what was fitted
    learned/PROJECT/VERSION/beliefs.json  its report, and what it believes of each answer's text

The register is written last and in one piece: whoever is killed before that leaves the last good
version in force.
"""

import json
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from backend.calibration.learned_state import LearnedState
from backend.runtime.retry_later import RetryLater
from labeling.atomic_files import replacing
from labeling.json_values import record, table
from labeling.private_files import PRIVATE_FILE, make_private_folder
from labeling.protocol.learn import HeldOutResult
from labeling.protocol.models import ModelsResponse, ModelVersion, VersionStatus
from labeling.set_aside import set_aside

logger = logging.getLogger(__name__)

MOST_REMEMBERED = 1000
"""Projects whose register and state are held in memory; those asked for last stay."""

_REGISTER = "versions.json"
_STATE = "state.json"
_BELIEFS = "beliefs.json"

ReadT = TypeVar("ReadT")


@dataclass(frozen=True, slots=True)
class Fitted:
    """All that is kept of a version.

    Attributes:
        version: Its entry in the register.
        learned: What was fitted.
        report: The report of the fit, in JSON's types.
        beliefs: What it believes of each text that it learned from, by the text's digest: no text
            is kept. None: nothing is known of it without its answer.
    """

    version: ModelVersion
    learned: LearnedState
    report: Mapping[str, Any] = field(default_factory=dict)
    beliefs: Mapping[str, HeldOutResult | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Damaged:
    """A file that cannot be read, and why."""

    file: Path
    why: str


@dataclass(frozen=True, slots=True)
class _Project:
    """What is held in memory of a project.

    Attributes:
        versions: Its register, the oldest first.
        learned: What is in force.
        stamp: Which file the register was read from; None: there was none.
    """

    versions: tuple[ModelVersion, ...] = ()
    learned: LearnedState | None = None
    stamp: tuple[int, int] | None = None


class VersionRegistry:
    """Fitted versions by project; each write is whole or not at all.

    What cannot be read counts as not there: the project starts untaught, the log and `unreadable`
    say so, and the next version takes its place.

    Args:
        folder: Where the versions are kept; made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._known: OrderedDict[str, _Project] = OrderedDict()
        self._unreadable: dict[str, _Damaged] = {}

    @property
    def unreadable(self) -> dict[str, str]:
        """Why what is in force cannot be read, by project, where it cannot."""
        with self._lock:
            return {project: one.why for project, one in self._unreadable.items()}

    def get(self, project: str | None) -> LearnedState | None:
        """Return the state in force; None where the project is unknown or its files unreadable."""
        return None if project is None else self._project(project).learned

    def versions(self, project: str) -> Sequence[ModelVersion]:
        """List all versions: the one in force first, then the others, the latest first."""
        latest = reversed(self._project(project).versions)
        return sorted(latest, key=lambda one: one.status != "in force")

    def name_in_force(self, project: str) -> str | None:
        """Return the version in force, whether it can be read or not; None: none is."""
        entry = self._entry_in_force(project)
        return entry.name if entry else None

    def in_force(self, project: str) -> Fitted | None:
        """Return the version in force; None where there is none, or a part of it is unreadable."""
        with self._lock:
            found, learned = self._entry_in_force(project), self.get(project)
            return (
                None if found is None or learned is None else self._fitted(project, found, learned)
            )

    def state_of(self, project: str, name: str) -> LearnedState | None:
        """Return what was fitted of any version.

        Args:
            project: Whose it is.
            name: The version.

        Returns:
            The state; None where the version is unknown, or unreadable.
        """
        if name not in [one.name for one in self.versions(project)]:
            return None
        return self._read(self._file(project, name, _STATE), LearnedState.from_json)

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
        with self._lock:
            self._require(project, judged_against)
            self._set_damaged_aside(project)
            self._write_version(project, fitted)
            before = _moved(self._project(project).versions, "superseded", fitted.version.name)
            own = fitted.version.model_copy(update={"status": "in force", "by": None})
            self._commit(project, _with(before, own), fitted.learned)

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
        with self._lock:
            self._require(project, champion)
            self._write_version(project, fitted)
            learned = self.get(project)
            if learned is not None:  # which a champion's always is
                own = fitted.version.model_copy(update={"status": "beaten", "by": champion})
                self._commit(project, _with(self._project(project).versions, own), learned)

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
        with self._lock:
            learned, before = self.state_of(project, name), self.name_in_force(project)
            if learned is None:
                raise ValueError(f"{name} is unknown or unreadable")
            if before != name:
                moved = _moved(self._project(project).versions, "rolled back", name)
                change = {"status": "in force", "by": None}
                own = [one.model_copy(update=change) if one.name == name else one for one in moved]
                self._set_damaged_aside(project)
                self._commit(project, own, learned)
            return before

    def _entry_in_force(self, project: str) -> ModelVersion | None:
        return next(
            (one for one in self._project(project).versions if one.status == "in force"), None
        )

    def _require(self, project: str, judged_against: str | None) -> None:
        if self.name_in_force(project) != judged_against:
            raise RetryLater(
                "Another version came into force while this one was judged",
                hint="Ask again after Retry-After seconds.",
            )

    def _fitted(self, project: str, version: ModelVersion, learned: LearnedState) -> Fitted:
        """Return a version with its report and beliefs; unreadable ones count as none."""
        found = self._read(self._file(project, version.name, _BELIEFS), _read_beliefs)
        report, beliefs = found or ({}, {})
        return Fitted(version, learned, report, beliefs)

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
        versions = self._read(register, _read_register, project)
        if versions is None:
            return _Project()
        known = _Project(versions)
        name = next((one.name for one in versions if one.status == "in force"), None)
        if name is None:
            return known
        state = self._file(project, name, _STATE)
        return replace(known, learned=self._read(state, LearnedState.from_json, project))

    def _read(
        self, file: Path, read: Callable[[Any], ReadT], untaught: str | None = None
    ) -> ReadT | None:
        """Read a file of JSON; where that fails, say so once.

        Args:
            file: The file.
            read: Reads its content.
            untaught: The project that starts untaught without it; None: none does.

        Returns:
            What it holds; None where that cannot be read.
        """
        try:
            return read(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            why = str(error).partition("\n")[0]
            follows = "what it holds counts as not there"
            if untaught is not None:
                self._unreadable[untaught] = _Damaged(file, why)
                follows = f"project {untaught} starts untaught, until it is learned from again"
            logger.error("What was learned cannot be read (%s: %s): %s.", file, why, follows)
            return None

    def _write_version(self, project: str, fitted: Fitted) -> None:
        folder = self._file(project, fitted.version.name, _STATE).parent
        make_private_folder(folder)
        beliefs = {key: one and one.model_dump(mode="json") for key, one in fitted.beliefs.items()}
        _write(folder / _STATE, text_of(fitted.learned))
        _write(folder / _BELIEFS, json.dumps({"report": fitted.report, "beliefs": beliefs}))

    def _commit(
        self, project: str, versions: Sequence[ModelVersion], learned: LearnedState
    ) -> None:
        """Write the register: from here on, it is so."""
        content = ModelsResponse(models=versions).model_dump_json(indent=1)
        _write(self._folder / project / _REGISTER, content)
        self._unreadable.pop(project, None)
        self._remember(project, _Project(tuple(versions), learned, self._stamp(project)))

    def _set_damaged_aside(self, project: str) -> None:
        """Set aside what cannot be read, so that nothing is written over it."""
        damaged = self._unreadable.get(project)
        if damaged and damaged.file.exists():
            set_aside(damaged.file)

    def _file(self, project: str, name: str, kind: str) -> Path:
        return self._folder / project / re.sub(r"[^\w.-]", "_", name) / kind


def text_of(learned: LearnedState) -> str:
    """Return the text that a state is kept as."""
    return json.dumps(learned.to_json(), indent=1)


def _moved(
    versions: Sequence[ModelVersion], status: VersionStatus, by: str
) -> tuple[ModelVersion, ...]:
    """Return a register in which the version in force gave way to another one."""
    return tuple(
        one.model_copy(update={"status": status, "by": by}) if one.status == "in force" else one
        for one in versions
    )


def _with(versions: Sequence[ModelVersion], own: ModelVersion) -> tuple[ModelVersion, ...]:
    """Return a register with a version as its latest, in place of what was known of it."""
    return (*(one for one in versions if one.name != own.name), own)


def _read_register(content: object) -> tuple[ModelVersion, ...]:
    return tuple(ModelsResponse.model_validate_json(json.dumps(content)).models)


def _read_beliefs(
    content: object,
) -> tuple[Mapping[str, Any], Mapping[str, HeldOutResult | None]]:
    found = record(content, "report", "beliefs")
    beliefs = table(found["beliefs"]).items()
    return table(found["report"]), {
        key: None if one is None else HeldOutResult.model_validate(one) for key, one in beliefs
    }


def _write(file: Path, content: str) -> None:
    with replacing(file, mode=PRIVATE_FILE) as draft:
        draft.write_text(content, "utf-8")
