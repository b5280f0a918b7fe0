"""Whether one more person is asked about an item: what a vote may gain against its price."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from labeling.mathtypes import Floats
from labeling.settings.policy_section import PolicySettings

Step = Literal["settled", "vote", "expert", "doubtful"]

LOWEST_SKILL, HIGHEST_SKILL = 0.5, 0.95
"""Next voters are held for no worse than a coin, and no better: people who always agreed may have
erred together."""
MOST_DOUBTFUL = 0.5
"""The probability of a label that is as likely wrong as right."""
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class NextVote:
    """How the next voters stand to an item's leading label.

    Attributes:
        confirms: Probability that one names it where it is right.
        rejects: Probability that one names the right label where it is wrong.
    """

    confirms: npt.ArrayLike
    rejects: npt.ArrayLike

    @classmethod
    def of_skill(cls, skill: float) -> "NextVote":
        """Return that of people who are right so often, whatever the label is."""
        right = min(max(skill, LOWEST_SKILL), HIGHEST_SKILL)
        return cls(right, right)

    @classmethod
    def of_crowd(cls, posterior: npt.ArrayLike, confusion: npt.ArrayLike) -> "NextVote":
        """Return that of people whose errors depend on the label.

        What they say of an item is P(v) = Σ_y p(y) C[y, v]; here the leading label stands against
        all the others as one.

        Args:
            posterior: Probability of each label, of one item or of several, shape (..., K).
            confusion: What people say, P(vote | label), a row per true label, shape (K, K).

        Returns:
            How they stand to the leading label of each item.
        """
        p, said = np.asarray(posterior, dtype=np.float64), np.asarray(confusion, dtype=np.float64)
        leading = p.argmax(axis=-1)
        # Where the others have no probability, they are taken to be equally improbable.
        others = (p + TINY) * (np.arange(p.shape[-1]) != leading[..., None])
        right = np.diagonal(said)
        return cls(
            np.minimum(right[leading], HIGHEST_SKILL),
            np.minimum((others @ right) / others.sum(axis=-1), HIGHEST_SKILL),
        )


def gain(
    posterior: npt.ArrayLike, left: npt.ArrayLike, voters: NextVote, error_cost: float
) -> Floats:
    """Return what asking on would gain, net of the votes' price: the value of information.

    The plan that is valued is the best one: ask, look, and ask again only while that pays. It is
    found by backward induction, as for Wald's sequential test with a cap (Wald and Wolfowitz,
    *Optimum character of the sequential probability ratio test*, 1948). To look one vote ahead is
    not enough: after one vote a second one of equal skill can only bring a tie, and would never
    seem to pay.

    The leading label stands against all the others as one, which is taken to be no stronger than
    the leader.

    Args:
        posterior: Probability of each item's leading label, in [0, 1]; about one that is impossible
            nothing is worth asking.
        left: Votes that may still be asked for each item, 0 or more.
        voters: How the next voters stand to it.
        error_cost: What a wrong label costs, in prices of a vote.

    Returns:
        For each item, in prices of a vote, above 0 where one more vote is worth asking for.
    """
    leader, horizon, confirms, rejects = np.broadcast_arrays(
        np.atleast_1d(np.asarray(posterior, dtype=np.float64)),
        np.asarray(left, dtype=np.intp),
        np.asarray(voters.confirms, dtype=np.float64),
        np.asarray(voters.rejects, dtype=np.float64),
    )
    challenger = np.minimum(leader, 1 - leader)
    mass = np.maximum(leader + challenger, np.finfo(np.float64).tiny)
    following: Floats = np.empty((0, *leader.shape))
    for cast in range(int(horizon.max(initial=0)), -1, -1):
        # A row for every number of votes, of those cast, that name the leader.
        agreeing = np.arange(cast + 1).reshape(-1, *[1] * leader.ndim)
        dissenting = cast - agreeing
        ahead = leader * confirms**agreeing * (1 - confirms) ** dissenting
        behind = challenger * rejects**dissenting * (1 - rejects) ** agreeing
        present = -error_cost * np.minimum(ahead, behind)
        if len(following):
            asking = following[1:] + following[:-1] - (ahead + behind) / mass
            present = np.where(cast < horizon, np.maximum(present, asking), present)
        following = present
    net: Floats = following[0] + error_cost * challenger
    # Where stopping is best the two terms cancel, but for rounding.
    return np.where(net > 1e-9 * max(error_cost, 1.0), net, 0.0)


def step(
    posterior: float,
    votes: int,
    voters: NextVote,
    policy: PolicySettings,
    *,
    most: int,
    has_expert: bool,
) -> Step:
    """Choose what comes next for an item that as many people answered as were asked.

    Args:
        posterior: Probability of its consensus.
        votes: How many people answered it.
        voters: How the next voters stand to it.
        policy: The wanted level, and what an error costs.
        most: The `votes_cap`.
        has_expert: Whether an expert is named who was not asked about it yet.

    Returns:
        `vote`: ask one more person; `expert`: the votes are spent and it is still in doubt, ask
        an expert; `doubtful`: it stays in doubt, since no vote is worth its price or nobody is
        left; `settled`: it is at the wanted level.
    """
    if posterior >= policy.settle_above:
        return "settled"
    if votes >= most:
        return "expert" if has_expert else "doubtful"
    worth = gain(posterior, most - votes, voters, policy.error_cost)
    return "vote" if worth[0] > 0 else "doubtful"
