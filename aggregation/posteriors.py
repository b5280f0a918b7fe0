"""What is read off a posterior: the likeliest label, how probable one is, and Bayes' rule."""

from aggregation.beliefs import Posterior
from aggregation.classification.bayesian import SMOOTHING


def likeliest(posterior: Posterior) -> str:
    """Return the most probable label; of those that tie, the first."""
    # Rounded, so that sums of equal terms tie whatever the order that they were added in.
    return max(posterior, key=lambda label: round(posterior[label], 9))


def probability_of(label: str, posterior: Posterior) -> float:
    """Return the probability of a label, all others taken as the likeliest of them alone.

    Args:
        label: The label.
        posterior: Of its task.

    Returns:
        Its probability; where another is likelier, one minus that one's.
    """
    best = likeliest(posterior)
    return posterior[best] if best == label else 1 - posterior[best]


def updated(belief: Posterior, votes: Posterior) -> Posterior:
    """Return the posterior of a belief by Bayes' rule, from what an even prior came to.

    Args:
        belief: The model's probability of each label.
        votes: The posterior of an even prior; empty: nobody voted.

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
