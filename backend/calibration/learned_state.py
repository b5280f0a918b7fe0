"""What was learned about each project, on disk: the state in force, and all that came before."""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.calibration.calibrators import Calibrator, calibrator_from_json
from backend.calibration.control_model import ControlModel
from labeling.atomic_files import replacing

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
            KeyError: Something is missing.
            TypeError: Something is not of its type.
            ValueError: Something is no number.
        """
        whole = content["whole"]
        return cls(
            instruction=content["instruction"],
            basis=content["basis"],
            content=content["content"],
            controls={
                name: ControlModel.from_json(one) for name, one in dict(content["controls"]).items()
            },
            whole=whole and calibrator_from_json(whole),
            embedding=content["embedding"],
        )


class StateStore:
    """Learned states by project, one file per version; each write is whole or not at all.

    Args:
        folder: Where the states are kept; made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[str, LearnedState | None] = {}

    def get(self, project: str | None) -> LearnedState | None:
        """Return the state in force; None where the project is unknown or its file unreadable."""
        if project is None:
            return None
        with self._lock:
            if project not in self._known:
                self._known[project] = _read(self._folder / project / _CURRENT)
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
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / f"{_file_name(version)}.json", content)
            _write(folder / _CURRENT, content)
            self._known[project] = learned

    def versions(self, project: str) -> list[str]:
        """List the versions that were ever in force, the latest first."""
        files = [f for f in (self._folder / project).glob("*.json") if f.name != _CURRENT]
        return [f.stem for f in sorted(files, key=lambda f: f.stat().st_mtime_ns, reverse=True)]


def _file_name(version: str) -> str:
    return re.sub(r"[^\w.-]", "_", version)


def _write(file: Path, content: str) -> None:
    with replacing(file, mode=0o600) as draft:
        draft.write_text(content, "utf-8")


def _read(file: Path) -> LearnedState | None:
    try:
        return LearnedState.from_json(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
