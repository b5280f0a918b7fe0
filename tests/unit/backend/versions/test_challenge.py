"""A challenger takes the champion's place where it is better by more than chance explains."""

import numpy as np
import pytest

from backend.learning.samples import AnsweredItem
from backend.questions.item import item_of
from backend.versions.beliefs import Beliefs
from backend.versions.challenge import compare
from labeling.form.equivalence import Equivalence
from labeling.mathtypes import Floats
from labeling.protocol.learn import HeldOutPart, HeldOutResult
from labeling.protocol.models import Comparison
from tests.support.questions import CONTROLS, form_of

FORM = form_of(CONTROLS["single"])
SEEDS = 400


def people(answers: list[str]) -> list[AnsweredItem]:
    return [
        AnsweredItem(item_of(FORM, f"Text {number}."), one, FORM.answers(one), 1.0, {})
        for number, one in enumerate(answers)
    ]


def beliefs(probabilities: Floats) -> Beliefs:
    """What is believed of each text, given the probability of `Sport`."""
    return {f"Text {number}.": _belief(float(p)) for number, p in enumerate(probabilities)}


def _belief(p: float) -> HeldOutResult:
    shares = {"Sport": p, "Food": 1 - p}
    answer = max(shares, key=lambda label: shares[label])
    part = HeldOutPart(confidence=shares[answer], distribution=shares)
    return HeldOutResult(
        answer=answer, confidence=shares[answer], calibrated=True, parts={"c": part}
    )


def duel(seed: int, better: float, answers: int = 60, **gone: int) -> Comparison:
    """Two models that see the truth through noise; the challenger through so much less of it."""
    random = np.random.default_rng(seed)
    truth = random.random(answers) < 0.5
    log_odds = np.where(truth, 1.0, -1.0)
    champion, challenger = (
        1 / (1 + np.exp(-(strength * log_odds + random.normal(size=answers))))
        for strength in (1.0, 1.0 + better)
    )
    said = people(["Sport" if one else "Food" for one in truth])
    return compare(
        Equivalence(FORM),
        said,
        "old",
        beliefs(champion),
        beliefs(challenger),
        **gone,
    )


def test_one_that_is_no_better_wins_in_one_case_of_forty() -> None:
    won = sum(duel(seed, better=0.0).is_won for seed in range(SEEDS))
    # Three standard errors above .025.
    assert won / SEEDS <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / SEEDS)


def test_one_that_is_much_better_wins_nearly_always() -> None:
    assert sum(duel(seed, better=1.5).is_won for seed in range(50)) >= 45


def test_one_that_is_worse_never_wins() -> None:
    assert not any(duel(seed, better=-0.9).is_won for seed in range(50))


what_is_gone = pytest.mark.parametrize("gone", ["taken_back", "removed_texts"])


@what_is_gone
def test_where_what_it_learned_from_is_gone_the_champion_stays_by_chance_in_one_case_of_forty(
    gone: str,
) -> None:
    stayed = sum(not duel(seed, better=0.0, **{gone: 9}).is_won for seed in range(SEEDS))
    assert stayed / SEEDS <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / SEEDS)


@what_is_gone
def test_and_nearly_always_where_it_is_much_better(gone: str) -> None:
    assert sum(duel(seed, better=-1.5, **{gone: 9}).is_won for seed in range(50)) <= 5


def test_the_same_beliefs_are_no_gain() -> None:
    same = beliefs(np.full(20, 0.7))
    comparison = compare(Equivalence(FORM), people(["Sport"] * 20), "old", same, same)
    assert (comparison.gain, comparison.low, comparison.high) == (0, 0, 0)
    assert comparison.against == "old"
    assert not comparison.is_won


def test_answers_of_which_either_believes_nothing_do_not_count() -> None:
    old, new = dict(beliefs(np.full(6, 0.6))), dict(beliefs(np.full(6, 0.9)))
    old["Text 0."], new["Text 1."] = None, None
    del old["Text 2."], new["Text 3."]
    comparison = compare(Equivalence(FORM), people(["Sport"] * 6), "old", old, new)
    assert comparison.answers == 2
    assert comparison.gain == pytest.approx(np.log(0.9 / 0.6))


@pytest.mark.parametrize("answers", [0, 1])
def test_too_few_answers_prove_nothing(answers: int) -> None:
    said = people(["Sport"] * answers)
    old, new = beliefs(np.full(answers, 0.01)), beliefs(np.full(answers, 0.99))
    assert not compare(Equivalence(FORM), said, "old", old, new).is_won
    followed = compare(Equivalence(FORM), said, "old", old, new, taken_back=9)
    assert followed.is_won == (answers > 0), "nothing speaks for either where nothing is left"
