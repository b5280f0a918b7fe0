"""Scores equal an unbatched reference: every architecture, label set, and length of text."""

import numpy as np
import pytest
from transformers import PreTrainedConfig

from backend.engines import Engine, Prompt, Request
from backend.engines.transformers import TransformersEngine
from tests.support.reference_scores import scores_of, unbatched
from tests.support.tiny_models import PACKED, PLAIN, new_tiny_engine, tiny_engine

pytestmark = pytest.mark.model

TEXTS = [
    "Short.",
    "The committee met on Tuesday and, after a long debate, put off its decision once more.",
    "مرحبا بالعالم 👩‍👩‍👧‍👦 ça va?",
    "",
    "One, two, three. " * 12,
]
BEFORE = "Read the text and choose the label that describes it best. Pick one label only.\n\nText: "
LABELS = (" World", " Science and technology", " Sci/Tech", " Ωμέγα")

LABEL_SETS: dict[str, tuple[str, ...]] = {
    "shared stems": (" card lost", " card stolen", " card payment failed", " card payment fee"),
    "one a prefix of another": (" science", " science fiction", " science fiction film", " sci"),
    "leading spaces": ("  two", "   three", " one", "none"),
    "emoji": (" 👍", " 👎", " 👍🏽", " 👩‍👩‍👧‍👦"),
    "right to left": (" إيجابي", " سلبي", " חיובי", " שלילי"),
    "one to forty tokens": (" a", " in the long run " * 10, " " + "x" * 30, "\n"),
    "an empty one": ("", " a"),
    "the same twice": (" same", " same", " other"),
}


@pytest.fixture(scope="module")
def bundled(engine: Engine) -> TransformersEngine:
    assert isinstance(engine, TransformersEngine)
    return engine


def requests_of(
    before: str = BEFORE, after: str = "\nLabel:", labels: tuple[str, ...] = LABELS
) -> list[Request]:
    return [Request(Prompt(before, text, after), labels) for text in TEXTS]


def assert_equal_the_reference(engine: TransformersEngine, requests: list[Request]) -> None:
    for request, scores in zip(requests, scores_of(engine, requests), strict=True):
        assert scores == pytest.approx(unbatched(engine, request), abs=1e-3)


