"""The collapse guard: synthetic texts help where they can, and harm nowhere much."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.learning.learners.collapse_guard import (
    CAP,
    ShareChoice,
    choose_share,
    fit_guarded,
    together,
)
from backend.learning.learners.weighted_words import WeightedWords
from backend.learning.material import Material, Texts
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.mathtypes import Floats
from labeling.metrics import expected_calibration_error
from tests.support.keyword_texts import keyword, keyword_material, keyword_texts
from tests.support.synthetic_texts import random_world

LABELS = 4


def people(number: int, seed: int = 0) -> Material:
    truth = np.random.default_rng(seed).integers(LABELS, size=number).tolist()
    return keyword_material(truth, LABELS)


def written(number: int, *, seed: int = 1, right: float = 1.0) -> SyntheticTexts:
    """Synthetic texts of which a share has the label that they were written for."""
    random = np.random.default_rng(seed)
    truth = random.integers(LABELS, size=number)
    is_right = random.random(number) < right
    labels = np.where(is_right, truth, random.integers(LABELS, size=number)).astype(np.intp)
    return SyntheticTexts(keyword_texts(truth.tolist(), seed), labels)


def words(material: Material, synthetic: SyntheticTexts) -> WeightedWords:
    return WeightedWords.read([*material.known.texts, *synthetic.texts])


def loss(learned: Callable[[Texts], Floats], fresh: Material) -> float:
    return float(fresh.answers.log_loss(learned(fresh.known)).mean())


class Noting:
    """Notes what it learns from, and believes nothing."""

    def __init__(self) -> None:
        self.seen: list[tuple[tuple[str, ...], Floats]] = []

    def __call__(self, material: Material, weights: Floats) -> "Undecided":
        self.seen.append((material.known.texts, weights))
        return Undecided()


class Undecided:
    def __call__(self, texts: Texts) -> Floats:
        return np.full((len(texts), LABELS), 1 / LABELS)

    def save(self, folder: Path) -> None:
        raise AssertionError(f"nothing is kept in {folder}")


def test_good_texts_are_used_and_help() -> None:
    material, synthetic = people(24), written(200)
    guarded = fit_guarded(words(material, synthetic), material, synthetic)
    alone = fit_guarded(words(material, synthetic), material, synthetic, cap=0)
    assert guarded.choice.share > 0
    assert alone.choice.share == 0
    assert loss(guarded, people(300, 9)) < loss(alone, people(300, 9))


class Stated:
    """Believes what a test says of people's texts, whether synthetic ones are beside them or not.

    Attributes:
        alone: Probability of the first of two labels by text, without synthetic texts.
        beside: The same, with them.
    """

    def __init__(self, alone: Mapping[str, float], beside: Mapping[str, float]) -> None:
        self.alone, self.beside = alone, beside

    def __call__(self, material: Material, _: Floats) -> "Telling":
        is_alone = all(one in self.alone for one in material.known.texts)
        return Telling(self.alone if is_alone else self.beside)


class Telling:
    def __init__(self, first: Mapping[str, float]) -> None:
        self.first = first

    def __call__(self, texts: Texts) -> Floats:
        first = np.array([self.first.get(one, 0.0) for one in texts.texts])
        return np.column_stack([first, 1 - first])

    def save(self, folder: Path) -> None:
        raise AssertionError(f"nothing is kept in {folder}")


def chosen(frequent: Sequence[float], rare: float) -> ShareChoice:
    """Choose a share where a rare label has 6 answers of 146, and is believed with .2 alone.

    Args:
        frequent: What is believed of the other answers, in turns, with synthetic texts; without
            them it is .8, .8, .8, .8 and .2.
        rare: What is believed of the rare label's answers with them.
    """
    bare = keyword_material([1] * 6 + [0] * 140, 2)
    texts = tuple(f"text {place}" for place in range(146))
    material = Material(bare.values, Texts(texts, bare.known.log_probabilities), bare.answers)
    alone = dict(zip(texts, [0.8] * 6 + [0.8, 0.8, 0.8, 0.8, 0.2] * 28, strict=True))
    beside = dict(zip(texts, [1 - rare] * 6 + [*frequent] * 28, strict=True))
    return choose_share(
        Stated(alone, beside), material, SyntheticTexts(("a", "b"), np.ones(2, dtype=np.intp))
    )


def test_what_rare_labels_gain_counts_as_much_as_what_frequent_ones_lose() -> None:
    choice = chosen([0.9, 0.65, 0.9, 0.65, 0.2], rare=0.4)
    assert 0 < choice.losses[0.1] - choice.losses[0.0] < 0.01, "over all answers, nothing is won"
    assert choice.label_losses[0.1] < choice.label_losses[0.0] - 0.2
    assert choice.share == 0.1, "a larger one does no better"


def test_no_share_is_used_that_costs_all_answers_more_than_chance() -> None:
    choice = chosen([0.6, 0.6, 0.6, 0.6, 0.3], rare=0.5)
    assert choice.label_losses[0.1] < choice.label_losses[0.0] - 0.2, "rare labels gain"
    assert choice.losses[0.1] > choice.losses[0.0] + 0.1, "and all together lose"
    assert choice.share == 0


def test_texts_with_wrong_labels_are_not_used() -> None:
    material, right = people(60), written(300)
    synthetic = SyntheticTexts(right.texts, (right.labels + 1) % LABELS)
    guarded = fit_guarded(words(material, synthetic), material, synthetic)
    assert len(guarded.agreeing) < 30
    assert guarded.choice.share == 0
    assert "no share" in guarded.choice.why


@pytest.mark.parametrize("right", [0.0, 0.25, 0.6])
def test_bad_texts_seldom_do_harm(right: float) -> None:
    """In simulated projects, against people's answers alone, by more than a twentieth of a nat."""
    harmed = 0
    for seed in range(6):
        material = people(40, seed)
        synthetic = written(120, seed=seed + 100, right=right)
        fit, fresh = words(material, synthetic), people(200, seed + 1000)
        guarded = fit_guarded(fit, material, synthetic)
        alone = fit(material, np.ones(len(material)))
        harmed += loss(guarded, fresh) > loss(alone, fresh) + 0.05
    assert harmed <= 1


