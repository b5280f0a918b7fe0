"""Signatures of the ledger; filled in right after."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from routing.ledger.records import (
    Assignment,
    Decision,
    LedgerState,
    Reading,
    Round,
    TaskHistory,
    Write,
)
from routing.studio.records import StudioTask


class Ledger:
    """What the controller knows of one project. Recording the same thing twice changes nothing."""

    def __init__(self, url: str, project_id: int) -> None: ...

    def upgrade(self) -> None:
        """Bring the database to the schema of this release; from empty too."""

    def state(self) -> LedgerState:
        raise NotImplementedError

    def mirror(
        self, tasks: Iterable[StudioTask], reading: Reading, cursor: datetime | None = None
    ) -> None:
        """Record tasks as seen; predictions and annotations not among them are gone."""

    def forget_tasks(self, ids: Iterable[int]) -> None:
        """Tasks that Label Studio no longer holds."""

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Append; (task, number) that is there already stays as it is."""

    def assign(self, new: Sequence[Assignment], ended: Sequence[Assignment] = ()) -> None:
        """Insert new pairs (a pair that is there stays); of `ended` store state and ended_at."""

    def plan(self, writes: Sequence[Write]) -> None:
        """Insert; a key that is there already stays as it is."""

    def applied(self, keys: Iterable[str]) -> None: ...
    def pending(self) -> list[Write]:
        raise NotImplementedError

    def record_round(self, round_: Round) -> None: ...
    def counts(self) -> Mapping[str, int]:
        raise NotImplementedError

    def history(self, task: int) -> TaskHistory:
        raise NotImplementedError
