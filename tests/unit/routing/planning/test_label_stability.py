"""Cohen's kappa between two labellings: scikit-learn's, where that is defined."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped]

from routing.planning.label_stability import cohen_kappa

Pairs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1)


@given(Pairs)
def test_is_scikit_learn_s(pairs: list[tuple[str, str]]) -> None:
    before, after = (list(one) for one in zip(*pairs, strict=True))
    assume(len({*before, *after}) > 1)
    assert cohen_kappa(before, after) == pytest.approx(cohen_kappa_score(before, after))


@given(Pairs)
def test_which_lesson_came_first_and_what_labels_are_called_is_all_the_same(
    pairs: list[tuple[str, str]],
) -> None:
    before, after = (list(one) for one in zip(*pairs, strict=True))
    kappa = cohen_kappa(before, after)
    called = {"a": "x", "b": "y", "c": "z"}
    assert cohen_kappa(after, before) == pytest.approx(kappa)
    assert cohen_kappa([called[one] for one in before], [called[one] for one in after]) == kappa


@given(st.lists(st.sampled_from("abc"), min_size=1))
def test_the_same_labels_are_wholly_stable(labels: list[str]) -> None:
    assert cohen_kappa(labels, labels) == pytest.approx(1)


def test_labels_drawn_anew_are_not_stable_however_rare_most_are() -> None:
    rng = np.random.default_rng(0)
    before, after = (rng.choice(["rare", "most"], 20_000, p=[0.1, 0.9]).tolist() for _ in range(2))
    assert cohen_kappa(before, after) == pytest.approx(0, abs=0.03)


def test_of_no_text_nothing_is_known() -> None:
    assert cohen_kappa([], []) is None


def test_labels_of_other_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="compare"):
        cohen_kappa(["a"], [])
