"""Suspected errors where one of a closed set is the answer: a class, a pair, a step of a scale."""

from collections.abc import Mapping

from aggregation.beliefs import Posterior
from aggregation.consensus import ProjectConsensus
from aggregation.label_errors.records import ErrorKind, Suspicion, givers
from aggregation.label_errors.shared_mistakes import with_shared_mistakes
from aggregation.subjective.opinions import LIKELY_AMBIGUOUS


def suspect_choice(
    consensus: ProjectConsensus,
    standing: Mapping[int, str],
    control: str,
    ambiguity: Mapping[int, float],
) -> list[Suspicion]:
    """Say of every standing label how probable it is that it is wrong.

    Args:
        consensus: Votes weighed by skill, with the model's belief out of fold as their prior.
        standing: The label that stands, by task.
        control: The control's name.
        ambiguity: The probability that an item has no one truth, by task.

    Returns:
        One a task of whose label anything is known, in the tasks' order.
    """
    known = {task: one for task in standing if (one := consensus.posterior(task)) is not None}
    posteriors = with_shared_mistakes(known, consensus.people, consensus.accuracies)
    found = []
    for task, label in standing.items():
        if task not in posteriors:
            continue
        posterior = posteriors[task]
        other = _likeliest_other(posterior, label)
        voted = consensus.people.get(task, ())
        agreed = [answer.worker for answer in voted if answer.label == label]
        divided = ambiguity.get(task, 0.0)
        is_ambiguous = divided > LIKELY_AMBIGUOUS
        found.append(
            Suspicion(
                task=task,
                control=control,
                kind=ErrorKind.AMBIGUOUS if is_ambiguous else ErrorKind.WRONG_LABEL,
                probability=min(max(1 - posterior.get(label, 0.0), 0.0), 1.0),
                label=label,
                other=other,
                other_probability=posterior.get(other, 0.0),
                given_by=givers(agreed, voted),
                votes_for=len(agreed),
                votes_against=len(voted) - len(agreed),
                ambiguity=divided,
            )
        )
    return found


def _likeliest_other(posterior: Posterior, label: str) -> str:
    others = {name: round(p, 9) for name, p in posterior.items() if name != label}
    return max(others, key=lambda name: others[name]) if others else ""
