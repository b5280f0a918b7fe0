"""What is held of workers: one coin, or a confusion matrix each.

A worker w says v of a task whose true label is y with probability C_w[y, v]: one *confusion
matrix* a worker. Few votes tell little of K · K numbers, so each is shrunk towards what more votes
tell: a worker's towards the crowd's, and the crowd's towards the simpler model.

- `OneCoin`: right with probability a_w whatever the label is, and wrong labels are all alike. The
  homogeneous Dawid-Skene model.

      a_w = (STRENGTH · m + right votes of w) / (STRENGTH + votes of w)

  where the crowd's mean m starts from `GUESS`, as if that had been seen in `GUESS_VOTES` votes.
- `ConfusionMatrices` with even errors: right with probability a_w[y], and wrong labels are all
  alike. The class-dependent Dawid-Skene model; for two labels it has two coins, sensitivity and
  specificity. The crowd's c[y] is shrunk towards m, and a_w[y] towards what somebody of accuracy
  a_w has in such a crowd,

      logit⁻¹(logit a_w + logit c[y] - logit m)

- `ConfusionMatrices`: the same, and each wrong label has a share of its own. A worker's shares are
  shrunk towards the crowd's, and these towards even ones. The Dawid-Skene model.

Votes are counted by how probable each label is to be the true one. In every model,

- a vote never lowers the probability of the label that it names, C_w[y, y] ≥ C_w[x, y]: whoever
  would speak against their own label is mixed with somebody who is always right, by no more than
  it takes. With one coin that is somebody at chance;
- nobody is held for better than `HIGHEST_ACCURACY`.

Papers:
    A. P. Dawid, A. M. Skene, "Maximum likelihood estimation of observer error-rates using the EM
    algorithm", Applied Statistics 28(1), 1979.
    V. C. Raykar et al., "Learning from crowds", JMLR 11, 2010: two coins.
    H. Li, B. Yu, "Error rate bounds and iterative weighted majority voting for crowdsourcing",
    2014: the general, the class-dependent and the homogeneous model.
    H.-C. Kim, Z. Ghahramani, "Bayesian classifier combination", AISTATS 2012.
    M. Venanzi et al., "Community-based Bayesian aggregation models for crowdsourcing", WWW 2014:
    workers' rows, shrunk towards those of others.
"""

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np

from aggregation.classification.numbered_votes import NumberedVotes
from labeling.mathtypes import Floats

GUESS = 0.8
"""Accuracy of a crowd that nothing is known of."""
GUESS_VOTES = 10.0
"""How many votes that guess is worth; and how many votes on a label the crowd starts with."""
STRENGTH = 10.0
"""How many votes of the crowd's mean quality a worker starts with."""
CROWD_VOTES = 100.0
"""How many votes on each label, as good as the others, the crowd starts with."""
LABEL_STRENGTH = 3.0
"""How many votes on each label, as good as their other votes tell, a worker starts with."""
HIGHEST_ACCURACY = 0.99
"""No worker is held for better: a slip of the hand is always possible."""


class WorkerModel(Protocol):
    """What is held of every worker; K labels."""

    def refitted(self, votes: NumberedVotes, posterior: Floats) -> Self:
        """Return the model that fits best where labels are that probable, (tasks, K)."""
        ...

    def log_likelihood(self, votes: NumberedVotes) -> Floats:
        """Return log P(votes | label), up to a constant a task, (tasks, K)."""
        ...

    def predictive(self, votes: NumberedVotes, posterior: Floats) -> Floats:
        """Return P(vote) of each vote where labels are that probable, (votes,)."""
        ...

    def skills(self, shares: Floats) -> Floats:
        """Return how often each worker is right, (workers,), by the shares of labels."""
        ...

    def confusions(self) -> Floats:
        """Return P(vote | label) of each worker, (workers, K, K): a row per true label."""
        ...

    def crowd_confusion(self) -> Floats:
        """Return P(vote | label) of somebody of this crowd, (K, K): a row per true label."""
        ...


