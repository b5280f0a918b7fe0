"""What the annotator said, how good it is, and what becomes of the model's beliefs by it.

Its label speaks of open texts that nobody answered, in the place of nobody: it moves what is
predicted of them. Once people answered a text, theirs count alone. What was frozen stays so, label
and predicted error, however the annotator's skill is judged since.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from aggregation.annotator.fusion import fused
from aggregation.annotator.skill import AnnotatorSkill, fit_skill
from aggregation.beliefs import Belief, PartBelief, spread
from labeling.mathtypes import Floats
from routing.facts.answers import AnswerFacts
from routing.facts.predictions import PredictionFacts
from routing.ledger.annotator_label import AnnotatorLabel
from routing.ledger.records import LedgerPrediction, LedgerState


@dataclass(frozen=True, eq=False)
class AnnotatorFacts:
    """What follows from the annotator's labels; each fact is worked out once.

    Args:
        state: What the ledger knows.
        answers: What people answered.
        model: What the model believes by itself.
        offered: The labels that the form offers; none where it asks for anything but one of them.
    """

    state: LedgerState
    answers: AnswerFacts
    model: PredictionFacts
    offered: tuple[str, ...]

    @classmethod
    def of(
        cls, state: LedgerState, answers: AnswerFacts, offered: tuple[str, ...]
    ) -> "AnnotatorFacts":
        """Return the facts of a state, none of them worked out yet."""
        model = PredictionFacts(state.predictions, state.held_out)
        return cls(state, answers, model, offered)

    def renewed(self, state: LedgerState, answers: AnswerFacts) -> "AnnotatorFacts":
        """Return the facts of another state, with all that it left as it was."""
        former = self.state
        is_same_model = (
            state.predictions is former.predictions and state.held_out is former.held_out
        )
        is_same = (
            is_same_model
            and state.annotator_labels is former.annotator_labels
            and state.members is former.members
            and answers is self.answers
        )
        if is_same or (is_same_model and not state.annotator_labels):
            return self
        model = self.model if is_same_model else PredictionFacts(state.predictions, state.held_out)
        return replace(self, state=state, answers=answers, model=model)

    @cached_property
    def predictions(self) -> PredictionFacts:
        """What the model believes, by the annotator's labels too where it gave one."""
        moved = self._moved
        if not moved:
            return self.model
        predictions = [moved.get(one.id, one) for one in self.model.predictions]
        return PredictionFacts(predictions, self.state.held_out)

    @cached_property
    def skills(self) -> Mapping[str, AnnotatorSkill]:
        """How good each model is that was an annotator, by its name."""
        return {name: self.skill(name) for name in {one.model for one in self._labels.values()}}

    def skill(self, model: str) -> AnnotatorSkill:
        """Return how good a model is, by the texts that chance drew and that people answered."""
        people = {
            task: label
            for task, one in self._labels.items()
            if one.is_drawn and one.model == model and task in self.model.beliefs
            if (label := _plurality(self.answers.votes.get(task, ()))) in self.offered
        }
        place = self.offered.index
        return fit_skill(
            np.array([place(label) for label in people.values()], dtype=np.intp),
            np.array([place(self._labels[task].label) for task in people], dtype=np.intp),
            self.matrix([self.model.beliefs[task] for task in people]),
        )

    def matrix(self, beliefs: Iterable[Belief]) -> Floats:
        """Return beliefs as probabilities of the offered labels, shape (beliefs, K)."""
        rows = [[*spread(one, self.offered).values()] for one in beliefs]
        matrix: Floats = np.array(rows, dtype=np.float64).reshape(-1, len(self.offered))
        return matrix

    @cached_property
    def _labels(self) -> Mapping[int, AnnotatorLabel]:
        """What it said that is still offered, by task."""
        offered = {*self.offered}
        return {
            task: one for task, one in self.state.annotator_labels.items() if one.label in offered
        }

    @cached_property
    def _moved(self) -> Mapping[int, LedgerPrediction]:
        """The model's predictions that its labels move, as they are then, by id."""
        speaking = {
            task: one
            for task, one in self._labels.items()
            if not one.is_drawn and task not in self.answers.votes
        }
        found = [
            one
            for one in self.model.predictions
            if one.task in speaking and one.calibrator is not None and one.answer is not None
        ]
        moved: dict[int, LedgerPrediction] = {}
        for model in {one.model for one in speaking.values()}:
            own = [one for one in found if speaking[one.task].model == model]
            said = [self.offered.index(speaking[one.task].label) for one in own]
            believed = self.matrix([_belief(one) for one in own])
            after = fused(believed, np.array(said, dtype=np.intp), self.skill(model))
            moved |= {one.id: self._with(one, row) for one, row in zip(own, after, strict=True)}
        return moved

    def _with(self, one: LedgerPrediction, probabilities: Floats) -> LedgerPrediction:
        """Return a prediction that says what the probabilities say, or what was frozen."""
        answer = self.offered[int(probabilities.argmax())]
        confidence = float(probabilities.max())
        member = self.state.members.get(one.task)
        if member is not None and member.label is not None and member.error is not None:
            answer, confidence = member.label, 1 - member.error
        distribution = dict(zip(self.offered, probabilities.tolist(), strict=True))
        parts = {name: PartBelief(confidence, distribution) for name in one.parts}
        return replace(
            one, answer=answer, confidence=confidence, distribution=distribution, parts=parts
        )


def _belief(one: LedgerPrediction) -> Belief:
    return Belief(one.answer or "", one.confidence or 0.0, one.distribution)


def _plurality(votes: Sequence[str]) -> str | None:
    """Return what most people say; None where several labels tie, or nobody answered."""
    first, *others = Counter(votes).most_common(2) or [("", 0)]
    return first[0] if first[1] and all(one[1] < first[1] for one in others) else None
