"""The benchmark of synthetic texts: people's test texts judge, and a writer alone collapses."""

import json
from pathlib import Path

import numpy as np
import pytest

from backend.synthesis.synthetic_texts import SyntheticTexts
from bench.synthesis import measure, summary
from bench.synthesis_data import HumanTexts, SynthesisWork, read_work
from bench.synthesis_generations import WordChain, generations
from labeling.settings.settings import Settings
from tests.support.synthetic_texts import embed
from tests.support.tiny_encoders import LABELS, draw_texts


def people(number: int, seed: int) -> HumanTexts:
    texts, labels = draw_texts(number, seed)
    return HumanTexts(tuple(texts), labels, embed(texts))


def work(synthetic: SyntheticTexts) -> SynthesisWork:
    return SynthesisWork(LABELS, people(40, 1), people(90, 2), people(200, 3), {"a": synthetic})


def synthetic(number: int, *, is_right: bool) -> SyntheticTexts:
    texts, labels = draw_texts(number, seed=4)
    said = labels if is_right else (labels + 1) % len(LABELS)
    return SyntheticTexts(tuple(texts), said, embed(texts))


def test_good_texts_help_in_every_way_to_use_them() -> None:
    given = work(synthetic(200, is_right=True))
    result = measure(given, given.base.part(range(9)), given.by_engine["a"])
    arms = result.arms
    assert arms["unfiltered"].macro_f1 > arms["people"].macro_f1
    assert arms["guarded"].macro_f1 >= arms["people"].macro_f1


def test_bad_texts_are_refused_and_do_no_harm() -> None:
    given = work(synthetic(200, is_right=False))
    result = measure(given, given.base, given.by_engine["a"])
    assert result.agreeing < 0.4
    assert result.arms["synthetic"].macro_f1 < 0.3
    assert result.arms["guarded"].macro_f1 > result.arms["unfiltered"].macro_f1
    gains = summary([result])["guarded - unfiltered"]["macro-F1"]
    assert gains.mean == pytest.approx(
        result.arms["guarded"].macro_f1 - result.arms["unfiltered"].macro_f1
    )


def test_a_writer_alone_forgets_and_under_guard_does_not() -> None:
    given = work(synthetic(1, is_right=True))
    found = {
        guarded: generations(given.pool, given.test, LABELS, 6, seed=0, guarded=guarded)
        for guarded in (False, True)
    }
    assert found[False][-1].distinct < 0.7 * found[True][-1].distinct
    assert found[True][-1].macro_f1 >= found[True][0].macro_f1 - 0.05
    assert [one.number for one in found[True]] == [*range(7)]
    assert {one.share for one in found[False][1:]} == {1.0}
    assert max(one.share for one in found[True]) <= 0.5


def test_a_chain_writes_only_what_followed() -> None:
    chain = WordChain.fit(["a b c", "x y"], np.array([0, 1]))
    texts, labels = chain.write(20, np.random.default_rng(0))
    assert {*zip(texts, labels.tolist(), strict=True)} == {("a b c", 0), ("x y", 1)}


def test_test_texts_are_never_learned_from(tmp_path: Path) -> None:
    def write(name: str, rows: list[dict[str, str]]) -> None:
        lines = (json.dumps(row) for row in rows)
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")

    write("base", [{"h_text": t, "target": "x"} for t in ("one", "Two", "one")])
    write("train", [{"h_text": "two ", "target": "x"}, {"h_text": "three", "target": "y"}])
    write("test", [{"h_text": "two", "target": "x"}])
    row = {"h_text": "one", "target": "x", "augmented_h_text": "one and only"}
    write("balanced_m_augmented", [row, {**row, "target": "unknown"}])
    settings = Settings.model_validate({"learning": {"embedding": None}})
    found = read_work(tmp_path, settings, tmp_path, None)
    assert (found.base.texts, found.pool.texts) == (("one",), ())
    assert found.by_engine["m"].texts == ("one and only",)
    assert found.by_engine["m"].parents == ("one",)
