"""Agreement under each version of the instruction, and what is said where few answers tell."""

from datetime import timedelta

import numpy as np
import pytest

from aggregation.votes import Answer
from labeling.form.equivalence import Equivalence
from routing.ledger.instructions import Instruction
from tandem.report.instructions import instruction_agreement
from tests.support.observed_tasks import FORM, NOON

VERSIONS = [Instruction(1, "", NOON), Instruction(2, "Read twice.", NOON + timedelta(days=1))]
FORM_OF = Equivalence(FORM)


def votes(first: int, count: int, agreement: float, days: int, seed: int = 0) -> list[Answer]:
    """Two people's answers, who say the same with this probability."""
    rng, given = np.random.default_rng(seed), []
    for task in range(first, first + count):
        label, other = rng.permutation(["positive", "negative"])
        second = label if rng.random() < agreement else other
        at = NOON + timedelta(days=days, minutes=task)
        given += [
            Answer(task, who, said, "person", at) for who, said in (("a", label), ("b", second))
        ]
    return given


def test_an_answer_belongs_to_the_version_that_stood() -> None:
    early = [Answer(1, "a", "positive", "person", NOON - timedelta(days=9))]
    edge = [Answer(2, "a", "positive", "person", NOON + timedelta(days=1))]
    found = instruction_agreement(VERSIONS, [*early, *edge], FORM_OF)
    assert [(one.number, one.answers, one.shared, one.alpha) for one in found] == [
        (1, 1, 0, None),
        (2, 1, 0, None),
    ]


def test_alpha_of_each_version_is_krippendorffs() -> None:
    # Three items of two votes each, one of them divided: D_o = 1/3, D_e = 2·3·3 / (6·5).
    said = [("positive", "positive"), ("negative", "negative"), ("positive", "negative")]
    given = [
        Answer(task, who, label, "person", NOON)
        for task, labels in enumerate(said)
        for who, label in zip("ab", labels, strict=True)
    ]
    found = instruction_agreement(VERSIONS, given, FORM_OF)[0]
    assert found.alpha == pytest.approx(1 - (1 / 3) / 0.6)
    assert found.is_little
    assert found.interval is None


def test_a_better_instruction_shows() -> None:
    given = [*votes(1, 200, 0.7, 0), *votes(1_000, 200, 0.95, 2)]
    before, after = instruction_agreement(VERSIONS, given, FORM_OF)
    assert before.interval is not None
    assert after.interval is not None
    assert before.interval.high < after.interval.low


def test_the_interval_holds_the_true_alpha_about_as_often_as_it_says() -> None:
    # Two people agree on .8 of evenly split items: alpha is 1 - .2 / .5 = .6.
    held = 0
    for seed in range(30):
        (found, _) = instruction_agreement(VERSIONS, votes(1, 100, 0.8, 0, seed), FORM_OF)
        assert found.interval is not None
        held += found.interval.low <= 0.6 <= found.interval.high
    assert held >= 25  # 28 or 29 of 30 are expected; fewer than 25 have a probability below 1%


def test_an_instruction_that_never_changed_is_not_compared() -> None:
    assert instruction_agreement(VERSIONS[:1], votes(1, 10, 0.9, 0), FORM_OF) == ()
