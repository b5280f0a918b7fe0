"""How often a model is right on real texts, and whether its confidence means something.

    python -m bench.classification FOLDER... [--first N] [--seeds N] [--labels V=T...] [--json]

A folder holds `items.csv` (item_id, text) and `gold.csv` (task, label), or a whole project:
`texts.csv` (item_id, text, gold), `label_config.xml` and `instruction.txt`. Texts go through the
service's own prompts, priors and calibrator. The calibrator is fitted on people's answers to a
random half, or to 60 of it, and judged on the other half; figures are means over the seeds.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.special import softmax

from backend import engines
from backend.calibration.learned_state import LearnedState
from backend.engines import Asked, Engine, Scored
from backend.engines.model_client import ModelClient
from backend.learning.fit import learn
from backend.learning.training_set import HumanAnswer, TrainingSet
from backend.pipeline.model_spec import ModelSpec, build_model_spec
from backend.pipeline.predictor import predict
from bench.classification_work import ClassificationWork, read_work, tasks_of
from labeling.form.form import parse
from labeling.mathtypes import Bools, Floats, Indices
from labeling.metrics import auroc, expected_calibration_error
from labeling.predictions.prediction import Prediction
from labeling.settings.load import load
from labeling.settings.settings import Settings
from tandem.replay.model import builder_of

FEW_ANSWERS = 60
"""People's answers of a small pilot."""


@dataclass(frozen=True, slots=True)
class ClassificationQuality:
    """How good answers and their confidence are."""

    accuracy: float
    ece: float
    auroc: float


@dataclass(frozen=True, slots=True)
class ClassificationResult:
    """One folder: quality by the way that confidence was made, and the model's speed."""

    folder: str
    model: str
    items: int
    items_per_second: float
    quality: dict[str, ClassificationQuality]


class TimedModel:
    """Answers each request once, and notes how long the engine took and how often it was asked.

    Attributes:
        seconds: That the engine took.
        asked: Requests that it answered.
        model: The model, as the rest of the backend sees it.
    """

    def __init__(self, engine: Engine) -> None:
        self.seconds = 0.0
        self.asked = 0
        self.model = ModelClient(self._ask, lambda: engine.abilities)
        self._engine = engine
        self._known: dict[Asked, Any] = {}

    def _ask(self, requests: Sequence[Asked]) -> list[Any]:
        new = [request for request in dict.fromkeys(requests) if request not in self._known]
        started = time.perf_counter()
        self._known |= zip(new, self._engine.answer(new), strict=True)
        self.seconds += time.perf_counter() - started
        self.asked += len(new)
        return [self._known[request] for request in requests]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--first", type=int, metavar="N", help="take the first N items alone")
    parser.add_argument("--seeds", type=int, default=5, help="random halves to average over")
    parser.add_argument(
        "--labels",
        nargs="+",
        default=[],
        metavar="VALUE=TEXT",
        help="what the model is shown of a stored label",
    )
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    shown = dict(pair.split("=", 1) for pair in given.labels)
    settings = load()
    engine = engines.load(settings)
    results = [
        measure(read_work(folder, shown, given.first), engine, settings, seeds=given.seeds)
        for folder in given.folders
    ]
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"results": [asdict(result) for result in results]}))


def measure(
    work: ClassificationWork, engine: Engine, settings: Settings, *, seeds: int
) -> ClassificationResult:
    """Measure the model on one folder.

    Args:
        work: The items.
        engine: Holds the model.
        settings: Prompt and learning.
        seeds: Draws of the answers that are learned from.

    Returns:
        Quality by the way that confidence was made, and the speed.
    """
    timed = TimedModel(engine)
    model = timed.model
    form = parse(work.label_config)
    identity = engines.identify(settings)

    def fitted(texts: Sequence[str] = (), answers: Sequence[HumanAnswer] = ()) -> ModelSpec:
        blank = build_model_spec(settings, identity, form, LearnedState(work.instruction))
        learned, _ = learn(blank, TrainingSet(work.instruction, texts, answers), model)
        return build_model_spec(settings, identity, form, learned)

    batch = fitted(work.texts)
    quality = {
        "raw": _raw(batch, work, model),
        "contextual": _judge(fitted(), work, model),
        "batch": _judge(batch, work, model),
    }
    halves = [np.random.default_rng(seed).permutation(len(work.texts)) for seed in range(seeds)]
    for name, count in (
        ("calibrated on 60", FEW_ANSWERS),
        ("calibrated on half", len(work.texts) // 2),
    ):
        quality[name] = _mean(
            [
                _judge(fitted(work.texts, _answers(work, half[:count])), _held(work, half), model)
                for half in halves
            ]
        )
    speed = len(set(work.texts)) / timed.seconds
    return ClassificationResult(work.name, identity.name, len(work.texts), speed, quality)


def _answers(work: ClassificationWork, places: Indices) -> list[HumanAnswer]:
    return [HumanAnswer(work.texts[place], work.gold[place]) for place in places]


def _held(work: ClassificationWork, order: Indices) -> ClassificationWork:
    places = order[len(order) // 2 :]
    texts, gold = [work.texts[i] for i in places], [work.gold[i] for i in places]
    return ClassificationWork(work.name, work.label_config, work.instruction, texts, gold)


def _judge(
    model_spec: ModelSpec, work: ClassificationWork, model: ModelClient
) -> ClassificationQuality:
    outcomes = predict(model_spec, model, tasks_of(model_spec.form, work.texts))
    confidence = [o.confidence if isinstance(o, Prediction) else 0.0 for o in outcomes]
    answers = [o.answer if isinstance(o, Prediction) else "" for o in outcomes]
    return _quality(np.array(confidence), np.array(answers) == np.array(work.gold))


def _raw(
    model_spec: ModelSpec, work: ClassificationWork, model: ModelClient
) -> ClassificationQuality:
    """Judge the model's bare probabilities, with priors left in."""
    values = np.array([candidate.value for candidate in model_spec.form.controls[0].candidates])
    scored = model.ask([builder_of(model_spec).request(text) for text in work.texts])
    arrays = [s.loglikelihoods for s in scored if isinstance(s, Scored)]
    bare = softmax(np.array(arrays), axis=1)
    return _quality(bare.max(axis=1), values[bare.argmax(axis=1)] == np.array(work.gold))


def _quality(confidence: Floats, right: Bools) -> ClassificationQuality:
    return ClassificationQuality(
        accuracy=float(right.mean()),
        ece=expected_calibration_error(confidence, right),
        auroc=auroc(confidence, right),
    )


def _mean(qualities: Sequence[ClassificationQuality]) -> ClassificationQuality:
    return ClassificationQuality(
        accuracy=float(np.mean([quality.accuracy for quality in qualities])),
        ece=float(np.mean([quality.ece for quality in qualities])),
        auroc=float(np.mean([quality.auroc for quality in qualities])),
    )


def _table(results: Sequence[ClassificationResult]) -> Table:
    table = Table("folder", "items", "items/s", "confidence", "accuracy", "ECE", "AUROC")
    for result in results:
        for name, quality in result.quality.items():
            is_first = name == next(iter(result.quality))
            table.add_row(
                result.folder if is_first else "",
                f"{result.items:,}" if is_first else "",
                f"{result.items_per_second:.1f}" if is_first else "",
                name,
                f"{quality.accuracy:.3f}",
                f"{quality.ece:.3f}",
                f"{quality.auroc:.3f}",
            )
    return table


if __name__ == "__main__":
    main()
