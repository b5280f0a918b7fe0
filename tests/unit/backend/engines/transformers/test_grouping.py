"""Questions about one text become one pass, and their scores find their way back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from backend.engines.transformers.encoding.encoded import EncodedPrompt
from backend.engines.transformers.scoring.grouping import QuestionGroup, group_by_text
from backend.engines.transformers.scoring.packing import pack


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
