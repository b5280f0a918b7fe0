"""The scoring benchmark gives every contender the same work, and they agree on the scores."""

from xml.etree import ElementTree

import numpy as np
import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from backend.engines import bundled
from bench.contenders import alone, naive, ours
from bench.scoring import matmul_rate
from bench.scoring_plot import plot
from bench.scoring_work import ScoringWork, label_set, work

TEXTS = [f"The team won game number {number} on Sunday." for number in range(80)]


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    found: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(bundled.converted_folder())
    return found


@pytest.mark.parametrize("count", [2, 4, 20, 77, 500])
def test_labels_are_as_many_as_asked_for_and_all_different(count: int) -> None:
    assert len(set(label_set(count))) == count


@pytest.mark.model
@pytest.mark.parametrize("tokens", [50, 435, 1000])
def test_the_prefix_has_its_tokens(tokens: int, tokenizer: PreTrainedTokenizerBase) -> None:
    given = work(tokenizer, TEXTS, tokens, 4, 8)
    assert abs(len(tokenizer(given.before).input_ids) - tokens) <= 2
    assert given.before.endswith("\n\nText: ")
    assert len(given.texts) == 8


@pytest.mark.model
def test_contenders_agree(tokenizer: PreTrainedTokenizerBase) -> None:
    given = work(tokenizer, TEXTS, 50, 20, 2)
    given = ScoringWork(given.before, given.texts, given.after, given.labels[:3])
    fast, slow = ours(given), naive(given)
    assert np.array(fast["scores"]) == pytest.approx(np.array(slow["scores"]), abs=1e-3)
    assert fast["items"] == slow["items"] == 2
    assert fast["flops"] > 0


@pytest.mark.model
def test_a_single_text_is_held_against_a_bare_forward_pass(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    outcome = alone(work(tokenizer, TEXTS, 50, 2, 1))
    assert outcome["seconds"] > 0
    assert outcome["bare_seconds"] > 0


def test_the_machine_multiplies() -> None:
    assert matmul_rate(tokens=64, times=2) > 1e6


def test_the_plot_is_a_picture_and_leaves_out_what_did_not_run() -> None:
    row = {"labels": 4, "prefix": 435, "items": 256, "of_limit": 0.76}
    drawn = plot([{**row, "over_naive": 30.5, "over_lm_eval": 22.1, "over_llama_cpp": None}])
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert "30.5" in drawn
    assert "None" not in drawn
