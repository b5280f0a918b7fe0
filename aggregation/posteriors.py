"""Posteriors: the likeliest label, how probable a label is, and Bayes' rule with a belief. Pure."""

from aggregation.beliefs import Posterior
from aggregation.classification.bayesian import SMOOTHING


def likeliest(posterior: Posterior) -> str:
    """Return the most probable label; of several, the first that is offered."""
    # Rounded, so that sums of equal terms tie whatever the order that they were added in.
    return max(posterior, key=lambda label: round(posterior[label], 9))


def probability_of(label: str, posterior: Posterior) -> float:
    """Return the probability of a label, all others taken as the likeliest of them alone.

    Args:
        label: The label.
        posterior: The probability of every label.
    """
    first = likeliest(posterior)
    return posterior[first] if first == label else 1 - posterior[first]


def updated(belief: Posterior, votes: Posterior) -> Posterior:
    """Return the posterior of a belief by Bayes' rule, from what an even prior came to.

    Args:
        belief: The probability of every label, by the model.
        votes: The same by people's votes, with an even prior; empty: there are none.

    Returns:
        The probability of every label.
    """
    even = SMOOTHING / len(belief)
    masses = {
        label: ((1 - SMOOTHING) * p + even) * (votes.get(label, 0.0) if votes else 1.0)
        for label, p in belief.items()
    }
    total = sum(masses.values())
    return {label: mass / total for label, mass in masses.items()}
