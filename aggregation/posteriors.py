"""What is read off the probability of labels, and Bayes' rule for a belief and votes."""

from aggregation.beliefs import Posterior
from aggregation.classification.bayesian import SMOOTHING


def likeliest(posterior: Posterior) -> str:
    """Return the most probable label; of equal ones, the first."""
    # Rounded, so that sums of equal terms tie whatever the order that they were added in.
    return max(posterior, key=lambda label: round(posterior[label], 9))


def probability_of(label: str, posterior: Posterior) -> float:
    """Return the probability of a label, all others taken as the likeliest of them alone.

    Args:
        label: Any label.
        posterior: The probability of every label, or of the likeliest alone.

    Returns:
        The probability, in [0, 1].
    """
    best = likeliest(posterior)
    return posterior[best] if best == label else 1 - posterior[best]


def updated(belief: Posterior, votes: Posterior) -> Posterior:
    """Return the posterior of a belief by Bayes' rule, from what an even prior came to.

    Args:
        belief: What the model makes of each label; it is kept from being certain.
        votes: What votes alone make of each, their prior being even; empty: there are none.

    Returns:
        The probability of each label.
    """
    even = SMOOTHING / len(belief)
    masses = {
        label: ((1 - SMOOTHING) * p + even) * (votes.get(label, 0.0) if votes else 1.0)
        for label, p in belief.items()
    }
    total = sum(masses.values())
    return {label: mass / total for label, mass in masses.items()}
