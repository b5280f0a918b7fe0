"""An adapter learns what people answer, weighs it by trust, and is served as it was trained."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file

from backend.calibration.noisy_labels import NoisyLabels
from backend.confidence.priors import without_prior
from backend.engines import Prompt, Request
from backend.learning.learners.lora import LoraLearned, LoraLearner
from backend.learning.learners.lora.examples import SupervisedExample, encode
from backend.learning.learners.lora.learner import MOST_RIVALS, chosen, scores_of
from backend.learning.learners.lora.loss import loss_of
from backend.learning.learners.lora.search import configurations, search
from backend.learning.learners.lora.training import Configuration, Trial
from backend.learning.material import Material
from labeling.mathtypes import Floats
from tests.support.reference_scores import scores_of as served_scores
from tests.support.reference_scores import unbatched
from tests.support.tiny_adapters import (
    BEFORE,
    VALUES,
    adapted_engine,
    request_about,
    tiny_llama,
    toy_material,
    trainee,
)


@pytest.fixture(scope="module")
def learned() -> LoraLearned:
    return LoraLearner(trainee()).fit(toy_material(120))


def log_loss(probabilities: Floats, material: Material) -> float:
    return float(material.answers.log_loss(probabilities).mean())


class TestLearning:
    def test_lowers_the_loss_on_answers_that_it_did_not_see(self, learned: LoraLearned) -> None:
        fresh = toy_material(40, seed=1)
        found = learned(fresh.known)
        assert found.sum(axis=1) == pytest.approx(1.0)
        assert log_loss(found, fresh) < 0.7 * np.log(2)

    def test_makes_the_same_of_the_same(self) -> None:
        material = toy_material(60)
        one, other = (LoraLearner(trainee()).fit(material) for _ in range(2))
        assert all(torch.equal(one.weights[key], other.weights[key]) for key in one.weights)
        assert np.array_equal(one(material.known), other(material.known))

    def test_of_one_fit_is_not_changed_by_the_next(self) -> None:
        learner, material = LoraLearner(trainee()), toy_material(60)
        first = learner.fit(material)
        before = first(material.known)
        learner.fit(toy_material(60, answers=(1 - material.answers.answers).tolist()))
        assert np.array_equal(first(material.known), before)

    def test_is_swayed_less_by_answers_that_are_less_trusted(self) -> None:
        """Half of the answers are wrong: told so, the learner holds to the other half."""
        truth = toy_material(80)
        wrong = np.arange(80) % 2 == 0
        said = np.where(wrong, 1 - truth.answers.answers, truth.answers.answers).tolist()
        trust = np.where(wrong, 0.55, 0.98)
        told = LoraLearner(trainee()).fit(toy_material(80, answers=said, trust=trust))
        untold = LoraLearner(trainee()).fit(toy_material(80, answers=said))
        assert log_loss(told(truth.known), truth) < log_loss(untold(truth.known), truth)

    def test_ends_with_its_time(self) -> None:
        seconds = iter(range(0, 10_000, 100))
        shares: list[float] = []
        learner = LoraLearner(trainee(), budget=150.0, clock=lambda: float(next(seconds)))
        learner.fit(toy_material(60), shares.append)
        assert len(shares) == 1
        assert 0 < shares[0] < 1


class TestServing:
    def test_gives_what_peft_gives_and_what_was_learned(
        self, learned: LoraLearned, tmp_path: Path
    ) -> None:
        digest = "c" * 64
        (tmp_path / digest).mkdir()
        learned.save(tmp_path / digest)
        texts = toy_material(12, seed=2).known
        engine = adapted_engine(tmp_path)
        by_peft = PeftModel.from_pretrained(tiny_llama(), str(tmp_path / digest)).eval()
        reference = adapted_engine(tmp_path)
        reference._model = by_peft
        asked = [request_about(text, digest) for text in texts.texts]
        served = served_scores(engine, asked)
        for request, scores in zip(asked, served, strict=True):
            assert scores == pytest.approx(unbatched(reference, request), abs=1e-3)
        believed = np.exp(without_prior(np.array(served), learned.prior))
        assert learned(texts) == pytest.approx(believed, abs=1e-3)

    def test_writes_safetensors_alone_and_whose_labels_they_are(
        self, learned: LoraLearned, tmp_path: Path
    ) -> None:
        learned.save(tmp_path)
        assert sorted(file.name for file in tmp_path.iterdir()) == [
            "adapter_config.json",
            "adapter_model.safetensors",
            "base.json",
            "labels.json",
        ]
        assert all("lora_" in name for name in load_file(tmp_path / "adapter_model.safetensors"))
        assert json.loads((tmp_path / "labels.json").read_text())["values"] == list(VALUES)


class TestScores:
    REQUESTS = tuple(request_about(text) for text in ("ball 1", "an atom, a gene", "ball 2", "x"))

    @pytest.mark.parametrize("trained_layers", [1, 3, 4])
    def test_are_the_engine_s_whatever_is_kept(self, trained_layers: int, tmp_path: Path) -> None:
        engine = adapted_engine(tmp_path, path="plain")
        expected = np.array(served_scores(engine, self.REQUESTS))
        for kept_bytes in (0, 1 << 30):
            student = trainee(trained_layers=trained_layers, kept_bytes=kept_bytes)
            for _ in range(2):
                assert scores_of(student, None, self.REQUESTS) == pytest.approx(expected, abs=1e-4)

    def test_of_a_prompt_that_does_not_fit_are_unknown(self) -> None:
        long = Request(Prompt("word " * 100, "text", ""), (" a", " b"))
        found = scores_of(trainee(), None, [self.REQUESTS[0], long])
        assert np.isfinite(found[0]).all()
        assert np.isnan(found[1]).all()

    def test_have_the_same_gradients_where_layers_are_computed_again(self) -> None:
        gradients = []
        for recomputes in (False, True):
            student = trainee(recomputes=recomputes)
            parameters = student.begin("a", rank=4, seed=0)
            examples = encode(student.encoder, examples_of(toy_material(8)))
            with student.scores("a", examples) as scored:
                losses = [loss_of(one.example, own) for one, own in scored]
                torch.autograd.backward(torch.stack(losses).sum())
            gradients.append([one.grad.clone() for one in parameters if one.grad is not None])
        assert len(gradients[0]) == len(gradients[1]) > 0
        assert any(bool(one.any()) for one in gradients[0])
        for one, other in zip(*gradients, strict=True):
            assert torch.allclose(one, other, atol=1e-6)


def examples_of(material: Material) -> list[SupervisedExample]:
    return chosen(material.known.requests, material.answers, np.zeros(2))


class TestExamples:
    def test_lose_what_noisy_labels_lose(self) -> None:
        scores = np.log([[0.7, 0.3], [0.2, 0.8]])
        answers = NoisyLabels(scores, np.array([1, 1]), np.array([0.9, 0.6]))
        examples = chosen(toy_material(2).known.requests, answers, np.zeros(2))
        found = [
            float(loss_of(one, torch.from_numpy(row)))
            for one, row in zip(examples, scores, strict=True)
        ]
        assert found == pytest.approx(answers.log_loss(np.exp(scores)))

    def test_of_opinions_keep_their_shares(self) -> None:
        scores = np.log([[0.5, 0.5]])
        shares = np.array([[0.25, 0.75]])
        opinions = NoisyLabels(scores, np.array([1]), np.array([0.75]), shares)
        [example] = chosen(toy_material(1).known.requests, opinions, np.zeros(2))
        assert example.said == (0.25, 0.75)
        assert float(loss_of(example, torch.from_numpy(scores[0]))) == pytest.approx(np.log(2))

    def test_of_many_labels_hold_the_right_one_alone(self) -> None:
        labels = tuple(f" {number}" for number in range(MOST_RIVALS + 1))
        answers = NoisyLabels(np.zeros((1, len(labels))), np.array([3]), np.array([1.0]))
        [example] = chosen([Request(Prompt("", "x", ":"), labels)], answers, np.zeros(len(labels)))
        assert example.continuations == (" 3",)

    def test_of_texts_to_be_written_are_learned_as_well(self) -> None:
        prompts = [Prompt(BEFORE, f"ball {number}", "\nSpans:") for number in range(24)]
        examples = [SupervisedExample(one, (' [{"a": 1}]',), (1.0,)) for one in prompts]
        student = trainee()
        encoded = encode(student.encoder, examples)
        trial = Trial(student, "a", Configuration(4, 3e-3, 3), encoded[:16], encoded[16:])
        trial.epoch()
        first = trial.best_loss
        trial.epoch()
        assert trial.best_loss < first


class TestSearch:
    def found(self, tried: Sequence[Configuration]) -> Trial:
        student = trainee()
        examples = encode(student.encoder, examples_of(toy_material(100)))
        return search(student, examples, tried, lambda: 0.0, np.inf, lambda _: None)

    def test_takes_the_way_that_learns(self) -> None:
        still, learning = Configuration(4, 1e-7, 2), Configuration(4, 3e-3, 2)
        assert self.found([still, learning]).configuration == learning

    def test_tries_weights_of_labels_only_where_these_are_uneven(self) -> None:
        even = toy_material(40)
        uneven = toy_material(40, answers=[0] * 36 + [1] * 4)
        encoder = trainee().encoder
        assert not any(one.balanced for one in configurations(encode(encoder, examples_of(even))))
        assert any(one.balanced for one in configurations(encode(encoder, examples_of(uneven))))
