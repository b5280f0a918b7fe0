"""How much a pass does at a time, as an argument: none of it changes what comes out in the end."""

from dataclasses import dataclass
from datetime import timedelta

from routing.planning.review_rounds import ROUND_LEAST


@dataclass(frozen=True, slots=True)
class Tunables:
    """Sizes that a pass works in.

    Attributes:
        round_least: Items that people review in a round, at least.
        audits_most: Audits that are asked for at a time, at most.
        read_tasks: Tasks that are mirrored in one transaction.
        predicted_tasks: Tasks that are asked of the backend together.
        imported_parts: How many times as many predictions are imported and recorded together, at
            most: what a kill can cost. Label Studio counts anew, at every import, what all tasks of
            a project have: the fewer imports, the faster.
        gathering: How long predictions wait for others to be imported with.
        old_predictions: Predictions that newer ones replaced and that are taken away one by one.
        recorded_writes: Small writes that are recorded together.
        edited_after: How much later than it was made an annotation must have been saved to count
            as edited: Label Studio stamps a new one's two times microseconds apart.
        idle_for: For how long a pass that found nothing to do stands for others, while no task and
            no counter moves; see `routing.idle`.
    """

    round_least: int = ROUND_LEAST
    audits_most: int = 10_000
    read_tasks: int = 500
    predicted_tasks: int = 1_000
    imported_parts: int = 10
    gathering: timedelta = timedelta(seconds=30)
    old_predictions: int = 1_000
    recorded_writes: int = 100
    edited_after: timedelta = timedelta(seconds=1)
    idle_for: timedelta = timedelta(minutes=5)


DEFAULTS = Tunables()
"""What a pass works with where nothing else is said."""
