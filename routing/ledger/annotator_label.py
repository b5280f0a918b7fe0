"""What the ledger remembers of a label that the annotator gave: paid for once, and kept."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AnnotatorLabel:
    """What the annotator said of a text. It is nobody's vote, and no evidence of any promise.

    Attributes:
        model: The annotator's name.
        label: Its answer.
        is_drawn: Whether chance drew the text from those that people had answered, so that it tells
            how good the annotator is; else it was asked since its label was worth its price.
        price: What it cost, in prices of a human label.
        worth: What it was expected to save, in human labels; 0 where it was drawn.
        at: The moment.
    """

    task: int
    model: str
    label: str
    is_drawn: bool
    price: float
    worth: float
    at: datetime
