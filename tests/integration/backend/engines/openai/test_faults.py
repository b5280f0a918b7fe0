"""Whatever a server does, nothing is lost, nothing is paid for twice, and an error is one line."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.engines import GenerateRequest, Prompt, Request, Scored
from backend.engines.openai import OpenAIEngine, load
from bench.llama_server import MODEL, LlamaServer
from labeling.errors import EngineError
from labeling.settings.model_sections import ModelSettings, ServerSettings
from labeling.settings.settings import Settings
from tests.integration.backend.engines.conftest import NewEngine
from tests.support import faulty_proxy as faults
from tests.support.faulty_proxy import Failing, FaultyProxy

pytestmark = pytest.mark.model

LABELS = (" sport", " science", " politics")
TEXTS = [f"Text number {number}, about a match." for number in range(8)]
REQUESTS = [Request(Prompt("Text: ", text, "\nLabel:"), LABELS) for text in TEXTS]

PASSING = {
    "429 that names a time": faults.status(429, Retry_After="0.05"),
    "500": faults.status(500, retry_after_ms="20"),
    "503": faults.status(503, retry_after_ms="20"),
    "a reset connection": faults.RESET,
    "a stalled answer": faults.STALL,
    "truncated JSON": faults.TRUNCATED,
}

LASTING = {
    "a server that stays too busy": (faults.status(429, retry_after_ms="5"), "answers 429"),
    "a server that stays broken": (faults.status(500, retry_after_ms="5"), "answers 500"),
    "JSON that always breaks off": (faults.TRUNCATED, "break off"),
    "another model's answers": (faults.RENAMED, "in place of"),
    "empty answers": (faults.EMPTY, "no probabilities"),
    "refusals": (faults.REFUSED, "refused"),
    "a body that is refused": (faults.status(400), "refuses this text"),
}


@pytest.fixture
def proxy(llama: LlamaServer) -> Iterator[FaultyProxy]:
    with FaultyProxy(llama.url) as proxy:
        yield proxy


@pytest.fixture
def engine(proxy: FaultyProxy, new_engine: NewEngine) -> OpenAIEngine:
    engine = new_engine(url=proxy.url, timeout=30.0, retries=3)
    proxy.paid.clear()
    return engine


@pytest.fixture(scope="module")
def expected(llama: LlamaServer, tmp_path_factory: pytest.TempPathFactory) -> list[Scored]:
    """What the server says where nothing fails."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("whole"),
        model=ModelSettings(engine="openai", name=MODEL),
        server=ServerSettings(url=llama.url),
    )
    engine = load(settings)
    scored = [one for one in engine.loglikelihood(REQUESTS) if isinstance(one, Scored)]
    engine.close()
    return scored


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_what_passes_loses_nothing_and_is_paid_for_once(
    fault: Failing, engine: OpenAIEngine, proxy: FaultyProxy, expected: list[Scored]
) -> None:
    if fault is faults.STALL:
        engine.client._openai = engine.client._openai.with_options(timeout=3.0)
    proxy.fail([fault, None, fault, fault, None, fault])
    for one, other in zip(engine.loglikelihood(REQUESTS), expected, strict=True):
        assert isinstance(one, Scored)
        assert one.loglikelihoods == pytest.approx(other.loglikelihoods, abs=0.3)
    assert set(proxy.paid.values()) == {1}


@pytest.mark.parametrize(("fault", "said"), LASTING.values(), ids=LASTING.keys())
def test_what_lasts_is_each_request_s_own_error_in_one_line(
    fault: Failing, said: str, engine: OpenAIEngine, proxy: FaultyProxy
) -> None:
    proxy.always_fail(fault)
    for answer in engine.loglikelihood(REQUESTS[:2]):
        assert isinstance(answer, EngineError)
        assert said in str(answer)
        assert "\n" not in str(answer)
        assert TEXTS[0] not in str(answer)


def test_one_that_fails_leaves_the_others(engine: OpenAIEngine, proxy: FaultyProxy) -> None:
    proxy.fail([faults.status(400)])
    answers = engine.loglikelihood(REQUESTS)
    assert sum(isinstance(answer, EngineError) for answer in answers) == 1


