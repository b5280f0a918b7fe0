"""Writing: each order once, whoever is killed in between, and no more than the budget allows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines import GenerateRequest, Generation
from backend.synthesis.generation.budget import Spending, WritingBudget
from backend.synthesis.generation.orders import Order, Source, plan
from backend.synthesis.generation.prompts import Task
from backend.synthesis.generation.text_file import TextFile, read_texts
from backend.synthesis.generation.write import AT_ONCE, Sampling, write_texts
from labeling.errors import EngineError, SettingsError
from tests.support.capable_engine import AbleEngine

LABELS = ("good", "bad")

TASK = Task("Say how it was.", {"good": "Good", "bad": "Bad"}, {"bad": "did not like it"})

ORDERS = plan("zero-shot", 2 * AT_ONCE + 3, Source(LABELS), seed=0)

ANY = WritingBudget()


def by_seed(request: GenerateRequest) -> str:
    """Write what hangs on the seed alone, as a seeded model does."""
    return f" It was film number {request.seed}.\n"


class Mortal(AbleEngine):
    """Dies after so many texts."""

    def __init__(self, texts: int) -> None:
        super().__init__(by_seed)
        self._left = texts

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        self._left -= len(requests)
        if self._left < 0:
            raise KeyboardInterrupt
        return super().generate(requests)


class Faulty(AbleEngine):
    """Cannot write texts of some seeds."""

    def __init__(self, *seeds: int) -> None:
        super().__init__(by_seed)
        self.faulty = {*seeds}

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        written = super().generate(requests)
        return [
            EngineError("Too long") if request.seed in self.faulty else one
            for request, one in zip(requests, written, strict=True)
        ]


def write(
    file: Path,
    engine: AbleEngine | None = None,
    orders: Sequence[Order] = ORDERS,
    budget: WritingBudget = ANY,
) -> TextFile:
    texts = TextFile(file)
    write_texts(engine or AbleEngine(by_seed), orders, TASK, texts, Sampling(), budget)
    return texts


def test_every_order_is_written_once_with_its_recipe(tmp_path: Path) -> None:
    texts = write(tmp_path / "texts.jsonl").texts
    assert [one.text for one in texts] == [f"It was film number {n}." for n in range(len(ORDERS))]
    assert [one.recipe.label for one in texts[:3]] == ["good", "bad", "good"]
    assert {one.recipe.engine for one in texts} == {"able-22222222"}
    assert len({one.id for one in texts}) == len(ORDERS)
    assert read_texts(tmp_path / "texts.jsonl") == texts


def test_nothing_is_written_twice(tmp_path: Path) -> None:
    write(tmp_path / "texts.jsonl")
    engine = AbleEngine(by_seed)
    write(tmp_path / "texts.jsonl", engine)
    assert not engine.asked


def test_a_longer_run_goes_on_with_a_shorter_one(tmp_path: Path) -> None:
    write(tmp_path / "texts.jsonl", orders=plan("zero-shot", 5, Source(LABELS), seed=0))
    engine = AbleEngine(by_seed)
    texts = write(tmp_path / "texts.jsonl", engine).texts
    assert len(engine.asked) == len(ORDERS) - 5
    assert texts == write(tmp_path / "other.jsonl").texts


def test_killed_between_batches_and_run_again_it_ends_the_same(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "killed.jsonl", Mortal(AT_ONCE))
    assert len(read_texts(tmp_path / "killed.jsonl")) == AT_ONCE
    assert write(tmp_path / "killed.jsonl").texts == write(tmp_path / "whole.jsonl").texts


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0, 1))
def test_cut_off_anywhere_and_run_again_it_ends_the_same(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As kill -9, or a crash of the machine, may leave the file: at any byte."""
    file = tmp_path_factory.mktemp("run") / "texts.jsonl"
    whole = write(file).texts
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    assert write(file).texts == whole
    assert file.read_bytes() == content


