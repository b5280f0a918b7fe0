"""Every standing label, by how probable it is that it is wrong."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from aggregation.consensus import ProjectConsensus
from aggregation.label_errors.choices import suspect_choice
from aggregation.label_errors.forms import suspect_form
from aggregation.label_errors.opinions import as_opinion
from aggregation.label_errors.records import ErrorKind, NearText, Suspicion
from aggregation.subjective.ambiguity import ambiguity
from aggregation.subjective.opinions import opinions_of
from labeling.form.equivalence import Equivalence

SURE_OF_A_LABEL = 0.5
"""Where the model gives no label more than this, a text may be one that no label fits."""


def standing_labels(consensus: ProjectConsensus) -> dict[int, str]:
    """Return the label that stands, by task: people's own, else the one that the model was left.

    Args:
        consensus: What people's answers come to.
    """
    left = {task: answer.label for task, answer in consensus.accepted.items()}
    return dict(sorted({**left, **consensus.labels}.items()))


def unsure(consensus: ProjectConsensus) -> frozenset[int]:
    """Return the tasks with people's answers of which the model finds no label likely.

    Args:
        consensus: What people's answers and the model's beliefs come to.
    """
    believed = {task: consensus.beliefs.get(task) for task in consensus.people}
    return frozenset(
        task for task, one in believed.items() if one and one.confidence <= SURE_OF_A_LABEL
    )


def suspicions(
    consensus: ProjectConsensus,
    standing: Mapping[int, str],
    far: Collection[int] = (),
) -> list[Suspicion]:
    """Rank standing labels by the probability that they are wrong.

    Args:
        consensus: Votes weighed by skill, with the model's belief out of fold as their prior.
        standing: The label that stands, by task.
        far: Those of `unsure` whose text is far from all others, which may fit no label.

    Returns:
        One a task of whose label anything is known, the most suspect first.
    """
    equivalence = consensus.equivalence
    opinions = opinions_of(consensus) if _asks_for_opinions(equivalence) else {}
    if equivalence is None or equivalence.form.is_one_choice:
        only = equivalence.form.only if equivalence else None
        divided = ambiguity(consensus.people, consensus.accuracies, len(consensus.offered))
        found = suspect_choice(consensus, standing, only.from_name if only else "", divided)
        found = [
            replace(one, kind=ErrorKind.NO_LABEL_FITS) if one.task in far else one for one in found
        ]
        if only is not None and only.from_name in opinions:
            found = [as_opinion(one, opinions[only.from_name]) for one in found]
    else:
        found = suspect_form(consensus, equivalence, standing, opinions)
    return sorted(found, key=lambda one: (-round(one.probability, 9), one.task))


def _asks_for_opinions(equivalence: Equivalence | None) -> bool:
    return equivalence is not None and any(
        map(equivalence.is_subjective, equivalence.form.controls)
    )


def with_near(one: Suspicion, near: Mapping[int, tuple[NearText, ...]]) -> Suspicion:
    """Return a suspicion with the nearest texts that say otherwise.

    Args:
        one: The suspicion.
        near: By task, such texts; see `aggregation.label_errors.near_texts`.
    """
    return replace(one, near=near.get(one.task, ()))
