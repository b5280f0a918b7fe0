"""The annotator's benchmark plays whole campaigns with a good one, and ends with JSON."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import log_softmax

from bench.annotator import main, measure, recorded, simulated
from routing.guarantee.audit_test import Promise
from tandem.replay.beliefs import Beliefs

pytestmark = pytest.mark.slow

ITEMS = 400


@pytest.fixture
def beliefs() -> Beliefs:
    """A calibrated model that is right in about two thirds."""
    rng = np.random.default_rng(0)
    believed = rng.dirichlet(np.full(3, 0.6), ITEMS)
    chances = believed.cumsum(axis=1)
    gold = (chances < rng.random((ITEMS, 1))).sum(axis=1).clip(max=2).astype(np.intp)
    return Beliefs(
        "a model", "simulated", "simulated", log_softmax(np.log(believed), 1), gold, None
    )


def test_a_good_annotator_leaves_more_to_the_model(beliefs: Beliefs) -> None:
    told = measure(
        beliefs,
        "simulated",
        None,
        accuracy=0.95,
        price=0.02,
        budget=1e6,
        promise=Promise(ITEMS, 0.1, 0.1),
        seeds=2,
    )
    assert told.share > told.share_alone
    assert told.saved > 0
    assert told.cost == pytest.approx(0.02 * told.asked)


def test_a_simulated_annotator_is_right_as_often_as_it_says() -> None:
    gold = np.arange(9000) % 3
    said = simulated(gold, 3, 0.8, seed=1)
    assert (said == gold).mean() == pytest.approx(0.8, abs=0.02)
    assert {*said.tolist()} == {0, 1, 2}


def test_a_recorded_annotator_s_labels_are_those_of_its_file(
    beliefs: Beliefs, tmp_path: Path
) -> None:
    items = [f"t{place}" for place in range(ITEMS)]
    pd.DataFrame({"item_id": items, "text": items}).to_csv(tmp_path / "items.csv", index=False)
    gold = [str(one) for one in beliefs.gold]
    pd.DataFrame({"task": items, "label": gold}).to_csv(tmp_path / "gold.csv", index=False)
    told = pd.DataFrame({"task": items[:100], "model": "large", "label": gold[:100]})
    told.to_csv(tmp_path / "llm.csv", index=False)
    name, part, labels = recorded(tmp_path, beliefs, None, ITEMS)
    assert name == "large"
    assert labels.tolist() == part.gold.tolist() == beliefs.gold[:100].tolist()


def test_it_ends_with_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [f"text {place} of {'sport' if place % 2 else 'science'}" for place in range(80)]
    names = ["sport" if place % 2 else "science" for place in range(80)]
    items = [f"t{place}" for place in range(80)]
    pd.DataFrame({"item_id": items, "text": texts}).to_csv(tmp_path / "items.csv", index=False)
    pd.DataFrame({"task": items, "label": names}).to_csv(tmp_path / "gold.csv", index=False)
    arguments = [str(tmp_path), "--accuracy", "0.9", "--seeds", "1", "--json"]
    main([*arguments, "--cache", str(tmp_path / "cache")])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["annotator"] == "simulated, 0.9"
    assert 0 <= told["share"] <= 1
    assert told["results"][0]["items"] == told["items"] == 80
