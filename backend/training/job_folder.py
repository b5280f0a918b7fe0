"""A training job on disk: what is learned from, who learns, how long it may take, what came of it.

job.json                     who learns, under which settings, how long
progress.json                how far it is
controls/0/material.*        what the first control's learners are given
controls/0/head/result.json  what came of one, and beside it beliefs.npz and artefact/
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from backend.learning.material import Material
from backend.training.artefacts import folder_digest, keep_artefact
from backend.training.material_files import read_material, write_material
from backend.training.results import (
    FittedLearner,
    Results,
    TriedLearner,
    read_result,
    write_result,
)
from backend.training.work_progress import Report, WorkProgress, read_progress, reporting_to
from labeling.atomic_files import replacing
from labeling.errors import TandemError
from labeling.json_values import record, table, text
from labeling.private_files import make_private_folder
from labeling.settings.settings import Settings

_JOB = "job.json"
_PROGRESS = "progress.json"
_ARTEFACT = "artefact"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
_SECTIONS = {"model", "learning", "prompt", "data_dir", "server"}
"""What a learner may ask of the settings."""

_SECRETS = {"server": {"api_key"}}
"""What of that is written nowhere."""


class DamagedJob(TandemError):
    """A job's folder holds what nobody wrote there, or no longer what was written."""


@dataclass(frozen=True, slots=True)
class JobFolder:
    """One job's folder.

    Attributes:
        path: The folder.
        learners: What makes each learner, by its name; see `backend.learning.learners.registry`.
        settings: What the learners may ask; the rest, and what is secret, are the defaults.
        controls: The controls that are learned, in order.
    """

    path: Path
    learners: Mapping[str, str]
    settings: Settings
    controls: Sequence[str]

    @classmethod
    def write(
        cls,
        path: Path,
        materials: Mapping[str, Material],
        learners: Mapping[str, str],
        settings: Settings,
    ) -> Self:
        """Write a job; it is one once all is written.

        Args:
            path: The folder; made.
            materials: What is learned from, by control.
            learners: What makes each learner, by its name, in the order in which they are tried.
            settings: The service's settings.

        Returns:
            The folder.

        Raises:
            OSError: It cannot be written.
        """
        path = path.absolute()
        for number, material in enumerate(materials.values()):
            make_private_folder(path / "controls" / str(number))
            write_material(path / "controls" / str(number), material)
        data_dir = settings.data_dir.absolute()
        kept = settings.model_copy(update={"data_dir": data_dir})
        content = {
            "learners": dict(learners),
            "settings": kept.model_dump(mode="json", include=_SECTIONS, exclude=_SECRETS),
            "controls": list(materials),
        }
        with replacing(path / _JOB) as draft:
            draft.write_text(json.dumps(content), "utf-8")
        return cls.read(path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote; the materials are read when they are asked for.

        Raises:
            DamagedJob: It did not, or it is damaged.
            OSError: It cannot be read.
        """
        with _reading(path / _JOB):
            content = json.loads((path / _JOB).read_text("utf-8"))
            found = record(content, "learners", "settings", "controls")
            controls = found["controls"]
            if not isinstance(controls, list):
                raise ValueError("a list of controls was expected")
            learners = {name: text(where) for name, where in table(found["learners"]).items()}
            for name in learners:
                _require_name(name)
            settings = Settings.model_validate(table(found["settings"]))
            return cls(path, learners, settings, tuple(map(text, controls)))

    def material(self, control: str) -> Material:
        """Read what a control's learners are given.

        Raises:
            DamagedJob: It is damaged.
            OSError: It cannot be read.
        """
        folder = self._of_control(control)
        with _reading(folder):
            return read_material(folder)

    def learner_folder(self, control: str, learner: str) -> Path:
        """Return where a learner's result is written; made where it is missing."""
        _require_name(learner)
        folder = self._of_control(control) / learner
        make_private_folder(folder)
        return folder

    def artefact_folder(self, control: str, learner: str) -> Path:
        """Return where a learner writes its artefact."""
        return self.learner_folder(control, learner) / _ARTEFACT

    def put(self, control: str, learner: str, tried: TriedLearner) -> None:
        """Write what came of a learner.

        Args:
            control: The control that it learned.
            learner: Its name.
            tried: What came of it.

        Raises:
            OSError: It cannot be written.
        """
        write_result(self.learner_folder(control, learner), tried)

    def results(self) -> Results:
        """Read what came of all learners that are done, by control and learner.

        Raises:
            DamagedJob: Something is damaged, or an artefact is not the one that was judged.
            OSError: Something cannot be read.
        """
        found = {}
        for control in self.controls:
            material = self.material(control)
            size = len(material), len(material.values), len(material.open_ or ())
            found[control] = {
                name: self._result(control, name, size) for name in self._done(control)
            }
        return found

    def keep_artefacts(self, results: Results, artefacts: Path) -> None:
        """Move what was made to where artefacts are kept.

        Args:
            results: What `results` returned.
            artefacts: Where artefacts are kept.

        Raises:
            OSError: One cannot be moved.
        """
        for control, by_learner in results.items():
            for learner, tried in by_learner.items():
                if isinstance(tried, FittedLearner):
                    keep_artefact(self.artefact_folder(control, learner), artefacts)

    @property
    def progress(self) -> WorkProgress | None:
        """How far the work is; None: it has not begun."""
        return read_progress(self.path / _PROGRESS)

    def forget_progress(self) -> None:
        """Let `progress` be None until somebody reports anew."""
        (self.path / _PROGRESS).unlink(missing_ok=True)

    def reporting(self) -> Report:
        """Return what writes how far the work is."""
        return reporting_to(self.path / _PROGRESS)

    def _of_control(self, control: str) -> Path:
        return self.path / "controls" / str(self.controls.index(control))

    def _done(self, control: str) -> Iterable[str]:
        files = sorted(self._of_control(control).glob("*/result.json"))
        return [file.parent.name for file in files]

    def _result(self, control: str, learner: str, size: tuple[int, int, int]) -> TriedLearner:
        folder = self._of_control(control) / learner
        with _reading(folder):
            _require_name(learner)
            tried = read_result(folder, *size)
            artefact = folder / _ARTEFACT
            if isinstance(tried, FittedLearner) and folder_digest(artefact) != tried.artefact:
                raise ValueError("the artefact is another one than was judged")
            return tried


@contextmanager
def _reading(place: Path) -> Iterator[None]:
    """Tell what cannot be read as one line; pydantic's own would quote it."""
    try:
        yield
    except ValidationError as error:
        raise DamagedJob(
            "The training's settings are of another version", where=str(place)
        ) from error
    except (ValueError, RecursionError) as error:
        raise DamagedJob(f"The training's folder is damaged: {error}", where=str(place)) from error


def _require_name(learner: str) -> None:
    if not _NAME.fullmatch(learner):
        raise ValueError("a learner's name is of small letters, digits and dashes")
