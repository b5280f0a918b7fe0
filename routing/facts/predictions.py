"""What the model believes: by the latest prediction of each task, out of fold where it learned.

A task's answer and the model's belief of it are fused as two pieces of evidence, so that the belief
must not know the answer. Of a task that was answered after the last round the latest prediction
does not. Of a task that the model learned from, the ledger holds what the others teach of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from aggregation.beliefs import Belief
from labeling.predictions.prediction import UNCALIBRATED, whole_distribution
from routing.ledger.held_out_belief import HeldOutBelief
from routing.ledger.records import LedgerPrediction


class Beliefs(Mapping[int, Belief]):
    """What the model believes, by task; each belief is put in words when it is asked for.

    A project has as many as tasks, and a pass looks into those of the few that people answered.

    Args:
        predictions: One a task; those without a confidence tell nothing.
        held_out: By task, what counts in place of its prediction.
    """

    def __init__(
        self,
        predictions: Mapping[int, LedgerPrediction],
        held_out: Mapping[int, HeldOutBelief],
    ) -> None:
        self._predictions = predictions
        self._held_out = held_out

    def __getitem__(self, task: int) -> Belief:
        if task in self._held_out:
            return _belief_of(self._held_out[task])
        one = self._predictions[task]
        if one.answer is None or one.confidence is None:
            raise KeyError(task)
        return Belief(
            label=one.answer,
            confidence=one.confidence,
            distribution=one.distribution,
            model_version=one.model_version,
            calibrated=one.calibrator != UNCALIBRATED,
            parts=one.parts,
        )

    def __iter__(self) -> Iterator[int]:
        yield from self._held_out
        for task, one in self._predictions.items():
            is_told = one.answer is not None and one.confidence is not None
            if is_told and task not in self._held_out:
                yield task

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Beliefs):
            ours, others = ((one._predictions, one._held_out) for one in (self, other))
            return ours == others
        return super().__eq__(other)


@dataclass(frozen=True, eq=False)
class PredictionFacts:
    """What follows from predictions alone; each fact is worked out once.

    Args:
        predictions: Those that stand, other models' too.
        held_out: What is believed of the tasks that were learned from, by task.
    """

    predictions: Sequence[LedgerPrediction]
    held_out: Mapping[int, HeldOutBelief] = field(default_factory=dict)

    @cached_property
    def latest(self) -> Mapping[int, LedgerPrediction]:
        """Tandem's latest prediction of each task, by task."""
        return _latest(self._ours)

    @cached_property
    def beliefs(self) -> Mapping[int, Belief]:
        """What the model believes of each task, without knowing people's answer to it."""
        return Beliefs(self.latest, self.held_out)

    def of_version(self, version: str) -> dict[int, LedgerPrediction]:
        """Return a model version's latest prediction of each task, by task."""
        return _latest([one for one in self._ours if one.model_version == version])

    def contradicted(
        self, tasks: Iterable[int], version: str, slip: float, labels: int
    ) -> dict[int, float]:
        """Return the probability that people contradict the model, of tasks that it labelled.

        The model's confidence is about the truth. What is promised and audited is what people say,
        and they err too: where the model is right they may say something else, and where it is
        wrong they may, by a mistake of their own, agree with it.

        Args:
            tasks: The tasks; those without a prediction of this version are left out.
            version: The model version.
            slip: How often people's own label is wrong.
            labels: How many labels there are.

        Returns:
            Probabilities, four decimals, by task.
        """
        present, agreed_by_slip = self.of_version(version), slip / max(labels - 1, 1)
        wrong = {task: 1 - (present[task].confidence or 0.0) for task in tasks if task in present}
        return {
            task: round(p * (1 - agreed_by_slip) + (1 - p) * slip, 4) for task, p in wrong.items()
        }

    def outdated(self, version: str) -> list[LedgerPrediction]:
        """List Tandem's predictions that nothing follows from any more.

        Args:
            version: The model version that is shown.

        Returns:
            Those that are neither the latest of their task, nor the latest of this version.
        """
        counted = [*self.latest.values(), *self.of_version(version).values()]
        kept = {one.id for one in counted}
        return [
            one for one in self.predictions if one.calibrator is not None and one.id not in kept
        ]

    @cached_property
    def _ours(self) -> Sequence[LedgerPrediction]:
        ours = [
            one for one in self.predictions if one.answer is not None and one.calibrator is not None
        ]
        return sorted(ours, key=lambda one: one.id)


def _belief_of(one: HeldOutBelief) -> Belief:
    parts = {name: part.distribution for name, part in one.parts.items()}
    return Belief(
        label=one.answer,
        confidence=one.confidence,
        distribution=whole_distribution(one.answer, parts),
        model_version=one.model_version,
        calibrated=one.calibrated,
        parts=one.parts,
    )


def _latest(ordered: Sequence[LedgerPrediction]) -> dict[int, LedgerPrediction]:
    return {one.task: one for one in ordered}
