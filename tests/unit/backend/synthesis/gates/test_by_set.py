"""The gates that look at all texts together."""

import numpy as np
import pytest

from backend.synthesis.gates.discriminability import Discriminability
from backend.synthesis.gates.diversity import Diversity, distinct
from backend.synthesis.synthetic_texts import SyntheticTexts
from tests.support.synthetic_texts import drafts, embed, real


def test_distinct_n_counts_each_sequence_once() -> None:
    assert distinct(["a b a b"], words=2) == pytest.approx(2 / 3)
    assert distinct(["A b!", "a B"], words=2) == 0.5
    assert np.isnan(distinct(["a"], words=2))


def test_a_label_whose_texts_are_all_alike_does_not_pass() -> None:
    good = drafts(40)
    texts = (*good.texts, *(f"the match was new today again {n}" for n in range(20)))
    labels = np.concatenate([good.labels, np.full(20, 3)])
    verdict = Diversity().judge(SyntheticTexts(texts, labels, embed(texts)), real())
    assert verdict.passes[:40].all()
    assert not verdict.passes[40:].any()


def test_diversity_is_held_against_as_many_real_texts() -> None:
    figures = Diversity().judge(drafts(300), real(60)).figures
    assert figures["distinct-2"] == pytest.approx(figures["distinct-2, real"], rel=0.15)
    assert figures["dispersion"] == pytest.approx(figures["dispersion, real"], rel=0.15)


def test_what_is_as_real_texts_cannot_be_told_apart() -> None:
    found = Discriminability().judge(drafts(200), real(200)).figures["AUROC"]
    assert found == pytest.approx(0.5, abs=0.12)


def test_what_gives_itself_away_is_told_apart_and_passes() -> None:
    texts = tuple(f"{text} again again again" for text in drafts(100).texts)
    verdict = Discriminability().judge(
        SyntheticTexts(texts, drafts(100).labels, embed(texts)), real(200)
    )
    assert verdict.figures["AUROC"] > 0.9
    assert verdict.passes.all()
