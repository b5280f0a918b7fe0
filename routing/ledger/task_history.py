"""All that the ledger remembers of one task."""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.ledger.records import Assignment, Decision, LedgerAnnotation, LedgerPrediction


@dataclass(frozen=True, slots=True)
class TaskHistory:
    """All that ever happened to one task, each part in the order of its happening."""

    predictions: Sequence[LedgerPrediction]
    annotations: Sequence[LedgerAnnotation]
    decisions: Sequence[Decision]
    assignments: Sequence[Assignment]
