"""Matching: what the answer of each person would be worth for a task.

Of one choice out of several labels, an answer is worth what it is expected to tell of the label,
the mutual information of both, in nats:

    I = H(answer) - Σ_y p(y) · H(answer | y)

where p is what is believed of the task so far, and P(answer | y) is the person's confusion matrix;
see `aggregation.quality.label_skills`. It grows with the skill on the labels that the task may
have. Expected skill, Σ_y p(y) · skill(y), does too, but it is greatest for whoever always gives the
label that is believed in, which tells nothing.

Of any other form it is the person's overall skill. Who is new is taken for one of this crowd. Of
what is asked blind only people's answers are believed: the model has no say in who checks it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from aggregation.beliefs import Posterior
from aggregation.consensus import ProjectConsensus
from aggregation.quality.label_skills import LabelSkills
from labeling.mathtypes import Floats
from routing.facts.label_skills import has_label_skills, project_label_skills
from routing.facts.project import ProjectFacts


@dataclass(frozen=True, eq=False)
class Matching:
    """What people's answers are worth, as far as it is known; learned when it is first asked for.

    Args:
        consensus: What people's answers and the model's beliefs come to.
        names: What people are called there, by user.
        is_choice: Whether one label out of several is asked for.
        sources: Of tasks of a blind project, the main project's tasks that they stand for.
    """

    consensus: ProjectConsensus
    names: Mapping[int, str]
    is_choice: bool = True
    sources: Mapping[int, int] | None = None

    @cached_property
    def skills(self) -> LabelSkills:
        """People's skills by label, of a choice of one."""
        return project_label_skills(self.consensus)

    def worth(self, task: int, workers: Sequence[int]) -> list[float]:
        """Return what an answer of each worker is worth for a task.

        Args:
            task: The task.
            workers: Who may be asked.

        Returns:
            The worth of each, 0 or more; comparable within one task alone.
        """
        called = [self.names.get(worker, "") for worker in workers]
        if not self.is_choice:
            usual = self.consensus.crowd_accuracy
            return [self.consensus.accuracies.get(name, usual) for name in called]
        believed = self._believed(task)
        prior = np.array([believed.get(str(label), 0.0) for label in self.skills.labels])
        if not prior.sum():
            prior = np.ones(len(prior))
        confusions = np.stack([self.skills.of(name) for name in called])
        told: list[float] = information(prior / prior.sum(), confusions).tolist()
        return told

    def _believed(self, task: int) -> Posterior:
        """Return what is believed of a task; of a blind one, by people's answers alone."""
        if self.sources is None:
            return self.consensus.posterior(task) or {}
        return self.consensus.posteriors.get(self.sources.get(task, task), {})


def information(prior: Floats, confusions: Floats) -> Floats:
    """Return how much an answer is expected to tell of the label, in nats.

    Args:
        prior: How probable each label is, (K,).
        confusions: P(answer | label) of each worker, (workers, K, K).

    Returns:
        The mutual information of answer and label, (workers,).

    Examples:
        >>> sure, guessing, always_first = np.eye(2), np.full((2, 2), 0.5), np.eye(2)[[0, 0]]
        >>> matrices = np.stack([sure, guessing, always_first])
        >>> information(np.array([0.5, 0.5]), matrices).round(2).tolist()
        [0.69, 0.0, 0.0]
    """
    overall = _entropy(np.einsum("y,wyv->wv", prior, confusions))
    told: Floats = overall - _entropy(confusions) @ prior
    return np.maximum(told, 0.0)


def matching_of(facts: ProjectFacts, sources: Mapping[int, int] | None = None) -> Matching | None:
    """Return what people's answers are worth; None where it does not matter, or nobody answered.

    Args:
        facts: What is known of the main project. Of an opinion nobody is more right than others.
        sources: Of tasks of its blind project, the tasks that they stand for; None: those of the
            main project are asked.
    """
    is_wanted = facts.settings.policy.matching and not facts.equivalence.asks_for_opinion
    if not is_wanted or not facts.consensus.people:
        return None
    names = {one.worker_id: one.worker for one in facts.state.annotations if one.kind == "person"}
    return Matching(facts.consensus, names, has_label_skills(facts.equivalence), sources)


def _entropy(probabilities: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(probabilities > 0, probabilities * np.log(probabilities), 0.0)
    entropy: Floats = -terms.sum(axis=-1)
    return entropy
