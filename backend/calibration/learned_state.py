"""What was learned about each project, on disk: the state in force, and all that came before."""

import json
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.calibration.calibrators import Calibrator, calibrator_from_json
from backend.calibration.control_model import ControlModel
from backend.calibration.trial import require_calibrator
from labeling.atomic_files import replacing
from labeling.json_values import optional, record, table, text
from labeling.private_files import PRIVATE_FILE, make_private_folder
from labeling.set_aside import set_aside

logger = logging.getLogger(__name__)

MOST_REMEMBERED = 1000
"""Projects whose state is held in memory; those asked for last stay."""

_CURRENT = "current.json"


@dataclass(frozen=True, slots=True)
class LearnedState:
    """What `POST /learn` made of a project.

    Attributes:
        instruction: What the project tells its annotators.
        basis: Digest of model, prompt and label config that the rest was fitted under.
        content: Digest of the texts and answers that the rest was fitted on, and of the methods.
        controls: What was fitted for each control, by its name; those with nothing are left out.
        whole: Whether all of an answer is right, where several controls make it: calibrates
            `[right, wrong]`; None: too few answers, or one control.
        embedding: Digest of the embedding model that the calibration pipelines were fitted with, if
            any.
    """

    instruction: str
    basis: str = ""
    content: str = ""
    controls: Mapping[str, ControlModel] = field(default_factory=dict)
    whole: Calibrator | None = None
    embedding: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {
            "instruction": self.instruction,
            "basis": self.basis,
            "content": self.content,
            "controls": {
                name: control_model.to_json() for name, control_model in self.controls.items()
            },
            "whole": self.whole and self.whole.to_json(),
            "embedding": self.embedding,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "LearnedState":
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(content, "instruction", "basis", "content", "controls", "whole", "embedding")
        whole = optional(found["whole"], calibrator_from_json)
        require_calibrator(whole)
        return cls(
            instruction=text(found["instruction"]),
            basis=text(found["basis"]),
            content=text(found["content"]),
            controls={
                name: ControlModel.from_json(one) for name, one in table(found["controls"]).items()
            },
            whole=whole,
            embedding=optional(found["embedding"], text),
        )


class StateStore:
    """Learned states by project, one file per version; each write is whole or not at all.

    A state that cannot be read counts as none: the project starts untaught, the log and
    `unreadable` say so, and the next one takes its place.

    Args:
        folder: Where the states are kept; made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._known: OrderedDict[str, LearnedState | None] = OrderedDict()
        self._unreadable: dict[str, str] = {}

    @property
    def unreadable(self) -> dict[str, str]:
        """Why the state of each project that has an unreadable one cannot be read."""
        with self._lock:
            return dict(self._unreadable)

    def get(self, project: str | None) -> LearnedState | None:
        """Return the state in force; None where the project is unknown or its file unreadable."""
        if project is None:
            return None
        with self._lock:
            if project not in self._known:
                self._remember(project, self._read(project))
            self._known.move_to_end(project)
            return self._known[project]

    def put(self, project: str, version: str, learned: LearnedState) -> None:
        """Put a state in force; those before it stay on disk.

        Args:
            project: Whose it is.
            version: The model version that it comes to, its file's name.
            learned: The state.

        Raises:
            OSError: It cannot be written; the last one stays in force.
        """
        folder = self._folder / project
        content = json.dumps(learned.to_json(), indent=1)
        with self._lock:
            make_private_folder(folder)
            _write(folder / f"{_file_name(version)}.json", content)
            if project in self._unreadable and (folder / _CURRENT).exists():
                set_aside(folder / _CURRENT)
            _write(folder / _CURRENT, content)
            self._unreadable.pop(project, None)
            self._remember(project, learned)

    def versions(self, project: str) -> list[str]:
        """List the versions that were ever in force, the latest first."""
        files = [
            file
            for file in (self._folder / project).glob("*.json")
            if file.name != _CURRENT and not file.name.startswith(".")  # a draft, cut off by a kill
        ]
        return [f.stem for f in sorted(files, key=lambda f: f.stat().st_mtime_ns, reverse=True)]

    def _remember(self, project: str, learned: LearnedState | None) -> None:
        self._known[project] = learned
        self._known.move_to_end(project)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)

    def _read(self, project: str) -> LearnedState | None:
        file = self._folder / project / _CURRENT
        try:
            return LearnedState.from_json(json.loads(file.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            if project not in self._unreadable:
                logger.error(
                    "What was learned cannot be read (%s: %s): project %s starts untaught, until it"
                    " is learned from again.",
                    file,
                    error,
                    project,
                )
            self._unreadable[project] = str(error)
            return None


def _file_name(version: str) -> str:
    return re.sub(r"[^\w.-]", "_", version)


def _write(file: Path, content: str) -> None:
    with replacing(file, mode=PRIVATE_FILE) as draft:
        draft.write_text(content, "utf-8")
