"""Every method gives a distribution over the labels on every engine that can do what it needs."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.confidence.methods import (
    METHODS,
    ConfidenceMethod,
    LabelBelief,
    missing_by_method,
    require,
)
from backend.confidence.methods.verbalised import WORDS
from backend.engines import Ability, Engine, GenerateRequest
from backend.prompts import PromptBuilder
from labeling.controls import Candidate
from labeling.errors import EngineError, TaskError
from labeling.settings.model_sections import ConfidenceSettings
from tests.support.capable_engine import AbleEngine, ask, first_label
from tests.support.even_engine import EvenEngine

BUILDER = PromptBuilder([Candidate("positive", "positive"), Candidate("negative", "negative")])
ENGINES = ["even", "able", "able without schemas", pytest.param("real", marks=pytest.mark.model)]
FREE = frozenset({Ability.SCHEMAS})


def method(name: str, **settings: object) -> ConfidenceMethod:
    return METHODS[name](BUILDER, ConfidenceSettings.model_validate(settings))


def belief(name: str, engine: Engine, **settings: object) -> NDArray[np.float64]:
    """Probabilities that a method finds for one text."""
    one = method(name, **settings)
    [found] = ask(one, ["A film."], engine)
    assert isinstance(found, LabelBelief), found
    probabilities = np.exp(one.transform(found.loglikelihoods[None])[0])
    shares: NDArray[np.float64] = probabilities / probabilities.sum()
    return shares


def refusal(name: str, engine: Engine) -> str:
    [found] = ask(method(name), ["A film."], engine)
    assert isinstance(found, TaskError)
    return str(found)


@pytest.fixture(params=ENGINES)
def any_engine(request: pytest.FixtureRequest) -> Engine:
    match request.param:
        case "even":
            return EvenEngine()
        case "able":
            return AbleEngine()
        case "able without schemas":
            return AbleEngine(lacks=FREE)
    engine: Engine = request.getfixturevalue("engine")
    return engine


@pytest.mark.parametrize("name", METHODS)
def test_every_method_serves_every_engine_that_can(name: str, any_engine: Engine) -> None:
    one = method(name, samples=2)
    if not any_engine.abilities >= one.needs:
        with pytest.raises(EngineError, match=name):
            require([{name: one.needs}], any_engine.abilities)
        return
    require([{name: one.needs}], any_engine.abilities)
    texts = ["I loved every minute of it.", "A terrible film."]
    found = ask(one, texts, any_engine)
    assert len(found) == 2
    for outcome in found:
        if isinstance(outcome, TaskError):
            assert "\n" not in str(outcome)
            continue
        assert isinstance(outcome, LabelBelief)
        assert outcome.loglikelihoods.shape == (2,)
        probabilities = np.exp(one.transform(outcome.loglikelihoods[None])[0])
        assert np.all(probabilities >= 0)
        assert np.all(probabilities <= 1)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_of_no_texts_finds_nothing(name: str) -> None:
    assert ask(method(name), [], AbleEngine()) == []


def test_what_an_engine_lacks_is_named_with_what_it_allows() -> None:
    with pytest.raises(EngineError) as refused:
        require([{"self-consistency": method("self-consistency").needs}], EvenEngine.abilities)
    line = str(refused.value)
    assert "'self-consistency'" in line
    assert Ability.SAMPLING in line
    assert "Name one of: label-logprob, label-logprob-normalised, p-true, entropy, margin." in line


def test_an_engine_of_no_ability_allows_nothing() -> None:
    assert all(missing_by_method(frozenset()).values())


def test_digests_differ_by_method_and_by_what_moves_it() -> None:
    digests = {method(name).digest for name in METHODS}
    digests |= {method("self-consistency", samples=n).digest for n in (6, 7)}
    digests.add(method("self-consistency", temperature=1.0).digest)
    assert len(digests) == len(METHODS) + 3


def test_a_normalised_logprob_is_by_the_byte() -> None:
    builder = PromptBuilder([Candidate("a", "é"), Candidate("b", "long")])
    one = METHODS["label-logprob-normalised"](builder, ConfidenceSettings())
    [found] = ask(one, ["x"], AbleEngine(scores=(-1.0, -1.0)))
    assert isinstance(found, LabelBelief)
    assert found.loglikelihoods == pytest.approx([-1 / 2, -1 / 4])


class TestSequenceLogprob:
    def test_is_the_product_of_the_tokens_probabilities(self) -> None:
        free = AbleEngine(write=lambda _: " positive")
        assert belief("sequence-logprob", free) == pytest.approx([0.72, 0.28])

    @pytest.mark.parametrize("text", ["positively", "Positive", "", "positive negative"])
    def test_of_what_is_no_label_is_an_error(self, text: str) -> None:
        assert "did not answer with a label" in refusal(
            "sequence-logprob", AbleEngine(write=lambda _: text)
        )


class TestSelfConsistency:
    def test_is_the_share_of_samples_with_one_split_among_all(self) -> None:
        def write(request: GenerateRequest) -> str:
            return "positive" if request.seed < 4 else "negative"

        engine = AbleEngine(write, lacks=FREE)
        assert belief("self-consistency", engine) == pytest.approx([4.5 / 6, 1.5 / 6])
        assert [one.seed for one in engine.asked] == [0, 1, 2, 3, 4]
        assert {one.temperature for one in engine.asked} == {0.7}

    def test_leaves_out_what_is_no_label(self) -> None:
        def write(request: GenerateRequest) -> str:
            return "negative" if request.seed < 2 else "perhaps"

        engine = AbleEngine(write, lacks=FREE)
        assert belief("self-consistency", engine) == pytest.approx([0.5 / 3, 2.5 / 3])

    def test_of_no_label_at_all_is_an_error(self) -> None:
        assert "perhaps" in refusal("self-consistency", AbleEngine(lambda _: "perhaps"))

    def test_asks_for_json_where_the_engine_obeys_schemas(self) -> None:
        engine = AbleEngine()
        assert belief("self-consistency", engine, samples=3) == pytest.approx([3.5 / 4, 0.5 / 4])
        schemas = {one.schema for one in engine.asked}
        [properties] = [json.loads(schema or "")["properties"] for schema in schemas]
        assert properties == {"label": {"enum": ["positive", "negative"]}}


class TestVerbalised:
    @pytest.mark.parametrize(
        ("stated", "probability"),
        [*((json.dumps(word), p) for word, p in WORDS.items() if p >= 0.6), ("85", 0.85)],
    )
    def test_states_a_number_or_a_word(self, stated: str, probability: float) -> None:
        engine = AbleEngine(lambda _: f'{{"label": "negative", "confidence": {stated}}}')
        assert belief("verbalised", engine) == pytest.approx([1 - probability, probability])

    def test_is_never_surer_than_99_of_100(self) -> None:
        engine = AbleEngine(lambda _: '{"label": "positive", "confidence": 100}')
        assert belief("verbalised", engine) == pytest.approx([0.99, 0.01])

    def test_keeps_the_answer_that_it_doubts(self) -> None:
        engine = AbleEngine(lambda _: '{"label": "negative", "confidence": "very unlikely"}')
        assert belief("verbalised", engine).argmax() == 1

    @pytest.mark.parametrize(
        "text",
        [
            "positive",
            '{"label": "positive"}',
            '{"label": "positive", "confidence": 101}',
            '{"label": "positive", "confidence": -1}',
            '{"label": "positive", "confidence": 0.5}',
            '{"label": "positive", "confidence": true}',
            '{"label": "positive", "confidence": "sure"}',
            '{"label": "fine", "confidence": 50}',
            '{"label": "positive", "confidence": 50, "why": "so"}',
            '["positive", 50]',
            '{"label": "positive", "confidence": 50} indeed',
        ],
    )
    def test_of_anything_else_is_an_error(self, text: str) -> None:
        assert "did not answer with a label" in refusal("verbalised", AbleEngine(lambda _: text))


class TestPTrue:
    def test_is_the_probability_that_the_answer_is_called_true(self) -> None:
        scores = (float(np.log(0.7)), float(np.log(0.3)))
        assert belief("p-true", AbleEngine(scores=scores)) == pytest.approx([0.7, 0.3])

    def test_says_what_the_engine_may_have_kept(self) -> None:
        [found] = ask(method("p-true"), ["x"], AbleEngine(first_label, missing=0.1))
        assert isinstance(found, LabelBelief)
        assert found.missing == 0.1
