"""How far a ledger has read its project."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far Label Studio was read.

    Attributes:
        updated_at: All that it had stored by then was read.
        reading: What it was read by, as `Reading.digest` has it; None: it was not remembered.
    """

    updated_at: datetime
    reading: str | None
