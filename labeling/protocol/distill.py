"""`POST /distill`: what a project teaches goes in, a small classifier comes out, as a ZIP."""

from pydantic import Field

from labeling.protocol.learn import LearnRequest


class DistillRequest(LearnRequest):
    """`POST /distill`: what the project's model learned from, and which student is to be made.

    Attributes:
        control: The control that the student answers; None: the form has one that it can.
        licence: Of the texts and of what is made of them, for the student's card.
    """

    control: str | None = None
    licence: str = Field("unknown", max_length=100, pattern=r"^[A-Za-z0-9.+-]+$")
