"""How far people who all say the same may all be wrong together.

Aggregators take people's mistakes to be independent, so that three good people who agree are all
but certainly right. But what misleads one may mislead all: a trap in the text, a sentence of the
guidelines, a batch that was labelled by a script. Here a share r of the items is one whose voters
speak as one voter does, right as often as they are on average. Of an item that all agree on, a
label l then gains by the factor

    1 + r / (1 - r) · shared(l) / independent(l)

where `independent` is the likelihood of the votes by each voter's own accuracy, and `shared` that
of their common word. Without it no belief of a model, which is hardly ever surer than 99%, could
raise a doubt about what several people agree on.
"""

import math
from collections.abc import Mapping, Sequence

from aggregation.beliefs import Posterior
from aggregation.votes import Answer

SHARED = 0.005
"""The share of the items whose voters speak as one. On three real crowds .003 to .01 finds errors
best where people agree on many, and .03 begins to cost precision; see `python -m bench.errors`."""


def with_shared_mistakes(
    posteriors: Mapping[int, Posterior],
    people: Mapping[int, Sequence[Answer]],
    accuracies: Mapping[str, float],
) -> dict[int, Posterior]:
    """Return posteriors that allow for people being wrong together.

    Args:
        posteriors: The probability of every label by independent votes and the model's belief, by
            task.
        people: People's answers, one of each person, by task.
        accuracies: How often each worker is right, in [0, 1].

    Returns:
        The posteriors, by task; those of items that one person answered, or that people are not
        agreed on, are as they were.
    """
    return {
        task: _shared(posterior, answers, accuracies)
        if len(answers := people.get(task, ())) > 1 and len({one.label for one in answers}) == 1
        else posterior
        for task, posterior in posteriors.items()
    }


def _shared(
    posterior: Posterior, answers: Sequence[Answer], accuracies: Mapping[str, float]
) -> Posterior:
    labels, said = max(len(posterior), 2), answers[0].label
    right = [min(max(accuracies[one.worker], 1 / labels), 0.99) for one in answers]
    mean = sum(right) / len(right)
    others = labels - 1
    of_said = mean / math.prod(right)
    of_other = (1 - mean) / others / math.prod((1 - a) / others for a in right)
    odds = SHARED / (1 - SHARED)
    masses = {
        label: p * (1 + odds * (of_said if label == said else of_other))
        for label, p in posterior.items()
    }
    total = sum(masses.values())
    return {label: mass / total for label, mass in masses.items()}
