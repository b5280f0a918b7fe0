"""The ways of quality control that replays compare.

A way may differ from having none by an exam before the first vote, by pausing people, by excluding
whoever is paused so that their votes are given by others instead, and by learning from control
tasks how good people are when labels are made of votes. Two ways show how far the last can go: one
learns from every control task that people ever answered, the other weighs each vote by the share of
right answers that only somebody who knows the truth could know.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """A way of quality control.

    Attributes:
        name: Its name.
        exam: Whether people are let in by an exam.
        pauses: Whether who is proved below `good` is asked no more.
        excludes: Whether their votes are then given by others.
        learns: Whether control tasks tell how good people are when votes become labels.
        learns_all: Whether all that they ever answered of the control tasks tells it.
        weighs: Whether everybody's true share of right answers does.
        oracle: Whether bad people are never asked.
    """

    name: str
    exam: bool = False
    pauses: bool = False
    excludes: bool = False
    learns: bool = False
    learns_all: bool = False
    weighs: bool = False
    oracle: bool = False


WAYS = (
    Way("none"),
    Way("exam", exam=True),
    Way("controls, paused", pauses=True),
    Way("controls, excluded", pauses=True, excludes=True),
    Way("controls, learned from", learns=True),
    Way("controls, excluded and learned from", pauses=True, excludes=True, learns=True),
    Way("every control task learned from", learns=True, learns_all=True),
    Way("true skills known", weighs=True),
    Way("both", exam=True, pauses=True, excludes=True, learns=True),
    Way("oracle", oracle=True),
)
