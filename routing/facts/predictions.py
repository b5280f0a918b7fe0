"""What the model believes, of a project's predictions: the latest of each task."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aggregation.beliefs import Belief
from labeling.predictions.prediction import UNCALIBRATED
from routing.ledger.records import LedgerPrediction


class Beliefs(Mapping[int, Belief]):
    """What predictions say, by task; each is put in words when it is asked for.

    A project has as many as tasks, and a pass looks into those of the few that people answered.

    Args:
        predictions: One a task; those without a confidence tell nothing.
    """

    def __init__(self, predictions: Mapping[int, LedgerPrediction]) -> None:
        self._predictions = predictions

    def __getitem__(self, task: int) -> Belief:
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
        for task, one in self._predictions.items():
            if one.answer is not None and one.confidence is not None:
                yield task

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Beliefs):
            return self._predictions == other._predictions
        return super().__eq__(other)


@dataclass(frozen=True, eq=False)
class PredictionFacts:
    """What follows from predictions alone; each fact is worked out once.

    Args:
        predictions: Those that stand, other models' too.
    """

    predictions: Sequence[LedgerPrediction]

    @cached_property
    def latest(self) -> Mapping[int, LedgerPrediction]:
        """Tandem's latest prediction of each task, by task."""
        return _latest(self._ours)

    @cached_property
    def beliefs(self) -> Mapping[int, Belief]:
        """What the model believes of each task, by its latest prediction."""
        return Beliefs(self.latest)

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


def _latest(ordered: Sequence[LedgerPrediction]) -> dict[int, LedgerPrediction]:
    return {one.task: one for one in ordered}
