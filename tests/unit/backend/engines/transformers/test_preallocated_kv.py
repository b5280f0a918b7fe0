"""What is kept of texts that are written is what a layer of transformers' own keeps."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import DynamicCache

from backend.engines.transformers.cache.preallocated_kv import SPARE_TOKENS, preallocated_cache


@given(st.lists(st.integers(1, SPARE_TOKENS), min_size=1, max_size=5), st.integers(0, 4))
def test_it_holds_what_was_added_whatever_rows_are_left(added: list[int], at: int) -> None:
    begun = [(torch.randn(3, 2, 5, 4), torch.randn(3, 2, 5, 4))]
    ours, theirs = preallocated_cache(begun), DynamicCache(begun)
    rows = 3
    for number, tokens in enumerate(added):
        if number == at:
            left = torch.tensor([2, 0])
            rows = len(left)
            ours.batch_select_indices(left)
            theirs.batch_select_indices(left)
        keys, values = torch.randn(2, rows, 2, tokens, 4)
        for one, other in zip(
            ours.update(keys, values, 0), theirs.update(keys, values, 0), strict=True
        ):
            assert torch.equal(one, other)
    assert ours.get_seq_length() == theirs.get_seq_length()
