"""Prefixes are run once, share what they share, and stay within their memory."""

import pytest
import torch
from torch import Tensor

from backend.engines import Engine, Prompt, Request
from backend.engines.transformers import TransformersEngine
from backend.engines.transformers.cache.keys_values import KeysValues
from backend.engines.transformers.cache.prefix_cache import PrefixCache
from backend.engines.transformers.scoring.attention import ForwardPass
from backend.engines.transformers.scoring.packed import PackedScorer
from tests.support.reference_scores import scores_of, unbatched

TOKEN_BYTES = 2 * 2 * 4
"""Bytes of one token of `layers`: keys and values, two numbers of four bytes each."""


def layers(tokens: tuple[int, ...]) -> KeysValues:
    """Keys and values of a model with one layer and one head, which say what they are of."""
    content = torch.tensor(tokens, dtype=torch.float32)
    both: Tensor = torch.stack([content, content], dim=1)[None]
    return {0: (both, -both)}


class TestCache:
    def test_knows_the_beginning_of_what_it_was_given(self) -> None:
        cache = PrefixCache(10**6)
        cache.put((1, 2, 3, 4), layers((1, 2, 3, 4)))
        length, found = cache.longest((1, 2, 9))
        assert length == 2
        assert found[0][0].tolist() == layers((1, 2))[0][0].tolist()
        assert cache.longest((9, 1)) == (0, {})

    def test_forgets_what_a_longer_one_holds(self) -> None:
        cache = PrefixCache(10**6)
        cache.put((1, 2), layers((1, 2)))
        cache.put((1, 2, 3), layers((1, 2, 3)))
        assert cache.size == 3 * TOKEN_BYTES

    def test_lets_the_least_recently_used_go(self) -> None:
        cache = PrefixCache(4 * TOKEN_BYTES)
        cache.put((1, 2), layers((1, 2)))
        cache.put((3, 4), layers((3, 4)))
        cache.longest((1, 2))
        cache.put((5, 6), layers((5, 6)))
        assert [cache.longest(tokens)[0] for tokens in ((1, 2), (3, 4), (5, 6))] == [2, 0, 2]

    def test_never_holds_more_than_its_limit(self) -> None:
        cache = PrefixCache(7 * TOKEN_BYTES)
        for start in range(50):
            tokens = tuple(range(start, start + 1 + start % 9))
            cache.put(tokens, layers(tokens))
            assert cache.size <= cache.limit


@pytest.mark.model
class TestOfTheModel:
    BEFORE = "Say what the text is about, in one word. Labels: sport, science, politics.\n\nText: "

    @pytest.fixture
    def counted(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[TransformersEngine, list[int]]:
        """The bundled model, which knows no prefix, and the tokens of each of its passes."""
        assert isinstance(engine, TransformersEngine)
        packed = engine._packed
        assert packed is not None
        monkeypatch.setattr(packed, "prefixes", PrefixCache(10**9))
        passes: list[int] = []
        run = PackedScorer._run

        def counting(scorer: PackedScorer, this: ForwardPass) -> Tensor:
            passes.append(len(this.packing.tokens))
            return run(scorer, this)

        monkeypatch.setattr(PackedScorer, "_run", counting)
        return engine, passes

    def request(self, before: str) -> Request:
        return Request(Prompt(before, "They won.", "\nLabel:"), (" sport", " science"))

    def test_are_run_once(self, counted: tuple[TransformersEngine, list[int]]) -> None:
        engine, passes = counted
        scores_of(engine, [self.request(self.BEFORE)])
        first = len(passes)
        scores_of(engine, [self.request(self.BEFORE)])
        assert (first, len(passes)) == (2, 3)

    def test_that_begin_alike_share_their_beginning(
        self, counted: tuple[TransformersEngine, list[int]]
    ) -> None:
        engine, passes = counted
        longer = self.BEFORE + "They lost.\nLabel: sport\n\nText: "
        scores_of(engine, [self.request(self.BEFORE)])
        [scores] = scores_of(engine, [self.request(longer)])
        assert passes[2] < passes[0]
        assert scores == pytest.approx(unbatched(engine, self.request(longer)), abs=1e-3)
        [scores] = scores_of(engine, [self.request(self.BEFORE)])
        assert scores == pytest.approx(unbatched(engine, self.request(self.BEFORE)), abs=1e-3)
        assert len(passes) == 5
