"""What every gate does, whatever it looks at."""

import numpy as np
import pytest

from backend.synthesis.gates import Gate, RealTexts, all_gates, pass_gates
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.mathtypes import Bools
from tests.support.synthetic_texts import classifier, drafts, drafts_of, real

GATES = all_gates(classifier())

SENTENCE = "the goal of the new coach was there again"

NOBODY = RealTexts((), np.empty(0, dtype=np.intp))

every_gate = pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)


@every_gate
class TestEveryGate:
    def test_lets_good_texts_pass(self, gate: Gate) -> None:
        assert gate.judge(drafts(), real()).passes.mean() > 0.8

    def test_says_the_same_of_the_same(self, gate: Gate) -> None:
        first, second = gate.judge(drafts(), real()), gate.judge(drafts(), real())
        assert (first.passes == second.passes).all()
        assert first.figures == second.figures

    def test_measures_something(self, gate: Gate) -> None:
        assert gate.judge(drafts(), real()).figures

    @pytest.mark.parametrize("number", [1, 2, 25])
    def test_judges_any_number_of_texts(self, gate: Gate, number: int) -> None:
        verdict = gate.judge(drafts(number), real())
        assert verdict.passes.shape == (number,)
        assert verdict.passes.dtype == np.bool_

    def test_judges_where_people_wrote_nothing(self, gate: Gate) -> None:
        assert gate.judge(drafts(5), NOBODY).passes.shape == (5,)

    def test_changes_no_text(self, gate: Gate) -> None:
        given = drafts()
        gate.judge(given, real())
        assert given.texts == drafts().texts


@pytest.mark.parametrize(
    "gate",
    [one for one in GATES if one.name not in ("doubt", "label agreement")],
    ids=lambda gate: gate.name,
)
def test_needs_no_embeddings(gate: Gate) -> None:
    """But for the gates whose classifier learned from them."""
    bare = SyntheticTexts(drafts().texts, drafts().labels)
    wrote = RealTexts(real().texts, real().labels)
    assert gate.judge(bare, wrote).passes.mean() > 0.8


def test_texts_pass_one_gate_after_the_other() -> None:
    known = real().texts[0]
    given = drafts_of("the team@match.goal said there was today", known, SENTENCE)
    passed = pass_gates(all_gates(None), given, real())
    assert passed.refused_by == ("personal data", "duplicates", "")
    assert passed.passes.tolist() == [False, False, True]
    of_gates = {one.name: (one.seen, one.refused) for one in passed.reports}
    assert of_gates["personal data"] == (3, 1)
    assert of_gates["duplicates"] == (2, 1)
    assert of_gates["discriminability"] == (1, 0)


def test_nothing_is_asked_of_a_gate_that_no_text_comes_to() -> None:
    passed = pass_gates(all_gates(None), drafts_of("", " "), real())
    assert not passed.passes.any()
    assert [one.name for one in passed.reports] == ["length"]


def test_a_report_has_null_where_nothing_could_be_measured() -> None:
    passed = pass_gates(all_gates(None), drafts(3), real())
    assert passed.reports[-1].to_json() == {
        "name": "discriminability",
        "seen": 3,
        "refused": 0,
        "figures": {"AUROC": None},
    }


def test_parents_and_embeddings_stay_with_their_texts() -> None:
    where: Bools = np.array([False, True, True])
    part = drafts_of("a", "b", "c", parents=("x", "y", "z")).part(where)
    assert (part.texts, part.parents) == (("b", "c"), ("y", "z"))
