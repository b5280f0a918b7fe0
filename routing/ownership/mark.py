"""The mark of a project's ledger: the last line of Tandem's part of the description. Pure.

A ledger knows what was asked, frozen and audited; a second one would begin anew. So the project
says which ledger keeps it, and every command looks whether that is the one that it has opened.
"""

import re
from datetime import date

from routing.ledger.identity import LedgerIdentity
from routing.studio.own_text import DESCRIPTION

_LINE = re.compile(
    r"^tandem: ledger (?P<id>\w+) since (?P<since>\d{4}-\d\d-\d\d)\s*$", re.MULTILINE
)


def line(identity: LedgerIdentity) -> str:
    """Return the line that marks a project as one that this ledger keeps.

    >>> line(LedgerIdentity("3f2a", date(2026, 1, 31)))
    'tandem: ledger 3f2a since 2026-01-31'
    """
    return f"tandem: ledger {identity.id} since {identity.since.isoformat()}"


def find(description: str) -> LedgerIdentity | None:
    """Return the ledger that a description names; None: it names none."""
    found = _LINE.search(description)
    return LedgerIdentity(found["id"], date.fromisoformat(found["since"])) if found else None


def with_mark(own: str, identity: LedgerIdentity | None) -> str:
    """Return what Tandem says in a description, with the mark as its last line.

    Args:
        own: What it says, with or without a mark.
        identity: The ledger; None: no mark.

    Returns:
        The same words, then the mark.
    """
    words = _LINE.sub("", own).strip()
    return "\n".join(filter(None, [words, line(identity) if identity else ""]))


def marked(description: str, identity: LedgerIdentity | None) -> str:
    """Return a whole description with the mark of a ledger, and all other words as they are.

    Args:
        description: The description, with or without a mark.
        identity: The ledger; None: no mark.

    Returns:
        The description.
    """
    own = DESCRIPTION.own_part(description)
    return DESCRIPTION.with_own(description, with_mark(own, identity))
