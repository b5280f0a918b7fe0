"""Questions about one text are answered in one pass, each as if it were asked alone."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from transformers import PreTrainedConfig

from backend.engines import Engine, Prompt, Request
from backend.engines.transformers import TransformersEngine
from backend.engines.transformers.encoding.encoded import EncodedPrompt
from backend.engines.transformers.scoring.grouping import QuestionGroup, group_by_text
from backend.engines.transformers.scoring.packing import pack
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


def encoded(*contexts: tuple[int, ...], labels: Any = ((7, 8), (7,))) -> dict[int, EncodedPrompt]:
    return {n: EncodedPrompt(c, labels, head=0, truncated=False) for n, c in enumerate(contexts)}


def shared(texts: Sequence[str], group: dict[int, EncodedPrompt]) -> list[QuestionGroup]:
    return list(group_by_text(texts, group, ()))


class TestPasses:
    def test_run_a_text_once(self) -> None:
        [text] = shared(["a", "a"], encoded((1, 2, 3, 4), (1, 2, 3, 5, 6)))
        assert text.item.tokens == (1, 2, 3)
        assert text.item.trie.tokens.tolist() == [4, 5, 7, 6, 7]

    def test_are_apart_for_texts_apart(self) -> None:
        found = shared(["a", "b"], encoded((1, 2, 4), (1, 2, 5)))
        assert [text.item.tokens for text in found] == [(1, 2, 4), (1, 2, 5)]

    def test_predict_only_behind_questions(self) -> None:
        [text] = shared(["a", "a"], encoded((1, 2, 3, 4), (1, 2, 3, 5, 6)))
        packing = pack([text.item], 0, torch.device("cpu"))
        assert packing.tokens[packing.predicting].tolist() == [4, 7, 6, 7]

    def test_of_other_texts_have_the_same_tree_in_whatever_order(self) -> None:
        group = encoded((1, 2, 4), (1, 2, 5), (3, 5), (3, 4))
        first, second = shared(["a", "a", "b", "b"], group)
        assert first.item.trie is second.item.trie

    def test_begin_with_a_token_at_least(self) -> None:
        found = shared(["", ""], encoded((4, 1), (5, 1)))
        assert [text.item.tokens for text in found] == [(4, 1), (5, 1)]

    def test_share_no_text_that_was_cut_differently(self) -> None:
        cut, otherwise = (1, *range(300)), (1, *range(1, 301))
        assert len(shared(["a", "a"], encoded(cut, otherwise))) == 2

    def test_answer_equal_requests_once(self) -> None:
        [text] = shared(["a"] * 3, encoded((1, 2), (1, 2), (1, 3)))
        assert text.continuations == (2, 2)
        assert text.by_place(np.zeros(4)).keys() == {0, 1, 2}

    def test_hold_no_more_than_attention_is_fast_for(self) -> None:
        contexts = [(1, *[n] * 100) for n in range(50)]
        found = shared(["a"] * 50, encoded(*contexts))
        assert len(found) == 3
        assert sum(len(text.places) for text in found) == 50