@dataclass(frozen=True, eq=False)
class OneCoin:
    """One accuracy a worker.

    Attributes:
        accuracy: Of each worker.
        skill: The crowd's mean accuracy, a vote.
        labels: How many there are.
        strength: How many votes of the crowd's mean quality a worker starts with.
    """

    accuracy: Floats
    skill: float
    labels: int
    strength: float = STRENGTH

    @classmethod
    def unknown(cls, workers: int, labels: int, strength: float = STRENGTH) -> "OneCoin":
        """Return what is held of workers before anything is known of them."""
        skill = max(GUESS, 1 / labels)
        return cls(np.full(workers, skill), skill, labels, strength)

    def refitted(self, votes: NumberedVotes, posterior: Floats) -> "OneCoin":
        """Return the accuracies that fit best where labels are that probable."""
        right = votes.by_worker(votes.of_named(posterior))
        skill, accuracy = _accuracies(right, votes.of_worker, self.labels, self.strength)
        return replace(self, accuracy=accuracy, skill=skill)

    def log_likelihood(self, votes: NumberedVotes) -> Floats:
        """Return log P(votes | label), up to a constant a task, (tasks, K)."""
        if self.labels == 1:
            return np.zeros((votes.shape[0], 1))
        # The factor of the labels that a vote does not name is common to all of them and cancels.
        evidence = np.log(self.accuracy) - np.log(self._wrong)
        likely: Floats = votes.by_cell(evidence[votes.workers])
        return likely

    def predictive(self, votes: NumberedVotes, posterior: Floats) -> Floats:
        """Return P(vote) of each vote where labels are that probable, (votes,)."""
        named = votes.of_named(posterior)
        likely: Floats = (
            named * self.accuracy[votes.workers] + (1 - named) * self._wrong[votes.workers]
        )
        return likely

    def skills(self, shares: Floats) -> Floats:  # noqa: ARG002
        """Return how often each worker is right, (workers,), whatever the labels' shares."""
        return self.accuracy

    def confusions(self) -> Floats:
        """Return P(vote | label) of each worker, (workers, K, K)."""
        return _symmetric(self.accuracy, self.labels)

    def crowd_confusion(self) -> Floats:
        """Return P(vote | label) of somebody of this crowd, (K, K)."""
        matrix: Floats = _symmetric(np.array([self.skill]), self.labels)[0]
        return matrix

    @property
    def _wrong(self) -> Floats:
        wrong: Floats = (1 - self.accuracy) / max(self.labels - 1, 1)
        return wrong


