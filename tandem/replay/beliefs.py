"""What a model believes of items whose right labels are known, before it learns."""

from dataclasses import dataclass

from labeling.mathtypes import Floats, Indices


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Items with gold labels, and what a model believes of each.

    Attributes:
        name: The folder's name.
        model: The model's name.
        source: Where its confidence comes from.
        log_probabilities: Its natural-log probabilities, shape (items, labels).
        gold: The true label of each, as an index, shape (items,); -1 where none is known.
        embeddings: Of the texts, shape (items, dims); None: there are no texts, or no model.
        texts: What people read; empty: they are not at hand.
    """

    name: str
    model: str
    source: str
    log_probabilities: Floats
    gold: Indices
    embeddings: Floats | None
    texts: tuple[str, ...] = ()
