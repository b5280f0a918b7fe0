"""The parts of Tandem on a project, and which of them are to go."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from routing.ledger.journal import Step


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to go.

    Attributes:
        backend: The connection to the ML backend, and the webhooks to it.
        tabs: The tabs that Tandem made.
        blind_project: The blind project, once its answers are safe.
        training_project: The training project, unless it holds anything of people's.
        predictions: Tandem's predictions.
        settings: Overlaps and the model version, which go back to what they were.
        model_user: The model's user, and its annotations.
    """

    backend: bool = True
    tabs: bool = True
    blind_project: bool = True
    training_project: bool = True
    predictions: bool = True
    settings: bool = True
    model_user: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of Tandem on a project, or of what is beside it.

    Attributes:
        what: What it is, in a few words.
        count: How many there are.
        goes: Whether it is taken off; else it stays.
        note: What is to be known about that.
        steps: The writes that take it off.
    """

    what: str
    count: int
    goes: bool
    note: str = ""
    steps: Sequence[Step] = field(default=(), repr=False)
