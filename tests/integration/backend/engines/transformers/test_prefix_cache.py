"""Prefixes are run once, and those that begin alike share what they share."""

import pytest
from torch import Tensor

from backend.engines import Engine, Prompt, Request
from backend.engines.transformers import TransformersEngine
from backend.engines.transformers.cache.prefix_cache import PrefixCache
from backend.engines.transformers.scoring.attention import ForwardPass
from backend.engines.transformers.scoring.packed import PackedScorer
from tests.support.reference_scores import scores_of, unbatched


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