def test_what_failed_is_asked_for_again(tmp_path: Path) -> None:
    texts = TextFile(tmp_path / "texts.jsonl")
    writing = write_texts(Faulty(1, 4), ORDERS, TASK, texts, Sampling(), ANY)
    assert (writing.new, writing.failed, writing.why_failed) == (len(ORDERS) - 2, 2, "Too long")
    engine = AbleEngine(by_seed)
    write(tmp_path / "texts.jsonl", engine)
    assert [one.seed for one in engine.asked] == [1, 4]


def test_where_every_text_fails_the_reason_is_raised(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="Too long"):
        write(tmp_path / "texts.jsonl", Faulty(*range(99)))


@pytest.mark.parametrize(
    "budget",
    [
        WritingBudget(tokens=1500),
        WritingBudget(money=0.001, price_read=1.0, price_written=2.0),
        WritingBudget(tokens=0),
    ],
    ids=["tokens", "money", "nothing"],
)
def test_the_budget_is_never_passed_however_often_it_is_run(
    budget: WritingBudget, tmp_path: Path
) -> None:
    for _ in range(3):
        texts = write(tmp_path / "texts.jsonl", budget=budget).texts
        assert budget.allows(Spending.of(texts))
        assert len(texts) < len(ORDERS)
    enough = WritingBudget(tokens=10**6, money=10.0, price_read=1.0, price_written=2.0)
    assert len(write(tmp_path / "texts.jsonl", budget=enough).texts) == len(ORDERS)


def test_a_run_says_that_the_budget_was_too_small(tmp_path: Path) -> None:
    texts = TextFile(tmp_path / "texts.jsonl")
    budget = WritingBudget(tokens=1500)
    engine = AbleEngine(by_seed)
    writing = write_texts(engine, ORDERS, TASK, texts, Sampling(), budget)
    assert not writing.is_within_budget
    assert 0 < writing.new == len(engine.asked)


def test_what_was_written_counts_as_the_run_goes_on(tmp_path: Path) -> None:
    texts = TextFile(tmp_path / "texts.jsonl")
    budget = WritingBudget(tokens=2400)
    writing = write_texts(AbleEngine(by_seed), ORDERS, TASK, texts, Sampling(), budget)
    assert AT_ONCE < writing.new < len(ORDERS)
    assert not writing.is_within_budget


def test_money_is_counted_by_the_million_tokens() -> None:
    budget = WritingBudget(price_read=2.0, price_written=10.0)
    assert budget.cost(Spending(500_000, 100_000)) == pytest.approx(2.0)


def test_another_seed_or_temperature_is_another_text(tmp_path: Path) -> None:
    texts = TextFile(tmp_path / "texts.jsonl")
    for sampling in (Sampling(), Sampling(seed=1), Sampling(temperature=0.5)):
        write_texts(AbleEngine(by_seed), ORDERS[:3], TASK, texts, sampling, ANY)
    assert len({one.id for one in texts.texts}) == 9
    assert len({one.recipe.seed for one in texts.texts[:6]}) == 6


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    file = tmp_path / "below" / "texts.jsonl"
    write(file)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_line_of_something_else_is_named(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    write(file, orders=ORDERS[:1])
    file.write_bytes(file.read_bytes() + b'{"text": "mine"}\n')
    with pytest.raises(SettingsError, match=r"texts\.jsonl, line 2"):
        TextFile(file)


def test_odd_characters_are_kept_or_escaped(tmp_path: Path) -> None:
    engine = AbleEngine(lambda _: "na\u00efve \U0001f600 half \ud800 \u2028 end")
    write(tmp_path / "texts.jsonl", engine, ORDERS[:1])
    [read] = read_texts(tmp_path / "texts.jsonl")
    assert read.text.startswith("na\u00efve \U0001f600 half")


def test_tokens_are_counted_as_the_model_tells(tmp_path: Path) -> None:
    [text] = write(tmp_path / "texts.jsonl", orders=ORDERS[:1]).texts
    assert text.written == len(np.log([0.8, 0.9]))
    assert text.read > 10
