"""Which version of a project is in force: one that beat what was, or one that an admin names."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

from backend.embedding import Embed
from backend.engines.model_client import ModelClient
from backend.pipeline.model_spec import ModelSpec, Specify
from backend.pipeline.predictor import Classify, predict_items
from backend.pupil import Pupil
from backend.versions.candidate import Candidate
from backend.versions.contest import Contest, Incumbent, LearnOutcome
from backend.versions.evaluation_set import EvaluationSet
from backend.versions.registry import VersionRegistry
from backend.versions.synthetic_texts import removed_texts
from labeling.errors import EngineError, SettingsError

Ask: TypeAlias = Callable[[ModelSpec], tuple[ModelClient, Embed | None]]
"""Returns what answers a model spec's questions, and an encoder, within a time budget from now."""


class Contests:
    """Holds what is fitted against the versions in force.

    Args:
        versions: The versions on disk.
        artefacts: The folder of weights, by their digests.
        specify: See `Specify`.
        ask: See `Ask`.
        classify: Asks the learners that label texts.
        synthetic: Where the settings say that synthetic texts are; None: nowhere.
    """

    def __init__(
        self,
        versions: VersionRegistry,
        artefacts: Path,
        specify: Specify,
        ask: Ask,
        classify: Classify,
        synthetic: Path | None = None,
    ) -> None:
        self._versions = versions
        self._artefacts = artefacts
        self._specify = specify
        self._ask = ask
        self._classify = classify
        self._synthetic = synthetic

    def begin(self, pupil: Pupil, asked: tuple[ModelClient, Embed | None] | None = None) -> Contest:
        """Return the version in force, which what is learned has to beat where it applies.

        Args:
            pupil: The project.
            asked: The model and an encoder; None: they get a time budget of their own.

        Returns:
            The contest that candidates enter.
        """
        project, blank = pupil.project, pupil.blank
        model, embed = asked or self._ask(blank)
        name, fitted = self._versions.name_in_force(project), self._versions.in_force(project)
        incumbent = None
        if fitted and fitted.learned.basis == blank.basis:
            served = self._specify(blank, fitted.learned)
            if served.model_version == fitted.version.name:
                answer = partial(predict_items, served, model, embed=embed, classify=self._classify)
                removed = removed_texts(fitted.learned, self._artefacts, self._synthetic)
                others = self._versions.versions(project)
                incumbent = Incumbent(fitted, others, answer, removed)
        return Contest(self._versions, self._artefacts, project, name, incumbent)

    def enter(
        self, contest: Contest, pupil: Pupil, candidate: Candidate, *, is_bounded: bool = False
    ) -> LearnOutcome:
        """Let a candidate enter a contest; see `Contest.enter`.

        Args:
            contest: The contest.
            pupil: The project, with the answers that the candidate was fitted on.
            candidate: What was fitted, under the present model and prompt.
            is_bounded: Whether it need not beat what is in force; see there.

        Returns:
            The version that is in force now, its report and its beliefs.

        Raises:
            RetryLater: Another version came into force meanwhile, or the time budget ran out.
            EngineError: The version cannot be written; the last one stays in force.
        """
        evaluation = EvaluationSet.of(pupil.blank, pupil.training_set)
        name = self._specify(pupil.blank, candidate.learned).model_version
        with self._writing():
            return contest.enter(
                evaluation, name, candidate, datetime.now(UTC), is_bounded=is_bounded
            )

    def challenge(self, pupil: Pupil, candidate: Candidate) -> LearnOutcome:
        """Put a candidate in force, where it beats the version that is; see `enter`."""
        return self.enter(self.begin(pupil), pupil, candidate)

    def use(self, project: str, name: str, specify: Callable[[str], ModelSpec]) -> str | None:
        """Put a known version in force, by an admin's word.

        Args:
            project: The project's id.
            name: The version.
            specify: Returns how the project's tasks are answered under an instruction, nothing
                fitted yet.

        Returns:
            The version that was in force before; None: none was.

        Raises:
            SettingsError: The version is unknown, or does not apply to what is asked now.
            EngineError: That cannot be written; the last version stays in force.
        """
        learned = self._versions.state_of(project, name)
        if learned is None:
            raise SettingsError(
                f"There is no version {name!r} of this project that can be read",
                hint="`tandem models` lists those that there are.",
            )
        present = self._versions.get(project) or learned
        blank = specify(present.instruction)
        version = self._specify(blank, learned).model_version
        if learned.basis != blank.basis or version != name:
            raise SettingsError(
                f"{name} does not apply any more: the model, the embedding model, the prompt or the"
                " label config changed since it was fitted, or its weights are gone",
                hint="Take back that change first, or use a version that was fitted since.",
            )
        with self._writing():
            return self._versions.use(project, name)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say in one line that a version cannot be written."""
        try:
            yield
        except OSError as error:
            raise EngineError(
                f"What was learned cannot be written: {error}",
                where=str(self._artefacts.parent),
                hint="Make room on the disk, or let this user write there; until then the last"
                " version stays in force.",
            ) from error
