"""A project without servers: the controller's own decisions, a model that learns, people who err.

A pass here is the controller's pass without Label Studio: the backend's calibration is fitted on
what people answered, populations are frozen, audited and certified by `routing.lifecycle`, and
tasks are given to people by `routing.decisions`. What people say is theirs: `tandem.replay.people`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import numpy as np

from aggregation.beliefs import PartBelief
from aggregation.control_votes import ControlVotes
from aggregation.votes import Answer
from backend.calibration.noisy_labels import NoisyLabels, folds
from backend.learning.fit_calibration import FEWEST_ANSWERS, fit_all
from backend.learning.material import Texts
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from labeling.mathtypes import Floats, Indices
from labeling.predictions.prediction import UNCALIBRATED
from labeling.settings.settings import Settings
from routing.decisions.decide import propose_decisions, to_decisions, with_decisions
from routing.decisions.round_status import RoundStatus
from routing.facts.populations import unchecked
from routing.facts.project import project_facts
from routing.facts.vote_demands import Reviewer
from routing.ledger.held_out_belief import HeldOutBelief
from routing.ledger.records import (
    BLIND,
    LedgerAnnotation,
    LedgerPrediction,
    LedgerState,
    LedgerTask,
)
from routing.lifecycle import advance
from routing.model.train import OPEN_SAMPLE, is_due, new_round, training_labels, with_forecast
from tandem.replay.beliefs import Beliefs
from tandem.replay.people import GivenVote, People

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class SimulatedProject:
    """A project from the first pre-label to the certificate.

    Args:
        beliefs: What the model believes before it learns, and the true labels.
        people: Who answers.
        settings: The policy.

    Attributes:
        names: Every label, by number.
        facts: What is known.
    """

    def __init__(self, beliefs: Beliefs, people: People, settings: Settings) -> None:
        labels = beliefs.log_probabilities.shape[1]
        self.names = [f"label {place}" for place in range(labels)]
        self._beliefs, self._people, self._settings = beliefs, people, settings
        choices = "".join(f'<Choice value="{name}"/>' for name in self.names)
        form = parse(
            '<View><Text name="text" value="$text"/>'
            f'<Choices name="label" toName="text">{choices}</Choices></View>'
        )
        self._equivalence = Equivalence(form, settings.controls)
        self._reviewers = tuple(Reviewer(worker, 10**6) for worker in range(people.number))
        self._numbers = count(1)
        self._given: Sequence[LedgerAnnotation] = ()
        tasks = range(1, len(beliefs.gold) + 1)
        state = LedgerState(
            tasks={task: LedgerTask(task, 1, False, NOON) for task in tasks},
            texts={task: f"text {task}" for task in tasks},
            predictions=[],
            annotations=[
                self._annotation(task, place)
                for task in tasks
                for place in sorted(people.absent(task - 1))
            ],
            decisions={},
            assignments=[],
            rounds=[],
        )
        self.facts = project_facts(state, self._equivalence, settings, self._reviewers)

    @property
    def is_certified(self) -> bool:
        """Whether every task has its label, and the promise is kept."""
        populations = self.facts.state.populations
        return bool(populations) and populations[-1].kept_at is not None

    def make_pass(self) -> None:
        """Look at people's work, learn, freeze and audit where that is due, and give out tasks."""
        self._look_at_people()
        self._learn_if_due()
        self.facts = advance(self.facts, clock=_clock)
        proposed = propose_decisions(RoundStatus(self.facts))
        decisions = to_decisions(self.facts, proposed, NOON)
        self.facts = self.facts.with_state(with_decisions(self.facts.state, decisions))

    def answer(self, most: int | None = None) -> int:
        """Have people give the votes that they owe; return how many these were.

        Args:
            most: Votes at most; None: every one.

        Returns:
            The votes that were given.
        """
        demands = {one.task: one for one in self.facts.vote_demands}
        given: list[LedgerAnnotation] = []
        for task, votes in self.facts.votes_owed.items():
            demand = demands[task]
            asked = self._people.votes(task - 1, demand.answered | demand.skipped, votes)
            given += [self._annotation(task, vote.place, vote) for vote in asked]
        given = given if most is None else given[:most]
        self._given, state = given, self.facts.state
        self.facts = self.facts.with_state(replace(state, annotations=[*state.annotations, *given]))
        return len(given)

    def wrong_and_unchecked(self) -> int:
        """Count the labels that nobody checked, and that are truly wrong."""
        state = self.facts.state
        return sum(
            one.label != self.names[self._beliefs.gold[one.task - 1]]
            for population in state.populations
            for one in unchecked(state, population)
        )

    def _look_at_people(self) -> None:
        """Have people's skill learned from what they said of items whose label is known."""
        said = self._people.look(self._given)
        votes = [
            Answer(-one.control, one.worker, self.names[one.label], "person", NOON) for one in said
        ]
        known = {-one.control: frozenset([self.names[one.known]]) for one in said}
        self.facts = self.facts.with_control_votes(ControlVotes(votes, known))

    def _annotation(self, task: int, place: int, vote: GivenVote | None = None) -> LedgerAnnotation:
        """Record a vote; without one, that whoever has this place skips the task."""
        decision = None if vote is None else self.facts.state.decisions[task]
        return LedgerAnnotation(
            id=next(self._numbers),
            task=task,
            worker_id=place,
            worker="" if vote is None else vote.worker,
            answer=None if vote is None else self.names[vote.label],
            result=[],
            kind="person",
            stray=False,
            was_cancelled=vote is None,
            lead_time=None if vote is None else vote.seconds,
            created_at=NOON,
            updated_at=NOON,
            unique_id=None,
            parent_prediction=None,
            blind=decision is None or decision.kind in BLIND,
        )

    def _learn_if_due(self) -> None:
        status = RoundStatus(self.facts)
        if not is_due(status, self.facts.model_version):
            return
        state, labels = self.facts.state, training_labels(status)
        version = f"model-{len(state.rounds):08d}"
        facts = self.facts.with_state(
            replace(state, predictions=self._predictions(version), held_out=self._held_out(version))
        )
        record = new_round(facts, version, len(labels), NOON)
        facts = facts.with_state(replace(facts.state, rounds=[*state.rounds, record]))
        record = with_forecast(RoundStatus(facts), record)
        self.facts = facts.with_state(replace(facts.state, rounds=[*state.rounds, record]))

    def _predictions(self, version: str) -> list[LedgerPrediction]:
        """Predict anew what nobody answered; what was answered keeps the prediction from before."""
        facts, settled = self.facts, self.facts.settled
        open_ = np.array(
            [task - 1 for task in facts.open_tasks if task not in facts.answers.votes],
            dtype=np.intp,
        )
        former = [one for one in facts.state.predictions if one.task in facts.answers.votes]
        if not len(open_):
            return former
        believed, calibrator = np.exp(self._beliefs.log_probabilities[open_]), UNCALIBRATED
        if len(settled) >= FEWEST_ANSWERS:
            believed, calibrator = self._learned(open_), version
        raw = np.exp(self._beliefs.log_probabilities[open_]).max(axis=1)
        return former + [
            LedgerPrediction(
                id=next(self._numbers),
                task=int(item) + 1,
                model_version=version,
                answer=self.names[int(row.argmax())],
                confidence=round(float(row.max()), 4),
                raw_score=float(top),
                distribution=dict(zip(self.names, row.tolist(), strict=True)),
                calibrator=calibrator,
            )
            for item, row, top in zip(open_, believed, raw, strict=True)
        ]

    def _held_out(self, version: str) -> dict[int, HeldOutBelief]:
        """Judge each settled task by what the labels of the others teach."""
        known, noisy_labels = self._taught()
        if len(known) < FEWEST_ANSWERS:
            return {}
        judged = np.empty_like(noisy_labels.log_probabilities)
        part = folds(len(known))
        for number in np.unique(part):
            held = part == number
            rest = noisy_labels.part(~held)
            calibration = fit_all(rest, self._embeddings(known[~held]), None).calibration
            judged[held] = calibration(
                noisy_labels.log_probabilities[held], self._embeddings(known[held])
            )
        return {
            int(item) + 1: HeldOutBelief(
                task=int(item) + 1,
                model_version=version,
                answer=self.names[int(row.argmax())],
                confidence=round(float(row.max()), 4),
                calibrated=True,
                parts={
                    "label": PartBelief(
                        float(row.max()), dict(zip(self.names, row.tolist(), strict=True))
                    )
                },
            )
            for item, row in zip(known, judged, strict=True)
        }

    def _taught(self) -> tuple[Indices, NoisyLabels]:
        """Return the settled items, and what people say of them."""
        settled, logs = self.facts.settled, self._beliefs.log_probabilities
        known = np.array([task - 1 for task in sorted(settled)], dtype=np.intp)
        return known, NoisyLabels(
            logs[known],
            np.array([self.names.index(settled[int(one) + 1].label) for one in known], np.intp),
            np.array([round(settled[int(one) + 1].probability, 3) for one in known]),
        )

    def _learned(self, open_: Indices) -> Floats:
        """Judge open items by what people's labels teach, shape (open items, labels)."""
        logs = self._beliefs.log_probabilities
        known, noisy_labels = self._taught()
        shown = open_[np.random.default_rng(0).permutation(len(open_))[:OPEN_SAMPLE]]
        texts = Texts((), logs[shown], self._embeddings(shown))
        calibration = fit_all(noisy_labels, self._embeddings(known), texts).calibration
        return calibration(logs[open_], self._embeddings(open_))

    def _embeddings(self, items: Indices) -> Floats | None:
        return None if self._beliefs.embeddings is None else self._beliefs.embeddings[items]


def _clock() -> datetime:
    return NOON
