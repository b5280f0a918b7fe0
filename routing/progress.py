"""How long work tells how far it is: one callable, which the front door draws as a bar."""

from typing import Protocol


class Progress(Protocol):
    """Told how far a step is, whenever it got further."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Note that `done` of `total` items of a step are finished.

        Args:
            step: What is done, in a few words; equal words mean the same bar.
            done: Items finished so far, those of earlier calls included.
            total: Items of the step.
        """


def silent(step: str, done: int, total: int) -> None:
    """Ignore how far a step is.

    Args:
        step: See `Progress`.
        done: See `Progress`.
        total: See `Progress`.
    """