def test_without_synthetic_texts_people_are_learned_from_alone() -> None:
    material = people(30)
    guarded = fit_guarded(words(material, written(0)), material, written(0))
    assert (guarded.choice.share, [*guarded.choice.losses]) == (0, [0.0])


def test_people_are_always_learned_from_and_count_in_full() -> None:
    material, synthetic = people(40), written(400)
    for texts, weights in _learned_from(material, synthetic):
        humans = [place for place, text in enumerate(texts) if text in {*material.known.texts}]
        assert len(humans) >= 0.8 * len(material)
        assert (weights[humans] == 1).all()


def test_the_cap_holds_whatever_is_tried() -> None:
    for _, weights in _learned_from(people(40), written(900)):
        assert weights[weights < 1].sum() / weights.sum() <= CAP + 1e-9


def test_no_synthetic_text_counts_more_than_an_answer() -> None:
    _, weights = together(people(100), written(5), share=0.5)
    assert weights.max() == 1


def test_what_was_made_of_a_held_out_text_is_held_out_with_it() -> None:
    material = people(40)
    parents = material.known.texts
    children = tuple(f"{text} in other words {place}" for place, text in enumerate(parents))
    synthetic = SyntheticTexts(children, material.answers.answers, None, parents)
    *in_folds, _, _ = _learned_from(material, synthetic)
    assert any("in other words" in one for texts, _ in in_folds for one in texts)
    for texts, _ in in_folds:
        held = {*parents} - {*texts}
        assert held
        assert not [one for one in texts if any(one.startswith(f"{h} in") for h in held)]


def test_what_was_made_of_a_text_that_nobody_answered_is_left_out() -> None:
    synthetic = SyntheticTexts(("a", "b"), np.array([0, 1]), None, ("no such text", ""))
    material, _ = together(people(10), synthetic, share=0.1)
    assert material.known.texts[10:] == ("b",)


def test_only_texts_whose_label_people_agree_with_are_learned_from() -> None:
    material, synthetic = people(80), written(120, right=0.5)
    guarded = fit_guarded(words(material, synthetic), material, synthetic)
    right = [keyword(label) in text for text, label in _labelled(guarded.agreeing)]
    assert np.mean([keyword(label) in text for text, label in _labelled(synthetic)]) < 0.7
    assert np.mean(right) > 0.95


def test_a_text_whose_label_people_confirmed_needs_no_other_agreement() -> None:
    material, synthetic = people(80), written(120, right=0.5)
    confirmed = np.arange(len(synthetic)) < 40
    asked = replace(synthetic, confirmed=confirmed)
    guarded = fit_guarded(words(material, asked), material, asked)
    assert {*asked.part(confirmed).texts} <= {*guarded.agreeing.texts}
    assert len(guarded.agreeing) < len(synthetic)


def test_held_out_answers_have_no_say_in_which_texts_are_learned_from() -> None:
    """All labels are tosses of a coin; texts that agree with a held-out answer would tell it."""
    material, synthetic = random_world(seed=0)
    guarded = fit_guarded(words(material, synthetic), material, synthetic)
    assert guarded.choice.share == 0
    assert min(guarded.choice.losses.values()) > np.log(2) - 0.02


def test_only_peoples_answers_judge() -> None:
    """Undecided about all, the loss is that of a guess, whatever synthetic texts say."""
    guarded = fit_guarded(Noting(), people(40), written(100))
    assert [*guarded.choice.losses.values()] == pytest.approx([np.log(LABELS)] * 4)


def test_texts_that_repeat_each_other_make_nothing_surer_than_it_is_right() -> None:
    material, few = people(60), written(10, right=0.8)
    repeated = SyntheticTexts(
        tuple(f"{text} {copy}" for copy in range(30) for text in few.texts),
        np.tile(few.labels, 30),
    )
    guarded = fit_guarded(words(material, repeated), material, repeated)
    fresh = people(400, 9)
    believed = guarded(fresh.known)
    right = believed.argmax(axis=1) == fresh.answers.answers
    assert expected_calibration_error(believed.max(axis=1), right) < 0.2


def test_opinions_stay_opinions() -> None:
    said = np.full((30, LABELS), 0.1) + 0.6 * np.eye(LABELS)[np.arange(30) % LABELS]
    material = keyword_material([*np.arange(30) % LABELS], LABELS, shares=said)
    joined, _ = together(material, written(8), share=0.25)
    assert joined.answers.shares is not None
    assert joined.answers.shares.shape == (38, LABELS)
    assert joined.answers.shares.sum(axis=1) == pytest.approx(1)


def _labelled(synthetic: SyntheticTexts) -> list[tuple[str, int]]:
    return [*zip(synthetic.texts, synthetic.labels.tolist(), strict=True)]


def _learned_from(
    material: Material, synthetic: SyntheticTexts
) -> Sequence[tuple[tuple[str, ...], Floats]]:
    noting = Noting()
    fit_guarded(noting, material, synthetic)
    return noting.seen
