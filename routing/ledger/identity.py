"""What tells one ledger of a project from every other."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LedgerIdentity:
    """What tells the ledger of a project from every other: drawn at random, and when."""

    id: str
    since: date