class TestArchitectures:
    @pytest.mark.parametrize("before", ["", "Text: ", BEFORE], ids=["none", "short", "shared"])
    @pytest.mark.parametrize("config", PACKED.values(), ids=PACKED.keys())
    def test_run_packed(
        self, config: PreTrainedConfig, before: str, bundled: TransformersEngine
    ) -> None:
        engine = tiny_engine(config, bundled.tokenizer)
        assert engine.path == "packed"
        assert_equal_the_reference(engine, requests_of(before))

    @pytest.mark.parametrize("kind", ["llama", "gpt2, learned positions", "mixtral, experts"])
    def test_run_packed_under_one_mask_as_on_a_gpu(
        self, kind: str, bundled: TransformersEngine
    ) -> None:
        engine = tiny_engine(PACKED[kind], bundled.tokenizer, cascades=False)
        assert engine.path == "packed"
        assert_equal_the_reference(engine, requests_of())
        assert_equal_the_reference(engine, requests_of(labels=LABEL_SETS["shared stems"]))

    @pytest.mark.parametrize("config", PLAIN.values(), ids=PLAIN.keys())
    def test_run_plainly_where_they_cannot_be_packed(
        self,
        config: PreTrainedConfig,
        bundled: TransformersEngine,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        engine = new_tiny_engine(config, bundled.tokenizer)
        assert engine.path == "plain"
        assert "tiny runs on the plain path" in caplog.text
        assert_equal_the_reference(engine, requests_of())

    @pytest.mark.parametrize("config", PACKED.values(), ids=PACKED.keys())
    def test_run_plainly_where_that_is_asked_for(
        self, config: PreTrainedConfig, bundled: TransformersEngine
    ) -> None:
        engine = tiny_engine(config, bundled.tokenizer, path="plain")
        assert engine.path == "plain"
        assert_equal_the_reference(engine, requests_of())


class TestLabels:
    @pytest.mark.parametrize("labels", LABEL_SETS.values(), ids=LABEL_SETS.keys())
    def test_of_the_bundled_model(
        self, labels: tuple[str, ...], bundled: TransformersEngine
    ) -> None:
        assert_equal_the_reference(bundled, requests_of(labels=labels))

    @pytest.mark.parametrize("labels", LABEL_SETS.values(), ids=LABEL_SETS.keys())
    @pytest.mark.parametrize("kind", ["gpt2, learned positions", "gemma3, sliding and full"])
    @pytest.mark.parametrize("path", ["packed", "plain"])
    def test_on_both_paths(
        self, path: str, kind: str, labels: tuple[str, ...], bundled: TransformersEngine
    ) -> None:
        engine = tiny_engine(PACKED[kind], bundled.tokenizer, path=path)
        assert_equal_the_reference(engine, requests_of(labels=labels))

    def test_many_at_once(self, bundled: TransformersEngine) -> None:
        labels = tuple(f" topic {a} of {b}" for a in range(20) for b in "abcde")
        [scores] = scores_of(bundled, [Request(Prompt(BEFORE, TEXTS[1], "\nLabel:"), labels)])
        few = (labels[0], labels[57], labels[99])
        expected = unbatched(bundled, Request(Prompt(BEFORE, TEXTS[1], "\nLabel:"), few))
        assert scores[[0, 57, 99]] == pytest.approx(expected, abs=1e-3)


class TestLengths:
    @pytest.mark.parametrize("words", [0, 1, 15, 16, 17, 300, 1500])
    @pytest.mark.parametrize(
        "kind",
        ["llama", "mistral, sliding", "gpt2, learned positions", "gemma2, capped and sliding"],
    )
    def test_from_nothing_to_1500_tokens(
        self, kind: str, words: int, bundled: TransformersEngine
    ) -> None:
        engine = tiny_engine(PACKED[kind], bundled.tokenizer, context_tokens=None)
        text = " ".join(["word"] * words)
        assert_equal_the_reference(
            engine,
            [Request(Prompt(BEFORE, one, "\nLabel:"), LABELS) for one in (text, "Another one.")],
        )

    def test_of_the_bundled_model(self, bundled: TransformersEngine) -> None:
        long = "The committee met again. " * 300
        assert_equal_the_reference(bundled, [Request(Prompt(BEFORE, long, "\nLabel:"), LABELS[:2])])


class TestCompany:
    def test_changes_nothing(self, bundled: TransformersEngine) -> None:
        together = scores_of(bundled, requests_of())
        alone = [scores_of(bundled, [request])[0] for request in requests_of()]
        for one, other in zip(together, alone, strict=True):
            assert one == pytest.approx(other, abs=1e-3)

    def test_of_other_labels_and_projects_changes_nothing(
        self, bundled: TransformersEngine
    ) -> None:
        mixed = [
            Request(Prompt("Is it good? ", "It is fine.", " Answer:"), (" yes", " no")),
            *requests_of(),
            Request(Prompt("Colour of ", "the sky", ":"), (" blue",)),
        ]
        assert [len(row) for row in scores_of(bundled, mixed)] == [2, 4, 4, 4, 4, 4, 1]
        assert_equal_the_reference(bundled, mixed)

    def test_where_tokens_merge_across_the_boundary(self, bundled: TransformersEngine) -> None:
        request = Request(Prompt("The answer is un", "", ""), ("believable", "known", "", "it"))
        assert_equal_the_reference(bundled, [request])

    def test_of_one_that_does_not_fit_fails_for_itself(self, bundled: TransformersEngine) -> None:
        small = tiny_engine(PACKED["llama"], bundled.tokenizer)
        broken = Request(Prompt("word " * 600, "text", ""), LABELS)
        first, second = small.loglikelihood([broken, requests_of()[0]])
        assert "does not fit" in str(first)
        assert np.all(np.isfinite(getattr(second, "loglikelihoods", np.nan)))
