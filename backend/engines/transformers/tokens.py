"""Token ids of a text, and what several texts have in common at their beginning."""

from collections.abc import Sequence
from itertools import takewhile

Tokens = tuple[int, ...]
"""Token ids, in order."""


def common_prefix(sequences: Sequence[Sequence[int]]) -> int:
    """Count the tokens that all sequences begin with.

    >>> common_prefix([(1, 2, 3), (1, 2, 4, 5), (1, 2)])
    2
    """
    columns = zip(*sequences, strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
