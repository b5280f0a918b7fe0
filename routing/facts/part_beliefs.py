"""What the model believes of each control, in the terms of aggregation."""

from aggregation.beliefs import PartBelief
from routing.facts import project as facts
from routing.ledger.records import LedgerState


def parts(state: LedgerState) -> dict[int, dict[str, PartBelief]]:
    """Give what stands behind the model's latest answer, by task and by the control's name."""
    return {
        task: {
            name: PartBelief(part.confidence, part.distribution) for name, part in one.parts.items()
        }
        for task, one in facts.predictions(state).items()
    }
