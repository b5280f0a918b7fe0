"""What prompts about one text begin with: found, read where it is shared, and cut into chunks."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch
from hypothesis import given
from hypothesis import strategies as st

from backend.engines.transformers.cache.keys_values import KeysValues
from backend.engines.transformers.cache.shared_prefix import (
    SharedPrefix,
    in_chunks,
    shared_prefixes,
)

LAYERS = {0: (torch.arange(6.0).view(1, 6, 1), torch.arange(6.0).view(1, 6, 1))}


def nothing_read(tokens: Sequence[tuple[int, ...]]) -> list[KeysValues]:
    """Read what nobody shares."""
    assert not tokens
    return []


class TestSharedPrefixes:
    def test_leave_a_token_of_each_prompt_to_be_run(self) -> None:
        scored = {"a": SharedPrefix((1, 2, 3), LAYERS)}
        found = shared_prefixes(
            {0: (1, 2, 3), 1: (1, 2, 3, 4)}, {0: "a", 1: "a"}, scored, nothing_read
        )
        assert [found[place].tokens for place in (0, 1)] == [(1, 2), (1, 2)]
        assert found[0].layers[0][0].shape == (1, 2, 1)

    def test_are_what_a_prompt_has_in_common_with_what_was_scored(self) -> None:
        scored = {"a": SharedPrefix((1, 2, 3), LAYERS)}
        found = shared_prefixes({7: (1, 2, 9, 9)}, {7: "a"}, scored, nothing_read)
        assert found[7].tokens == (1, 2)

    def test_are_read_where_several_prompts_share_them_and_nothing_was_scored(self) -> None:
        read: list[Sequence[tuple[int, ...]]] = []
        text = tuple(range(20))

        def noted(tokens: Sequence[tuple[int, ...]]) -> Any:
            read.append(tokens)
            return [LAYERS for _ in tokens]

        owns = {0: (*text, 30), 1: (*text, 31), 2: (*text, 32)}
        found = shared_prefixes(owns, {0: "a", 1: "a", 2: "b"}, {}, noted)
        assert read == [[text]]
        assert [found[place].tokens for place in (0, 1, 2)] == [text, text, ()]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 30))), st.integers(1, 60))
def test_chunks_hold_whole_texts_and_no_more_than_the_limit(
    requests: list[tuple[str, int]], limit: int
) -> None:
    texts = {place: text for place, (text, _) in enumerate(requests)}
    lengths = {place: length for place, (_, length) in enumerate(requests)}
    chunks = list(in_chunks(texts, lengths, limit))
    assert sorted(place for chunk in chunks for place in chunk) == list(texts)
    assert all(
        Counter(text for c in chunks for text in {texts[n] for n in c})[t] == 1
        for t in set(texts.values())
    )
    for chunk in chunks:
        longest = {
            text: max(lengths[n] for n in chunk if texts[n] == text)
            for text in {texts[n] for n in chunk}
        }
        assert len(longest) == 1 or sum(longest.values()) <= limit
