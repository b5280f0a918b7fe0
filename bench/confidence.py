"""How good every way to find a confidence is: accuracy, ECE, AUROC, and what it costs.

    python -m bench.confidence FOLDER... [--first N] [--json]

For the form of a folder see `bench.classification`. Every method that the settings' engine allows
answers the items, through the service's own prompts, with the batch prior where it takes one and
without people's answers. An item that a method fails on counts as wrong, with confidence 0.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from backend import engines
from backend.calibration.learned_state import LearnedState
from backend.confidence.methods import missing_by_method
from backend.engines import Engine
from backend.learning.fit import learn
from backend.learning.training_set import TrainingSet
from backend.pipeline.model_spec import build_model_spec
from backend.pipeline.predictor import predict
from bench.classification import TimedModel
from bench.classification_work import ClassificationWork, read_work, tasks_of
from labeling.form.form import parse
from labeling.metrics import auroc, expected_calibration_error
from labeling.predictions.prediction import Prediction
from labeling.settings.load import load
from labeling.settings.model_sections import ConfidenceSettings
from labeling.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class ConfidenceResult:
    """One folder and method.

    Attributes:
        folder: The folder's name.
        model: The model's name.
        method: The method's name.
        items: Items that were asked about.
        answered: Items that got an answer.
        accuracy: Share of all items that it was right on.
        ece: Expected calibration error.
        auroc: How well confidence ranks right answers above wrong ones.
        calls: Requests to the model per item.
        seconds: That the model took per item.
    """

    folder: str
    model: str
    method: str
    items: int
    answered: int
    accuracy: float
    ece: float
    auroc: float
    calls: float
    seconds: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--first", type=int, metavar="N", help="take the first N items alone")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    settings = load()
    engine = engines.load(settings)
    missing = missing_by_method(engine.abilities)
    allowed = [name for name, lacking in missing.items() if lacking is None]
    works = [read_work(folder, {}, given.first) for folder in given.folders]
    results = [measure(work, engine, settings, name) for work in works for name in allowed]
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"results": [asdict(result) for result in results]}))


def measure(
    work: ClassificationWork, engine: Engine, settings: Settings, method: str
) -> ConfidenceResult:
    """Measure one method on one folder.

    Args:
        work: The items.
        engine: Holds the model.
        settings: Prompt and learning.
        method: The confidence method.

    Returns:
        Quality, and what the method costs.
    """
    chosen = {**settings.confidence.model_dump(), "methods": (method,)}
    confidence = ConfidenceSettings.model_validate(chosen)
    settings = settings.model_copy(update={"confidence": confidence})
    timed = TimedModel(engine)
    identity, form = engines.identify(settings), parse(work.label_config)
    blank = build_model_spec(settings, identity, form, LearnedState(work.instruction))
    learned, _ = learn(blank, TrainingSet(work.instruction, work.texts), timed.model)
    model_spec = build_model_spec(settings, identity, form, learned)
    outcomes = predict(model_spec, timed.model, tasks_of(form, work.texts))
    answers = [o.answer if isinstance(o, Prediction) else None for o in outcomes]
    stated = np.array([o.confidence if isinstance(o, Prediction) else 0.0 for o in outcomes])
    right = np.array([answer == gold for answer, gold in zip(answers, work.gold, strict=True)])
    return ConfidenceResult(
        folder=work.name,
        model=identity.name,
        method=method,
        items=len(answers),
        answered=sum(answer is not None for answer in answers),
        accuracy=float(right.mean()),
        ece=expected_calibration_error(stated, right),
        auroc=auroc(stated, right),
        calls=timed.asked / len(answers),
        seconds=timed.seconds / len(answers),
    )


def _table(results: Sequence[ConfidenceResult]) -> Table:
    table = Table("folder", "method", "answered", "accuracy", "ECE", "AUROC", "calls", "s an item")
    for result in results:
        table.add_row(
            result.folder,
            result.method,
            f"{result.answered:,} of {result.items:,}",
            *(f"{figure:.3f}" for figure in (result.accuracy, result.ece, result.auroc)),
            f"{result.calls:.1f}",
            f"{result.seconds:.2f}",
        )
    return table


if __name__ == "__main__":
    main()
