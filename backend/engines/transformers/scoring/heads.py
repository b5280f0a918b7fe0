"""A layer's queries, keys and values of packed tokens, and views of them block by block."""

from dataclasses import dataclass

from torch import Tensor

from backend.engines.transformers.scoring.packing import PackedBlock


@dataclass(frozen=True, eq=False, slots=True)
class AttentionHeads:
    """A layer's queries, keys and values of the flat tokens, each (heads, flat, head size).

    Attributes:
        query: With `groups` times as many heads as `key`.
        key: Keys.
        value: Values.
        scaling: What scores are multiplied by.
    """

    query: Tensor
    key: Tensor
    value: Tensor
    scaling: float

    @property
    def groups(self) -> int:
        """Queries' heads that share one of the keys'."""
        return len(self.query) // len(self.key)

    def part(self, where: slice) -> "AttentionHeads":
        """Return those of neighbouring flat tokens."""
        query, key, value = (x[:, where] for x in (self.query, self.key, self.value))
        return AttentionHeads(query, key, value, self.scaling)


def items_of(flat: Tensor, block: PackedBlock) -> Tensor:
    """View a block's own tokens, without a copy.

    Args:
        flat: Of all tokens, shape (heads, flat, head size).
        block: The block.

    Returns:
        Shape (items, heads, length, head size).
    """
    return _rectangle(flat, block.span, block.count, block.length)


def nodes_of(flat: Tensor, block: PackedBlock) -> Tensor:
    """View the nodes of a block's tries, without a copy.

    Args:
        flat: Of all tokens, shape (heads, flat, head size).
        block: The block.

    Returns:
        Shape (items, heads, nodes, head size).
    """
    return _rectangle(flat, block.nodes_span, block.count, block.nodes)


def _rectangle(flat: Tensor, span: slice, items: int, length: int) -> Tensor:
    return flat[:, span].view(len(flat), items, length, -1).transpose(0, 1)