@dataclass(frozen=True, eq=False)
class ConfusionMatrices:
    """A confusion matrix a worker.

    Attributes:
        of_workers: P(vote | label) of each, (workers, K, K).
        of_crowd: The same of somebody of this crowd, (K, K).
        voted: How many votes each worker gave on each true label, (workers, K).
        has_even_errors: Whether all wrong labels are alike.
        strength: How many votes of the crowd's mean quality a worker starts with.
    """

    of_workers: Floats
    of_crowd: Floats
    voted: Floats
    has_even_errors: bool
    strength: float = STRENGTH

    @classmethod
    def unknown(
        cls, workers: int, labels: int, strength: float = STRENGTH, *, has_even_errors: bool
    ) -> "ConfusionMatrices":
        """Return what is held of workers before anything is known of them.

        Args:
            workers: How many.
            labels: How many there are.
            strength: How many votes of the crowd's mean quality a worker starts with.
            has_even_errors: Whether all wrong labels are alike.

        Returns:
            That of one coin.
        """
        coin = OneCoin.unknown(workers, labels)
        return cls(
            coin.confusions(),
            coin.crowd_confusion(),
            np.zeros((workers, labels)),
            has_even_errors,
            strength,
        )

    def refitted(self, votes: NumberedVotes, posterior: Floats) -> "ConfusionMatrices":
        """Return the matrices that fit best where labels are that probable."""
        _, workers, k = votes.shape
        counted = (votes.incidence.T @ posterior).reshape(workers, k, k).transpose(0, 2, 1)
        given, right = counted.sum(axis=2), np.diagonal(counted, axis1=1, axis2=2)
        skill, accuracy = _accuracies(right.sum(axis=1), given.sum(axis=1), k, self.strength)
        crowd = _shrunk(right.sum(axis=0), given.sum(axis=0), skill, CROWD_VOTES)
        crowd = np.minimum(crowd, HIGHEST_ACCURACY)
        usual = _probability(
            _log_odds(accuracy)[:, None] + _log_odds(crowd)[None, :] - _log_odds(np.array(skill))
        )
        own = np.minimum(_shrunk(right, given, usual, LABEL_STRENGTH), HIGHEST_ACCURACY)
        even = _symmetric(np.zeros(1), k)[0]
        if self.has_even_errors:
            errors_of_crowd = errors = even
        else:
            wrong = counted * (1 - np.eye(k))
            errors_of_crowd = _shares(CROWD_VOTES * even + wrong.sum(axis=0))
            errors = _shares(LABEL_STRENGTH * errors_of_crowd + wrong)
        return replace(
            self,
            of_workers=_never_against_itself(_with_errors(own, errors)),
            of_crowd=_never_against_itself(_with_errors(crowd, errors_of_crowd)),
            voted=given,
        )

    def log_likelihood(self, votes: NumberedVotes) -> Floats:
        """Return log P(votes | label), (tasks, K)."""
        k = votes.shape[2]
        evidence = np.log(self.of_workers).transpose(0, 2, 1).reshape(-1, k)
        likely: Floats = votes.incidence @ evidence
        return likely

    def predictive(self, votes: NumberedVotes, posterior: Floats) -> Floats:
        """Return P(vote) of each vote where labels are that probable, (votes,)."""
        said = self.of_workers[votes.workers, :, votes.labels]
        likely: Floats = (posterior[votes.tasks] * said).sum(axis=1)
        return likely

    def skills(self, shares: Floats) -> Floats:
        """Return how often each worker is right on tasks as they had, (workers,)."""
        tasks = _shares(self.strength * shares + self.voted)
        skills: Floats = (tasks * np.diagonal(self.of_workers, axis1=1, axis2=2)).sum(axis=1)
        return skills

    def confusions(self) -> Floats:
        """Return P(vote | label) of each worker, (workers, K, K)."""
        return self.of_workers

    def crowd_confusion(self) -> Floats:
        """Return P(vote | label) of somebody of this crowd, (K, K)."""
        return self.of_crowd


def _accuracies(right: Floats, given: Floats, labels: int, strength: float) -> tuple[float, Floats]:
    """Return the crowd's mean accuracy, and each worker's, shrunk towards it."""
    skill = float(_shrunk(right.sum(), given.sum(), GUESS, GUESS_VOTES))
    own = _shrunk(right, given, skill, strength)
    return skill, np.clip(own, 1 / labels, max(HIGHEST_ACCURACY, 1 / labels))


def _shrunk(right: Floats, given: Floats, towards: Floats | float, strength: float) -> Floats:
    shrunk: Floats = (strength * towards + right) / (strength + given)
    return shrunk


def _log_odds(probability: Floats) -> Floats:
    odds: Floats = np.log(probability) - np.log1p(-probability)
    return odds


def _probability(log_odds: Floats) -> Floats:
    probability: Floats = 1 / (1 + np.exp(-log_odds))
    return probability


def _shares(masses: Floats) -> Floats:
    shares: Floats = masses / masses.sum(axis=-1, keepdims=True)
    return shares


def _symmetric(accuracy: Floats, labels: int) -> Floats:
    """Return confusion matrices of workers who are right so often whatever the label is."""
    even = (1 - np.eye(labels)) / max(labels - 1, 1)
    return _with_errors(np.repeat(accuracy[:, None], labels, axis=1), even)


def _with_errors(accuracy: Floats, errors: Floats) -> Floats:
    """Return confusion matrices by accuracies per label and the shares of wrong labels."""
    matrix: Floats = (
        accuracy[..., None] * np.eye(errors.shape[-1]) + (1 - accuracy[..., None]) * errors
    )
    return matrix


def _never_against_itself(matrix: Floats) -> Floats:
    """Mix confusion matrices with the identity until no label is said most often of another."""
    named = np.diagonal(matrix, axis1=-2, axis2=-1)
    against = np.maximum((matrix - named[..., None, :]).max(axis=(-2, -1)), 0.0)[..., None, None]
    mixed: Floats = (matrix + against * np.eye(matrix.shape[-1])) / (1 + against)
    return mixed
