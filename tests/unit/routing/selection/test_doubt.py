"""How much a text is doubted of which several things are asked."""

import numpy as np
import pytest

from aggregation.beliefs import PartBelief
from labeling.answers.types import AnswerType
from labeling.mathtypes import Floats
from routing.selection.base import ScoringStrategy
from routing.selection.belief_matrix import ControlBeliefs, belief_matrix
from routing.selection.entropy import Entropy
from routing.selection.least_confidence import LeastConfidence
from routing.selection.margin import Margin
from routing.selection.pool import Pool

MEASURES = [LeastConfidence(), Margin(), Entropy()]
measures = pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one.name)


def pool_of(*controls: tuple[AnswerType, list[PartBelief | None]]) -> Pool:
    matrix, columns = belief_matrix([ControlBeliefs(*one) for one in controls])
    return Pool(matrix, np.zeros(len(matrix), dtype=np.bool_), controls=columns)


def doubts(
    measure: ScoringStrategy, *controls: tuple[AnswerType, list[PartBelief | None]]
) -> Floats:
    pool = pool_of(*controls)
    return measure.scores(pool, np.arange(len(pool)))


def one_set(*probabilities: float) -> PartBelief:
    return PartBelief(0.5, {f"l{place}": one for place, one in enumerate(probabilities)})


def choice(*probabilities: float) -> PartBelief:
    return PartBelief(max(probabilities), dict(zip("abcdefgh", probabilities, strict=False)))


def test_of_a_set_margin_sees_the_least_certain_label_and_the_others_all() -> None:
    texts = [one_set(0.5, 0.0, 0.0, 0.0), one_set(0.3, 0.3, 0.3, 0.3)]
    of_one, of_all = doubts(Margin(), (AnswerType.SET, [*texts])).tolist()
    assert (of_one, of_all) == pytest.approx((1.0, 0.6))
    share = doubts(LeastConfidence(), (AnswerType.SET, [*texts]))
    assert share == pytest.approx([0.125, 0.3]), "the share of labels that are probably wrong"
    of_one, of_all = doubts(Entropy(), (AnswerType.SET, [*texts])).tolist()
    assert of_one < of_all


@measures
def test_a_longer_text_is_not_doubted_for_its_length(measure: ScoringStrategy) -> None:
    def spans(count: int, probability: float) -> PartBelief:
        entries = {f'[{place},{place + 1},"PER"]': probability for place in range(count)}
        return PartBelief(probability ** (count + 1), entries)

    short, long, worse = spans(2, 0.9), spans(12, 0.9), spans(2, 0.8)
    of_short, of_long, of_worse = doubts(measure, (AnswerType.SPANS, [short, long, worse]))
    assert of_short == pytest.approx(of_long)
    assert of_worse > of_long


@measures
def test_what_is_probably_wrong_is_doubted_more_than_a_coin_flip(measure: ScoringStrategy) -> None:
    texts: list[PartBelief | None] = [PartBelief(0.1), PartBelief(0.5), PartBelief(0.9)]
    first, second, third = doubts(measure, (AnswerType.TEXT, texts))
    assert first > second > third


@measures
def test_a_doubt_about_any_control_of_a_form_counts(measure: ScoringStrategy) -> None:
    sure, unsure = choice(0.99, 0.01), choice(0.6, 0.4)
    plain, named = one_set(0.01, 0.99), one_set(0.4, 0.99)
    neither, first, second, both = doubts(
        measure,
        (AnswerType.CLASS, [sure, unsure, sure, unsure]),
        (AnswerType.SET, [plain, plain, named, named]),
    )
    assert neither < min(first, second)
    assert both >= max(first, second)


@measures
def test_a_control_that_does_not_show_is_not_doubted(measure: ScoringStrategy) -> None:
    hidden, shown = doubts(
        measure,
        (AnswerType.CLASS, [choice(0.9, 0.1)] * 2),
        (AnswerType.CLASS, [None, choice(0.6, 0.4)]),
    )
    assert hidden < shown


def test_a_form_with_many_labels_is_as_many_labels_as_there_are_to_tell_apart() -> None:
    of_one = pool_of((AnswerType.CLASS, [choice(0.5, 0.3, 0.2)]))
    of_set = pool_of((AnswerType.SET, [one_set(0.5, 0.3, 0.2)]))
    assert (of_one.labels, of_set.labels) == (3, 4)


def test_columns_that_no_control_has_are_refused() -> None:
    pool = pool_of((AnswerType.SET, [one_set(0.5, 0.3)]))
    with pytest.raises(ValueError, match="3 columns"):
        Pool(pool.probabilities[:, :3], pool.is_answered, controls=pool.controls)
