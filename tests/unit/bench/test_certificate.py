"""The certificate benchmark runs on a folder of the documented form and ends with JSON."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench import baselines
from bench.certificate import main
from routing.guarantee.audit_test import Promise

pytestmark = pytest.mark.slow

ITEMS = 300


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """A model that is right as often as it says, and states two kinds of confidence."""
    rng = random.Random(1)
    gold, said = ["task,label"], ["task,model,label,confidence"]
    for item in range(ITEMS):
        confidence = rng.choice([0.99, 0.6])
        right = rng.random() < confidence
        gold.append(f"t{item},{'yes' if right else 'no'}")
        said.append(f"t{item},model,yes,{confidence}")
    (tmp_path / "gold.csv").write_text("\n".join(gold))
    (tmp_path / "llm.csv").write_text("\n".join(said))
    return tmp_path


def test_it_ends_with_one_object_that_holds_tandem_and_the_baselines(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(answers), "--seeds", "2", "--jobs", "1", "--epsilon", "0.1"]
    main([*arguments, "--cache", str(tmp_path / "cache"), "--json"])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["items"], told["labels"], told["seeds"]) == (ITEMS, 2, 2)
    assert 0 < told["share_mean"] < 1
    assert 0 <= told["violations"] <= 1
    assert set(told["baselines"]) == {"PAC labels", "fixed sequence", "perfect threshold"}
    assert told["results"][0]["share_mean"] == told["share_mean"]


def test_learners_beside_the_head_read_the_texts(
    answers: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The texts tell what the model does not know.
    gold = [line.split(",") for line in (answers / "gold.csv").read_text().splitlines()[1:]]
    texts = ["item_id,text", *(f"{task},all is {label} here" for task, label in gold)]
    (answers / "items.csv").write_text("\n".join(texts))
    monkeypatch.setenv("TANDEM_LEARNING__EMBEDDING", "")
    monkeypatch.setattr("bench.campaign.FEWEST_FOR_OPINION", 20)
    arguments = [str(answers), "--seeds", "1", "--jobs", "1", "--cache", str(tmp_path / "cache")]
    shares = []
    for learners in ([], ["--learners", "words"]):
        main([*arguments, *learners, "--json"])
        shares.append(json.loads(capsys.readouterr().out.splitlines()[-1])["share_mean"])
    assert shares[1] > shares[0] + 0.05


def test_a_perfect_threshold_leaves_all_up_to_the_error_that_breaks_the_promise() -> None:
    wrong = np.array([False, False, True, False, True, False])
    share = baselines.perfect_threshold(wrong, Promise(6, 0.2, 0.05), np.random.default_rng(0))
    assert share == 4 / 6


@pytest.mark.parametrize("rule", [baselines.pac_labels, baselines.fixed_sequence])
def test_known_rules_break_the_promise_no_more_often_than_they_may(
    rule: Callable[[int], baselines.Rule],
) -> None:
    rng, broken, seeds = np.random.default_rng(0), 0, 400
    wrong = np.sort(rng.random(1000)) * 0.4 > rng.random(1000)
    promise = Promise(1000, 0.05, 0.1)
    for seed in range(seeds):
        kept = round(rule(200)(wrong, promise, np.random.default_rng(seed)) * 1000)
        # What is kept are the most confident, less those of them that were audited.
        broken += int(wrong[:kept].sum()) > promise.allowed
    assert broken / seeds <= promise.risk
    assert kept > 0