def test_what_was_paid_for_is_there_after_a_restart(
    proxy: FaultyProxy, new_engine: NewEngine, tmp_path: Path
) -> None:
    first = new_engine(url=proxy.url)
    before = [one for one in first.loglikelihood(REQUESTS) if isinstance(one, Scored)]
    first.close()
    again = new_engine(url=proxy.url, folder=tmp_path)
    proxy.always_fail(faults.status(500, retry_after_ms="5"))
    after = [one for one in again.loglikelihood(REQUESTS) if isinstance(one, Scored)]
    assert len(before) == len(after) == len(REQUESTS)
    assert all(
        np.array_equal(a.loglikelihoods, b.loglikelihoods)
        for a, b in zip(before, after, strict=True)
    )


def test_the_same_at_one_time_is_asked_once(engine: OpenAIEngine, proxy: FaultyProxy) -> None:
    engine.loglikelihood([REQUESTS[0]] * 16)
    assert set(proxy.paid.values()) == {1}


class TestBudget:
    def test_in_tokens_is_never_passed(self, proxy: FaultyProxy, new_engine: NewEngine) -> None:
        engine = new_engine(url=proxy.url, budget_tokens=2_000)
        answers = engine.loglikelihood(
            [Request(Prompt("Text: ", f"{n} " * 40, "\nLabel:"), LABELS) for n in range(60)]
        )
        assert engine.client.budget.tokens <= 2_000
        assert any(isinstance(answer, Scored) for answer in answers)
        last = answers[-1]
        assert isinstance(last, EngineError)
        assert "budget of 2,000 tokens" in str(last)

    @pytest.mark.parametrize(
        "fault", [faults.UNTOLD, faults.TRUNCATED], ids=["usage untold", "broken off"]
    )
    def test_counts_the_most_where_an_answer_does_not_say(
        self, fault: Failing, engine: OpenAIEngine, proxy: FaultyProxy
    ) -> None:
        before = engine.client.budget.tokens
        proxy.fail([fault])
        engine.loglikelihood(REQUESTS[:1])
        assert engine.client.budget.tokens - before > len(TEXTS[0])

    def test_in_money_is_never_passed(self, proxy: FaultyProxy, new_engine: NewEngine) -> None:
        engine = new_engine(url=proxy.url, budget_money=0.002, price_read=1.0, price_written=4.0)
        answers = engine.loglikelihood(
            [Request(Prompt("Text: ", f"{n} " * 40, "\nLabel:"), LABELS) for n in range(60)]
        )
        assert 0 < engine.client.budget.money <= 0.002
        assert any(isinstance(answer, EngineError) for answer in answers)


class TestAtTheStart:
    def test_a_wrong_name_is_told_with_the_right_ones(self, new_engine: NewEngine) -> None:
        with pytest.raises(EngineError, match=r"no model 'gpt-9'.*SmolLM2"):
            new_engine(name="gpt-9")

    def test_a_dead_server_is_told(self, new_engine: NewEngine) -> None:
        with pytest.raises(EngineError, match="cannot be reached"):
            new_engine(url="http://127.0.0.1:9/v1", retries=0)

    def test_a_wrong_key_is_told(self, proxy: FaultyProxy, new_engine: NewEngine) -> None:
        proxy.always_fail(faults.status(401))
        with pytest.raises(EngineError, match="refuses the key"):
            new_engine(url=proxy.url)

    def test_no_name_is_told(self, new_engine: NewEngine) -> None:
        with pytest.raises(EngineError, match="No model of the server is named"):
            new_engine(name="bundled")


class TestTexts:
    ASKED = GenerateRequest(Prompt("The capital of Italy is", "", ""), 4)

    @pytest.mark.parametrize(
        ("fault", "said"),
        [(faults.EMPTY, "is empty"), (faults.REFUSED, "refused"), (faults.TRUNCATED, "break off")],
        ids=["empty", "refused", "truncated"],
    )
    def test_that_are_none_are_errors(
        self, fault: Failing, said: str, engine: OpenAIEngine, proxy: FaultyProxy
    ) -> None:
        proxy.always_fail(fault)
        [answer] = engine.generate([self.ASKED])
        assert isinstance(answer, EngineError)
        assert said in str(answer)

    def test_cut_off_under_a_schema_are_errors(self, engine: OpenAIEngine) -> None:
        [answer] = engine.generate(
            [GenerateRequest(self.ASKED.context, 2, schema='{"enum": ["a rather long answer"]}')]
        )
        assert isinstance(answer, EngineError)
        assert "cut off" in str(answer)
