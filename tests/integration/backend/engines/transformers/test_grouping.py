"""Questions about one text are answered in one pass, each as if it were asked alone."""

import random
from collections.abc import Sequence

import pytest
from transformers import PreTrainedConfig

from backend.engines import Engine, Prompt, Request
from backend.engines.transformers import TransformersEngine
from tests.support.reference_scores import scored_by, scores_of, unbatched
from tests.support.tiny_models import PACKED, PLAIN, tiny_engine

BEFORE = "Read the text and answer what is asked about it. Answer with one label only.\n\nText: "
TEXTS = ("They won the cup.", "The committee put off its decision until the report is there.", "")
QUESTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("\nTopic:", (" sport", " science", " science fiction", " politics")),
    ("\nDoes the label “sport” apply to it? Answer:", (" yes", " no")),
    ("\nDoes the label “politics” apply to it? Answer:", (" yes", " no")),
    ("\nDoes the label “politics” apply to it?", (" Answer: yes", " Answer", "", " no")),
    ("\nTopic:", (" weather", " sport")),
    (" ", ("good", "bad")),
    ("", (" good", "\nTopic: sport", "")),
)


@pytest.fixture(scope="module")
def bundled(engine: Engine) -> TransformersEngine:
    assert isinstance(engine, TransformersEngine)
    return engine


def asked(texts: Sequence[str] = TEXTS, before: str = BEFORE) -> list[Request]:
    """Every question about every text, and one request twice, in any order."""
    requests = [
        Request(Prompt(before, text, after), labels)
        for text in texts
        for after, labels in QUESTIONS
        if before or text
    ]
    requests.append(requests[1])
    random.Random(3).shuffle(requests)
    return requests


def assert_equal_the_reference(engine: TransformersEngine, requests: list[Request]) -> None:
    for request, scores in zip(requests, scores_of(engine, requests), strict=True):
        assert scores == pytest.approx(unbatched(engine, request), abs=1e-3)


@pytest.mark.model
class TestScores:
    @pytest.mark.parametrize("before", ["", BEFORE], ids=["no prefix", "a prefix"])
    @pytest.mark.parametrize("config", PACKED.values(), ids=PACKED.keys())
    def test_of_every_architecture_are_the_reference_s(
        self, config: PreTrainedConfig, before: str, bundled: TransformersEngine
    ) -> None:
        engine = tiny_engine(config, bundled.tokenizer)
        assert engine.path == "packed"
        assert_equal_the_reference(engine, asked(TEXTS[1:], before))

    @pytest.mark.parametrize("kind", ["falcon, ALiBi", "mamba, no attention"])
    def test_on_the_plain_path_are_so_too(self, kind: str, bundled: TransformersEngine) -> None:
        engine = tiny_engine(PLAIN[kind], bundled.tokenizer)
        assert engine.path == "plain"
        assert_equal_the_reference(engine, asked(TEXTS[1:]))

    @pytest.mark.parametrize("kind", ["llama", "gpt2, learned positions"])
    def test_are_so_under_one_mask_as_on_a_gpu(
        self, kind: str, bundled: TransformersEngine
    ) -> None:
        engine = tiny_engine(PACKED[kind], bundled.tokenizer, cascades=False)
        assert_equal_the_reference(engine, asked())

    def test_of_the_bundled_model_do_not_depend_on_company(
        self, bundled: TransformersEngine
    ) -> None:
        requests = asked(TEXTS[:2])
        alone = [scores_of(bundled, [request])[0] for request in requests]
        for one, other in zip(scores_of(bundled, requests), alone, strict=True):
            assert one == pytest.approx(other, abs=1e-3)

    def test_of_texts_cut_differently_for_each_question_do_not_either(
        self, bundled: TransformersEngine
    ) -> None:
        engine = tiny_engine(PACKED["llama"], bundled.tokenizer)
        requests = asked(["The committee met again. " * 150, "cup " * 480])
        assert {one.truncated for one in scored_by(engine, requests)} == {True, False}
        alone = [scores_of(engine, [request])[0] for request in requests]
        for one, other in zip(scores_of(engine, requests), alone, strict=True):
            assert one == pytest.approx(other, abs=1e-3)

    def test_of_many_long_questions_are_right(self, bundled: TransformersEngine) -> None:
        engine = tiny_engine(PACKED["qwen2"], bundled.tokenizer)
        requests = [
            Request(
                Prompt(BEFORE, TEXTS[0], f"\nQuestion {n}: {'very ' * 30}good? Answer:"),
                (" yes", " no", " yes and no"),
            )
            for n in range(30)
        ]
        few = [requests[n] for n in (0, 17, 29)]
        scores = scores_of(engine, requests)
        for request, n in zip(few, (0, 17, 29), strict=True):
            assert scores[n] == pytest.approx(unbatched(engine, request), abs=1e-3)
