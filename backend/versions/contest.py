"""Which version of a project answers from now on: the one in force, or what was just fitted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from backend.learning.samples import AnsweredItem
from backend.questions.item import PromptItem
from backend.runtime.retry_later import RetryLater
from backend.versions.beliefs import Beliefs, belief_of
from backend.versions.candidate import Candidate
from backend.versions.challenge import compare
from backend.versions.evaluation_set import EvaluationSet
from backend.versions.judging import judge
from backend.versions.registry import VersionRegistry
from backend.versions.synthetic_texts import provenance
from backend.versions.version_files import Fitted
from labeling.hashing import digest_of
from labeling.predictions.prediction import Failure, Prediction
from labeling.protocol.models import ModelVersion, SyntheticSource

Predict: TypeAlias = Callable[[Sequence[PromptItem]], Sequence[Prediction | Failure]]
"""Answers items as the version in force does."""

MOST_TAKEN_BACK = 0.05
"""The share of its answers that people may take back without that a version must defend itself."""


@dataclass(frozen=True, slots=True)
class LearnOutcome:
    """What learning came to.

    Attributes:
        model_version: The version that is in force now.
        report: The report of its fit; with `challenge`, how what was fitted did against it.
        beliefs: What it believes of each answered text without knowing the answer; empty where it
            learned from no answer.
    """

    model_version: str
    report: Mapping[str, Any]
    beliefs: Beliefs


@dataclass(frozen=True, slots=True)
class Incumbent:
    """The version in force, where it still applies.

    Attributes:
        fitted: All that is kept of it.
        others: The register of its project.
        predict: Answers items as it does.
        removed_texts: Synthetic texts that it learned from and that were removed since; see
            `backend.versions.synthetic_texts`.
    """

    fitted: Fitted
    others: Sequence[ModelVersion]
    predict: Predict
    removed_texts: int = 0

    @property
    def name(self) -> str:
        """Its model version."""
        return self.fitted.version.name

    @property
    def is_champion(self) -> bool:
        """Whether it was fitted to answers, and can be judged by them; else nothing is beaten."""
        return any(self.fitted.beliefs.values())

    def is_settled(self, evaluation: EvaluationSet) -> bool:
        """Return whether nothing is to be learned from the same answers once more.

        Args:
            evaluation: The answers.

        Returns:
            Whether it was fitted on them itself, all else that it learned from being there still,
            has beaten what was, or stands in place of what was by an admin's word.
        """
        own = self.fitted
        is_own = not self.removed_texts and (own.version.data, own.learned.embedding) == (
            evaluation.data,
            evaluation.embedding,
        )
        is_beaten = any(
            one.data == evaluation.data and one.status == "beaten" and one.by == self.name
            for one in self.others
        )
        return (self.is_champion and (is_own or is_beaten)) or self.is_refused(evaluation)

    def is_refused(self, evaluation: EvaluationSet) -> bool:
        """Return whether an admin took back what was learned from these answers."""
        return any(
            one.data == evaluation.data and one.status == "rolled back" for one in self.others
        )

    def taken_back(self, evaluation: EvaluationSet) -> int:
        """Count the answers that it was fitted on and that people deleted or changed since.

        Args:
            evaluation: All that people answer now.

        Returns:
            How many; 0 where they are so few that they hardly matter.
        """
        own = self.fitted.answers
        gone = len(own - evaluation.digests)
        return gone if gone > MOST_TAKEN_BACK * len(own) else 0

    def beliefs(self, answers: Sequence[AnsweredItem]) -> Beliefs:
        """Return what it believes of answered texts, without knowing the answers.

        Args:
            answers: What people answered.

        Returns:
            By text: what was held out where it learned from it, and its prediction where it did
            not; what it cannot answer is left out. Empty where it learned from no answer.

        Raises:
            RetryLater: The time budget ran out; asking again gets further.
        """
        if not self.is_champion:
            return {}
        known, items = self.fitted.beliefs, {one.item.key: one.item for one in answers}
        digests = {text: digest_of(text) for text in items}
        found = {text: known[key] for text, key in digests.items() if key in known}
        new = {text: item for text, item in items.items() if text not in found}
        outcomes = self.predict([*new.values()]) if new else ()
        for text, outcome in zip(new, outcomes, strict=True):
            if isinstance(outcome, Prediction):
                found[text] = belief_of(outcome)
            elif outcome.is_passing:
                raise RetryLater(outcome.error.removesuffix("."))
        return found

    def goes_on(self, evaluation: EvaluationSet) -> LearnOutcome:
        """Return what learning comes to where it stays in force as it is."""
        return LearnOutcome(self.name, self.fitted.report, self.beliefs(evaluation.answers))


@dataclass(frozen=True, slots=True)
class Contest:
    """Where candidates come in: a project's versions, and what was in force when one was fitted.

    Attributes:
        registry: The versions on disk.
        artefacts: The folder of weights, by their digests.
        project: Whose versions they are.
        in_force: The version in force when the contest began; None: none was.
        incumbent: The same, where it still applies.
    """

    registry: VersionRegistry
    artefacts: Path
    project: str
    in_force: str | None
    incumbent: Incumbent | None

    def enter(
        self,
        evaluation: EvaluationSet,
        name: str,
        candidate: Candidate,
        at: datetime,
        *,
        is_bounded: bool = False,
    ) -> LearnOutcome:
        """Put a candidate in force, or keep it beside the version that it does not beat.

        Args:
            evaluation: The answers that it was fitted on.
            name: Its model version.
            candidate: What was fitted.
            at: The moment, with the time zone.
            is_bounded: Whether it is what is in force but for a loss that is bounded, so that it
                need not beat that.

        Returns:
            The version that is in force now, its report and its beliefs.

        Raises:
            RetryLater: The time budget ran out, or another version came into force meanwhile;
                asking again gets further.
            OSError: The version cannot be written; the last one stays in force.
        """
        incumbent = self.incumbent
        if incumbent and incumbent.is_refused(evaluation):
            return incumbent.goes_on(evaluation)
        held_out = {text: belief_of(one) for text, one in candidate.held_out.items()}
        version = _version(evaluation, name, candidate, held_out, self.artefacts, at)
        beliefs = {
            one.item.key: held_out.get(one.item.key) for one in evaluation.answers if held_out
        }
        kept = {digest_of(text): belief for text, belief in beliefs.items()}
        fitted = Fitted(version, candidate.learned, candidate.report, kept, evaluation.digests)
        is_unopposed = incumbent is None or not incumbent.is_champion or incumbent.name == name
        if incumbent is None or is_unopposed or is_bounded:
            return self._put(fitted, beliefs)
        of_champion = incumbent.beliefs(evaluation.answers)
        comparison = compare(
            evaluation.equivalence,
            evaluation.answers,
            incumbent.name,
            of_champion,
            held_out,
            taken_back=incumbent.taken_back(evaluation),
            removed_texts=incumbent.removed_texts,
        )
        told = {"challenge": {"version": name, **comparison.model_dump(mode="json")}}
        compared = version.model_copy(update={"comparison": comparison})
        fitted = replace(fitted, version=compared, report={**candidate.report, **told})
        if comparison.is_won:
            return self._put(fitted, beliefs)
        self.registry.keep(self.project, fitted, incumbent.name)
        return LearnOutcome(incumbent.name, {**incumbent.fitted.report, **told}, of_champion)

    def _put(self, fitted: Fitted, beliefs: Beliefs) -> LearnOutcome:
        self.registry.put(self.project, fitted, self.in_force)
        return LearnOutcome(fitted.version.name, fitted.report, beliefs)


def _version(
    evaluation: EvaluationSet,
    name: str,
    candidate: Candidate,
    held_out: Beliefs,
    artefacts: Path,
    at: datetime,
) -> ModelVersion:
    """Return a candidate's entry in the register, as one that nothing had to be beaten for."""
    pairs = [
        (one, belief)
        for one in evaluation.answers
        if (belief := held_out.get(one.item.key)) is not None
    ]
    judged = judge(evaluation.equivalence, *zip(*pairs, strict=True)) if pairs else None
    return ModelVersion(
        name=name,
        status="in force",
        fitted_at=at,
        data=evaluation.data,
        answers=len(evaluation.answers),
        learners=tuple(candidate.learners),
        synthetic=tuple(
            SyntheticSource(
                folder=one.source, digest=one.digest, texts=len(one.texts), share=one.share
            )
            for one in provenance(candidate.learned, artefacts)
        ),
        figures=judged.figures if judged else None,
        size=candidate.size(artefacts),
        seconds=round(candidate.seconds, 3),
    )
