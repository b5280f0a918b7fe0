"""Panels: of an opinion there is no one truth, so people of all groups are to be heard.

After M. L. Gordon et al., "Jury learning: integrating dissenting voices into machine learning
models", CHI 2022: whose opinion a label stands for is decided by who is asked.
"""

from collections.abc import Sequence

from routing.facts.vote_demands import Reviewer


def likeness(candidate: Reviewer, panel: Sequence[Reviewer]) -> int:
    """Count what a candidate shares with a panel; who shares least makes it the most balanced.

    Args:
        candidate: Who may be asked next.
        panel: Who answered or is asked already.

    Returns:
        How often a member is in the same group, over all that people are grouped by; who does not
        say is in a group with all who do not.
    """
    fields = {*candidate.groups, *(field for one in panel for field in one.groups)}
    return sum(
        candidate.groups.get(field) == one.groups.get(field) for one in panel for field in fields
    )
