"""The benchmark of examples: what is drawn, and which ways are judged."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from backend.engines import Request, Scored
from bench.classification_work import ClassificationWork, label_config_of
from bench.examples import CachedModel, ExamplesTrial
from labeling.errors import EngineError
from labeling.settings.settings import Settings
from tests.support.even_engine import EvenEngine

NAMES = ("even", "odd")
WORK = ClassificationWork(
    "made",
    label_config_of(NAMES, {}),
    "",
    [f"Number {place}" for place in range(100)],
    [NAMES[place % 2] for place in range(100)],
)
SETTINGS = Settings.model_validate({"learning": {"embedding": None}})


class CopyingEngine(EvenEngine):
    """Tells even from odd where it is shown examples, and only then."""

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        return [Scored(np.log([p, 1 - p])) for p in map(_p_even, requests)]


def _p_even(request: Request) -> float:
    last = request.context.text.split()[-1]
    if "Label: " not in request.context.before or not last.isdigit():
        return 0.5
    return 0.1 if int(last) % 2 else 0.9


def test_each_way_is_judged_on_texts_that_nobody_answered(tmp_path: Path) -> None:
    engine = CopyingEngine()
    model = CachedModel(engine, SETTINGS, tmp_path).model
    trial = ExamplesTrial.draw(WORK, SETTINGS, tmp_path, seed=0, answers=60, tests=40)
    assert not {one.item.key for one in trial.answers} & {one.item.key for one in trial.tests}
    none, static, chosen = trial.results(trial.choose(model), model, engine)
    assert [none.way, static.way, chosen.way] == ["none", "static", "chosen"]
    assert none.accuracy < 0.8
    assert chosen.accuracy == 1
    assert chosen.plan == static.plan
    assert chosen.log_loss < none.log_loss
    assert chosen.shared_tokens > none.shared_tokens
