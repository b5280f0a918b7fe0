"""Whether one more person is asked about an item: what a vote may gain against its price."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from labeling.settings.sections import PolicySettings

Floats = npt.NDArray[np.float64]
Step = Literal["settled", "vote", "expert", "doubtful"]

HIGHEST_SKILL = 0.95
"""No next voter is held for better: people who always agreed may have erred together."""


def gain(posterior: npt.ArrayLike, left: npt.ArrayLike, skill: float, error_cost: float) -> Floats:
    """Return what asking on would gain, net of the votes' price: the value of information.

    The plan that is valued is the best one: ask, look, and ask again only while that pays. It is
    found by backward induction, as for Wald's sequential test with a cap (Wald and Wolfowitz,
    *Optimum character of the sequential probability ratio test*, 1948). To look one vote ahead is
    not enough: after one vote a second one of equal skill can only bring a tie, and would never
    seem to pay.

    The leading label stands against all the others as one, which is taken to be no stronger than
    the leader; every next voter is right with probability `skill`.

    Args:
        posterior: Probability of each item's leading label, in (0, 1].
        left: Votes that may still be asked for each item, 0 or more.
        skill: Expected accuracy of the next voters.
        error_cost: What a wrong label costs, in prices of a vote.

    Returns:
        For each item, in prices of a vote, above 0 where one more vote is worth asking for.
    """
    leader, horizon = np.broadcast_arrays(
        np.atleast_1d(np.asarray(posterior, dtype=np.float64)), np.asarray(left, dtype=np.intp)
    )
    challenger = np.minimum(leader, 1 - leader)
    mass = leader + challenger
    right = min(max(skill, 0.5), HIGHEST_SKILL)
    following: list[Floats] = []
    for cast in range(int(horizon.max(initial=0)), -1, -1):
        present = []
        for agreeing in range(cast + 1):
            dissenting = cast - agreeing
            ahead = leader * right**agreeing * (1 - right) ** dissenting
            behind = challenger * right**dissenting * (1 - right) ** agreeing
            value = -error_cost * np.minimum(ahead, behind)
            if following:
                price = (ahead + behind) / mass
                asking = following[agreeing + 1] + following[agreeing] - price
                value = np.where(cast < horizon, np.maximum(value, asking), value)
            present.append(value)
        following = present
    net: Floats = following[0] + error_cost * challenger
    # Where stopping is best the two terms cancel, but for rounding.
    return np.where(net > 1e-9 * max(error_cost, 1.0), net, 0.0)


def step(
    posterior: float,
    votes: int,
    skill: float,
    policy: PolicySettings,
    *,
    most: int,
    has_expert: bool,
) -> Step:
    """Choose what comes next for an item that as many people answered as were asked.

    Args:
        posterior: Probability of its consensus.
        votes: How many people answered it.
        skill: The crowd's mean accuracy.
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
    worth = gain(posterior, most - votes, skill, policy.error_cost)
    return "vote" if worth[0] > 0 else "doubtful"
