"""What people said of control tasks, whose answers are known: it tells how good people are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from aggregation.classification.bayesian import Known
from aggregation.votes import VOTE_COLUMNS, Answer


@dataclass(frozen=True, slots=True)
class ControlVotes:
    """What people said of control tasks, and what is right there.

    Attributes:
        answers: One of a person each; a control task's number is no task's.
        known: Every accepted answer, by control task.
    """

    answers: Sequence[Answer] = ()
    known: Known = field(default_factory=dict)


NO_CONTROLS = ControlVotes()


@dataclass(frozen=True, eq=False)
class KnownBallots:
    """The same of one control of a form.

    Attributes:
        ballots: Votes `task, worker, label`, of control tasks alone.
        known: Every accepted answer of the control, by control task.
    """

    ballots: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(VOTE_COLUMNS)))
    known: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def are_any(self) -> bool:
        """Whether there is any vote."""
        return not self.ballots.empty

    @property
    def labels(self) -> set[str]:
        """All that was said or is accepted."""
        return set(self.ballots["label"]).union(*self.known.values())


NO_BALLOTS = KnownBallots()
