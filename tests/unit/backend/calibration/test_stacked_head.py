"""The second opinion: it learns what the text tells beyond the LLM, and few answers do no harm."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import log_softmax

from backend.calibration.stacked_head import StackedHead, fit, fit_weighted
from backend.calibration.stacking_logit import MOST_CONFUSED
from labeling.mathtypes import Floats, Indices


@dataclass(frozen=True, slots=True)
class HeardTexts:
    """What an LLM says of texts, their embeddings, and their right labels."""

    log_probabilities: Floats
    embeddings: Floats
    answers: Indices


def texts(
    count: int,
    seed: int = 0,
    labels: int = 3,
    heard: float = 1.0,
    told: float = 1.0,
    dims: int = 16,
) -> HeardTexts:
    """HeardTexts of which the LLM hears so much of the label, and the embedding tells so much."""
    rng = np.random.default_rng(seed)
    answers = rng.integers(labels, size=count)
    stated = log_softmax(rng.normal(size=(count, labels)) + 2 * heard * np.eye(labels)[answers], 1)
    directions = np.random.default_rng(99).normal(size=(labels, dims))
    embeddings = rng.normal(size=(count, dims)) + told * directions[answers]
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    return HeardTexts(stated, embeddings, answers.astype(np.intp))


def accuracy(judged: Floats, answers: Indices) -> float:
    return float((judged.argmax(axis=1) == answers).mean())


def log_loss(judged: Floats, answers: Indices) -> float:
    return float(-np.log(judged[np.arange(len(answers)), answers]).mean())


def fitted(known: HeardTexts, reliability: Floats | None = None) -> StackedHead:
    return fit(known.log_probabilities, known.embeddings, known.answers, reliability)[0]


def out_of_fold(known: HeardTexts) -> Floats:
    return fit(known.log_probabilities, known.embeddings, known.answers)[1]


FRESH = texts(3000, seed=1)


class TestFit:
    def test_learns_from_the_embeddings_what_the_llm_does_not_say(self) -> None:
        judged = fitted(texts(300))(FRESH.log_probabilities, FRESH.embeddings)
        stated = np.exp(FRESH.log_probabilities)
        assert accuracy(judged, FRESH.answers) > accuracy(stated, FRESH.answers) + 0.1
        assert log_loss(judged, FRESH.answers) < log_loss(stated, FRESH.answers) - 0.2

    def test_learns_more_from_more_answers(self) -> None:
        losses = [
            log_loss(fitted(texts(n))(FRESH.log_probabilities, FRESH.embeddings), FRESH.answers)
            for n in (50, 150, 500)
        ]
        assert losses == sorted(losses, reverse=True)

    def test_learns_which_labels_the_llm_takes_for_another_without_embeddings(self) -> None:
        known, fresh = texts(400, told=0), texts(2000, seed=1, told=0)
        turned = [0, 2, 1]
        head, _ = fit(known.log_probabilities[:, turned], None, known.answers)
        judged = head(fresh.log_probabilities[:, turned], None)
        corrected = accuracy(np.exp(fresh.log_probabilities), fresh.answers)
        assert accuracy(judged, fresh.answers) > corrected - 0.02

    def test_of_embeddings_that_tell_nothing_does_little_harm(self) -> None:
        known, fresh = texts(200, told=0, dims=64), texts(3000, seed=1, told=0, dims=64)
        judged = fitted(known)(fresh.log_probabilities, fresh.embeddings)
        stated = np.exp(fresh.log_probabilities)
        assert accuracy(judged, fresh.answers) > accuracy(stated, fresh.answers) - 0.04

    def test_of_random_answers_claims_to_know_nothing(self) -> None:
        known = texts(200, heard=0, told=0)
        rng = np.random.default_rng(5)
        noise = HeardTexts(
            known.log_probabilities, known.embeddings, rng.permutation(known.answers)
        )
        judged = out_of_fold(noise)
        assert log_loss(judged, noise.answers) > np.log(3) - 0.02
        assert judged.max(axis=1).mean() < 0.5

    def test_is_not_made_modest_by_people_s_mistakes(self) -> None:
        known = texts(600)
        rng = np.random.default_rng(3)
        reliability = rng.choice([0.6, 0.95], size=600)
        others = (known.answers + rng.integers(1, 3, size=600)) % 3
        given = np.where(rng.random(600) < reliability, known.answers, others).astype(np.intp)
        heard = HeardTexts(known.log_probabilities, known.embeddings, given)
        aware, naive = (
            log_loss(fitted(heard, trust)(FRESH.log_probabilities, FRESH.embeddings), FRESH.answers)
            for trust in (reliability, None)
        )
        assert aware < naive - 0.05

    def test_learns_nothing_from_answers_no_better_than_chance(self) -> None:
        known = texts(300, heard=0.7)
        head = fitted(known, np.full(300, 1 / 3))
        judged = head(FRESH.log_probabilities, FRESH.embeddings)
        agree = judged.argmax(axis=1) == FRESH.log_probabilities.argmax(axis=1)
        assert agree.mean() > 0.99

    @pytest.mark.parametrize("labels", [2, 9, MOST_CONFUSED + 1, 200])
    def test_bears_any_number_of_labels(self, labels: int) -> None:
        known, fresh = texts(150, labels=labels), texts(300, seed=1, labels=labels)
        judged = fitted(known)(fresh.log_probabilities, fresh.embeddings)
        stated = np.exp(fresh.log_probabilities)
        assert judged.shape == (300, labels)
        assert judged.sum(axis=1) == pytest.approx(1)
        assert accuracy(judged, fresh.answers) >= accuracy(stated, fresh.answers) - 0.02

    def test_bears_an_llm_that_is_certain(self) -> None:
        known = texts(80)
        certain = np.where(np.eye(3)[known.answers] > 0, 0.0, -np.inf)
        head, _ = fit(certain, known.embeddings, known.answers)
        assert np.all(np.isfinite(head(certain, known.embeddings)))

    @pytest.mark.parametrize("count", [5, 30])
    def test_of_few_answers_does_little_harm(self, count: int) -> None:
        judged = [
            fitted(texts(count, seed))(FRESH.log_probabilities, FRESH.embeddings)
            for seed in range(6)
        ]
        stated = log_loss(np.exp(FRESH.log_probabilities), FRESH.answers)
        assert np.mean([log_loss(one, FRESH.answers) for one in judged]) < stated + 0.1

    def test_bears_a_label_that_nobody_gave(self) -> None:
        known = texts(100)
        answers = np.zeros(100, dtype=np.intp)
        head, _ = fit(known.log_probabilities, known.embeddings, answers)
        judged = head(FRESH.log_probabilities, FRESH.embeddings)
        assert np.all(np.isfinite(judged))
        assert judged[:, 0].mean() > 0.8

    def test_says_how_many_answers_stand_behind_it(self) -> None:
        assert fitted(texts(50)).description == "second opinion, 50 answers"


class TestCrossed:
    @pytest.mark.parametrize(("item", "shift"), [(0, 1), (37, 2), (80, 1), (119, 2)])
    def test_never_saw_the_answer_that_it_judges(self, item: int, shift: int) -> None:
        known = texts(120)
        other = known.answers.copy()
        other[item] = (other[item] + shift) % 3
        before, after = (
            out_of_fold(HeardTexts(known.log_probabilities, known.embeddings, answers))
            for answers in (known.answers, other)
        )
        # What may move it is the others' class scores alone, which saw this answer.
        assert np.abs(before[item] - after[item]).max() < 0.1

    def test_without_embeddings_finds_nothing_where_there_is_nothing(self) -> None:
        known = texts(120, heard=0)
        _, judged = fit(known.log_probabilities, None, known.answers)
        assert log_loss(judged, known.answers) > np.log(3) - 0.02

    def test_is_as_good_as_what_is_fitted_turns_out_to_be(self) -> None:
        known = texts(300)
        judged = out_of_fold(known)
        fresh = fitted(known)(FRESH.log_probabilities, FRESH.embeddings)
        assert log_loss(judged, known.answers) == pytest.approx(
            log_loss(fresh, FRESH.answers), abs=0.06
        )
        assert accuracy(judged, known.answers) == pytest.approx(
            accuracy(fresh, FRESH.answers), abs=0.05
        )

    def test_does_not_flatter_where_there_is_nothing_to_learn(self) -> None:
        known = texts(100, heard=0, told=0, dims=200)
        judged = out_of_fold(known)
        assert log_loss(judged, known.answers) > np.log(3) - 0.05

    def test_needs_no_embeddings(self) -> None:
        known = texts(200)
        judged = fit(known.log_probabilities, None, known.answers)[1]
        assert judged.sum(axis=1) == pytest.approx(1)


class TestJSON:
    @pytest.mark.parametrize("labels", [2, 40])
    @pytest.mark.parametrize("has_texts", [True, False])
    def test_brings_it_back_as_it_was(self, labels: int, has_texts: bool) -> None:
        known = texts(60, labels=labels)
        embeddings = known.embeddings if has_texts else None
        head, _ = fit(known.log_probabilities, embeddings, known.answers)
        again = StackedHead.from_json(json.loads(json.dumps(head.to_json())))
        assert again(known.log_probabilities, embeddings) == pytest.approx(
            head(known.log_probabilities, embeddings), abs=1e-4
        )
        assert again.description == head.description
        assert again.to_json() == head.to_json()


class TestWeights:
    def test_an_answer_of_weight_2_is_as_good_as_two(self) -> None:
        known = texts(60)
        twice = np.concatenate([np.arange(60), np.arange(20)])
        weights = np.repeat([2.0, 1.0], [20, 40])
        given = (known.log_probabilities, known.embeddings, known.answers)
        weighted = fit_weighted(*given, weights)
        repeated = [one[twice] for one in given]
        assert weighted.centre == pytest.approx(repeated[1].mean(axis=0))
        # The scores with an answer left out differ: its twin is not left out with it.
        judged = weighted(FRESH.log_probabilities, FRESH.embeddings)
        of_twins = fit(*repeated)[0](FRESH.log_probabilities, FRESH.embeddings)
        assert np.abs(judged - of_twins).mean() < 0.05

    def test_equal_weights_change_nothing(self) -> None:
        known = texts(60)
        given = (known.log_probabilities, known.embeddings, known.answers)
        assert fit_weighted(*given, np.ones(60)).ridge == pytest.approx(fit(*given)[0].ridge)

    def test_answers_of_little_weight_hardly_move_it(self) -> None:
        known, wrong = texts(100), texts(100, seed=5)
        stated = np.concatenate([known.log_probabilities, wrong.log_probabilities])
        embeddings = np.concatenate([known.embeddings, wrong.embeddings])
        answers = np.concatenate([known.answers, (wrong.answers + 1) % 3])
        weights = np.repeat([1.0, 1e-6], 100)
        head = fit_weighted(stated, embeddings, answers, weights)
        judged = head(FRESH.log_probabilities, FRESH.embeddings)
        alone = fitted(known)(FRESH.log_probabilities, FRESH.embeddings)
        assert judged == pytest.approx(alone, abs=1e-3)
