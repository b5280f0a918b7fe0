"""Items in order of how good they are, by which of two was preferred.

Methods, by name:

- `bradley-terry`: item i wins against j with probability s_i / (s_i + s_j) (Bradley and Terry
  1952), the scores found by crowd-kit's MM algorithm (Hunter 2004). An item that never lost has no
  best score, so every item also won and lost once against an item that does not exist; that is
  Caron and Doucet's (2012) prior, and it joins items that were never compared.
- `noisy-bradley-terry`: with probability h_w worker w reports the winner, and else the loser (Chen
  et al. 2013), found by maximum a posteriori. Where some workers are careless or malicious.

The model's belief has no place here. It is about one comparison, where it is the prior of a `PAIR`;
of how good an item is among all, nothing is calibrated.

crowd-kit's NoisyBradleyTerry is left out: its gradient is not that of its likelihood, since sums
over comparisons are overwritten by the last one.

Papers:
    R. A. Bradley and M. E. Terry, "Rank analysis of incomplete block designs", Biometrika 39, 1952.
    D. R. Hunter, "MM algorithms for generalized Bradley-Terry models", Ann. Statist. 32(1), 2004.
    F. Caron and A. Doucet, "Efficient Bayesian inference for generalized Bradley-Terry models",
    JCGS 21(1), 2012.
    X. Chen et al., "Pairwise ranking aggregation in a crowdsourced setting", WSDM 2013.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, logit, softmax

from aggregation.classification.worker_models import GUESS
from labeling.errors import NotEnoughVotes, SettingsError
from labeling.mathtypes import Floats, Indices

METHODS = ("bradley-terry", "noisy-bradley-terry")
COLUMNS = ("worker", "left", "right", "winner")
STEPS = 2000
NOBODY = ""
"""The item that does not exist, which all won and lost against."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How good items are.

    Attributes:
        scores: By item, the best first: s, summing to 1. That i wins against j has probability
            s_i / (s_i + s_j).
        skills: By worker, in [0, 1]: the share of comparisons as the scores have them, and of
            `noisy-bradley-terry` the h.
    """

    scores: "pd.Series[float]"
    skills: "pd.Series[float]"


def ranking(comparisons: pd.DataFrame, *, method: str = "bradley-terry") -> Ranking:
    """Rank items by comparisons.

    Args:
        comparisons: The frame `worker, left, right, winner`, items by name; the winner is one of
            the two. What a worker said repeatedly counts as often.
        method: One of `METHODS`.

    Returns:
        Scores, ranks and the probability that an item wins.

    Raises:
        NotEnoughVotes: There is no comparison.
        SettingsError: There is no such method.
        ValueError: A winner is neither of its two, or the two are one.

    Examples:
        >>> import pandas as pd
        >>> comparisons = pd.DataFrame(
        ...     [("ann", "a", "b", "a"), ("bob", "b", "c", "b"), ("cyd", "a", "c", "a")],
        ...     columns=["worker", "left", "right", "winner"],
        ... )
        >>> ranking(comparisons).scores.round(2).to_dict()
        {'a': 0.64, 'b': 0.26, 'c': 0.1}
    """
    if method not in METHODS:
        raise SettingsError(
            f"There is no ranking {method!r}", hint=f"Choose one of {', '.join(METHODS)}."
        )
    if comparisons.empty:
        raise NotEnoughVotes("There are no comparisons", hint="Have people compare some items.")
    table = comparisons[list(COLUMNS)].astype("str").sort_values(list(COLUMNS), ignore_index=True)
    is_left, is_right = table["winner"] == table["left"], table["winner"] == table["right"]
    if not (is_left ^ is_right).all():
        raise ValueError("A winner is not one of the two that were compared")
    winners, losers = table["winner"], table["left"].where(is_right, table["right"])
    items = pd.Index(sorted({*winners, *losers}), dtype="str", name="item")
    workers = pd.Index(sorted(set(table["worker"])), dtype="str", name="worker")
    won, lost = items.get_indexer(pd.Index(winners)), items.get_indexer(pd.Index(losers))
    voters = workers.get_indexer(pd.Index(table["worker"]))
    if method == "bradley-terry":
        scores = _plain(items, won, lost)
        agreed = scores[won] / (scores[won] + scores[lost])
        skills = np.bincount(voters, weights=agreed > 0.5) / np.bincount(voters)
    else:
        scores, skills = _noisy(won, lost, voters)
    order = np.lexsort((np.arange(len(items)), -scores.round(9)))
    return Ranking(
        pd.Series(scores[order], index=items[order], name="score"),
        pd.Series(skills, index=workers, name="skill"),
    )


def _plain(items: "pd.Index[str]", won: Indices, lost: Indices) -> Floats:
    from crowdkit.aggregation.pairwise import BradleyTerry

    names = items.to_numpy(dtype="object")
    nobody = np.full(len(names), NOBODY, dtype="object")
    left = np.concatenate([names[won], names, nobody])
    right = np.concatenate([names[lost], nobody, names])
    # It compares each step with itself, so that any tolerance above 0 ends it after the second.
    model = BradleyTerry(n_iter=STEPS, tol=0.0)
    fitted = model.fit_predict(pd.DataFrame({"left": left, "right": right, "label": left}))
    scores = fitted.reindex(items)
    return (scores / scores.sum()).to_numpy(dtype=np.float64)


def _noisy(won: Indices, lost: Indices, voters: Indices) -> tuple[Floats, Floats]:
    """Find scores and each worker's h, with normal priors on log s and on logit h."""
    n, guess = int(max(won.max(), lost.max())) + 1, float(logit(GUESS))

    def loss(x: Floats) -> tuple[float, Floats]:
        logs, honesty = x[:n], expit(x[n:])[voters]
        wins = expit(logs[won] - logs[lost])
        likely = honesty * wins + (1 - honesty) * (1 - wins)
        by_log = (2 * honesty - 1) * wins * (1 - wins) / likely
        by_honesty = honesty * (1 - honesty) * (2 * wins - 1) / likely
        ascent = np.concatenate(
            [
                np.bincount(won, by_log, n) - np.bincount(lost, by_log, n) - logs,
                np.bincount(voters, by_honesty) - (x[n:] - guess),
            ]
        )
        prior = (logs @ logs + (x[n:] - guess) @ (x[n:] - guess)) / 2
        return float(prior - np.log(likely).sum()), -ascent

    start = np.concatenate([np.zeros(n), np.full(voters.max() + 1, guess)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return softmax(found.x[:n]), expit(found.x[n:])
