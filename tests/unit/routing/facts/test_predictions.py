"""What the model believes of a task: out of fold where it learned from it, else as predicted."""

from dataclasses import replace

import pytest

from aggregation.beliefs import Belief, PartBelief
from routing.facts.predictions import PredictionFacts
from routing.facts.project import ProjectFacts
from routing.ledger.held_out_belief import HeldOutBelief
from tests.support.ledger_states import answer, decision, prediction, state, task
from tests.support.snapshots import facts_of

SHARES = {"negative": 0.7, "positive": 0.3}
HELD_OUT = HeldOutBelief(1, "m", "negative", 0.7, True, {"sentiment": PartBelief(0.7, SHARES)})
OWN = Belief("negative", 0.7, SHARES, "m", calibrated=True, parts=HELD_OUT.parts)
PREDICTIONS = [prediction(1, 1, "positive"), prediction(2, 2, "positive")]


class TestBeliefs:
    facts = PredictionFacts(PREDICTIONS, {1: HELD_OUT})

    def test_of_what_was_learned_from_are_out_of_fold(self) -> None:
        assert self.facts.beliefs[1] == OWN

    def test_of_the_rest_are_its_prediction(self) -> None:
        assert self.facts.beliefs[2].label == "positive"
        assert {*self.facts.beliefs} == {1, 2}

    def test_are_there_without_any_prediction(self) -> None:
        """As of a task that people had answered before Tandem came."""
        facts = PredictionFacts([], {1: HELD_OUT})
        assert dict(facts.beliefs) == {1: OWN}
        assert len(facts.beliefs) == 1

    def test_leave_predictions_as_they_are(self) -> None:
        assert self.facts.latest[1] == PREDICTIONS[0]
        assert PREDICTIONS[0] not in self.facts.outdated("m")

    def test_of_a_form_say_nothing_of_whole_answers(self) -> None:
        parts = {"mood": PartBelief(0.9, {"good": 0.9}), "tone": PartBelief(0.8, {"kind": 0.8})}
        facts = PredictionFacts([], {1: replace(HELD_OUT, parts=parts)})
        assert facts.beliefs[1].distribution == {}
        assert facts.beliefs[1].parts["tone"] == PartBelief(0.8, {"kind": 0.8})

    def test_are_others_where_what_is_held_out_is(self) -> None:
        same, other = (
            PredictionFacts(PREDICTIONS, {1: replace(HELD_OUT, confidence=confidence)}).beliefs
            for confidence in (0.7, 0.6)
        )
        assert self.facts.beliefs == same
        assert self.facts.beliefs != other


@pytest.fixture
def facts() -> ProjectFacts:
    """A task that one person answered `negative`; the prediction beside it said `positive`."""
    known = state([task(1)], [answer(1, 1)], [decision("review")], PREDICTIONS[:1])
    return facts_of(known)


def test_what_the_model_learned_speaks_for_a_label_out_of_fold(facts: ProjectFacts) -> None:
    before = facts.consensus.probabilities_with_model[1]
    after = facts.with_state(replace(facts.state, held_out={1: HELD_OUT}))
    assert after.beliefs[1] == OWN
    assert after.consensus.probabilities_with_model[1] > before
    assert after.consensus.probabilities[1] == facts.consensus.probabilities[1]
