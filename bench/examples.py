"""What examples in the prompt bring, and what they cost: none, the same for all, the most alike.

    python -m bench.examples FOLDER... [--answers N] [--tests N] [--seeds N] [--json]

A folder holds `items.csv` (item_id, text) and `gold.csv` (task, label), or a whole project; see
`bench.classification`. The gold labels of N random texts are the answers that examples are chosen
by, as the service does it; others are for the test. Under each way, prior and calibrator are
fitted on the answers, and nothing else. Of examples of a kind, those with the least held-out log
loss are shown; `chosen` is what the service shows, which may be none. Texts a second are the
engine's, on texts that it has not seen, beside whatever else runs on the machine.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from backend import engines
from backend.engines import Asked, Engine
from backend.engines.answer_cache import AnswerCache
from backend.engines.model_client import ModelClient
from backend.engines.steps import run
from backend.learning.examples import ExampleChoice, choose_examples
from backend.learning.examples.candidates import candidates
from backend.learning.fit_choice import fit_choice
from backend.learning.samples import ControlSamples, LabeledItem
from backend.questions.choice import ChoiceQuestion
from backend.questions.factory import QuestionFactory
from backend.questions.item import PromptItem, item_of
from bench.classification_work import ClassificationWork, read_work
from labeling.errors import TandemError
from labeling.form.form import parse
from labeling.mathtypes import Floats
from labeling.settings.load import load
from labeling.settings.settings import Settings
from tandem.replay.model import embedded

_TOGETHER = 64
_TIMED = 32
"""Texts that the speed is measured on."""


@dataclass(frozen=True, slots=True)
class ExamplesResult:
    """One folder, seed and way.

    Attributes:
        folder: The folder's name.
        seed: Of the draw of answers.
        way: `none`, `static`, `retrieved`, or `chosen`.
        plan: The plan's name.
        accuracy: On the test texts.
        log_loss: Nats a test text.
        tokens_an_item: Tokens that are read of each text, as estimated.
        shared_tokens: Tokens that are read once for all texts, as estimated.
        texts_a_second: That the engine reads.
    """

    folder: str
    seed: int
    way: str
    plan: str
    accuracy: float
    log_loss: float
    tokens_an_item: float
    shared_tokens: float
    texts_a_second: float


class CachedModel:
    """A model that is asked nothing twice, not even by the next run.

    Attributes:
        model: The model, as the rest of the backend sees it.
    """

    def __init__(self, engine: Engine, settings: Settings, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "answers.sqlite3"
        self._engine = engine
        self._cache = AnswerCache(file, engine.digest, settings.backend.cache_bytes)
        self.model = ModelClient(self._ask, lambda: engine.abilities)

    def _ask(self, requests: Sequence[Asked]) -> list[Any]:
        known: dict[Asked, Any] = {**self._cache.get(requests)}
        new = [request for request in dict.fromkeys(requests) if request not in known]
        for start in range(0, len(new), _TOGETHER):
            part = new[start : start + _TOGETHER]
            answers = dict(zip(part, self._engine.answer(part), strict=True))
            self._cache.put({r: a for r, a in answers.items() if not isinstance(a, TandemError)})
            known |= answers
        return [known[request] for request in requests]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--answers", type=int, default=200, help="people's answers")
    parser.add_argument("--tests", type=int, default=500, help="texts of the test")
    parser.add_argument("--seeds", type=int, default=1, help="draws of the answers")
    parser.add_argument("--cache", type=Path, help="where the model's answers are kept")
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
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cached = CachedModel(engine, settings, cache)
        results, reports = [], []
        for work in (read_work(folder, shown, None) for folder in given.folders):
            for seed in range(given.seeds):
                trial = ExamplesTrial.draw(work, settings, cache, seed, given.answers, given.tests)
                choice = trial.choose(cached.model)
                results += trial.results(choice, cached.model, engine)
                reports.append({"folder": work.name, "seed": seed, **choice.report})
    Console().print(_table(results))
    if given.json:
        rows = [asdict(result) for result in results]
        print(json.dumps({"results": rows, "searches": reports}))


@dataclass(frozen=True)
class ExamplesTrial:
    """One draw of answers and test texts.

    Attributes:
        name: The folder's.
        seed: Of the draw.
        factory: Makes the question that is asked.
        answers: What examples are chosen from and by.
        tests: What each way is judged on.
        vectors: Embeddings of all, shape (dims,) each, by item; None: there are none.
    """

    name: str
    seed: int
    factory: QuestionFactory
    answers: Sequence[LabeledItem]
    tests: Sequence[LabeledItem]
    vectors: dict[str, Floats] | None

    @classmethod
    def draw(
        cls,
        work: ClassificationWork,
        settings: Settings,
        cache: Path,
        seed: int,
        answers: int,
        tests: int,
    ) -> "ExamplesTrial":
        """Draw answers, and other texts for the test."""
        form = parse(work.label_config)
        order = np.random.default_rng(seed).permutation(len(work.texts))
        drawn = list({work.texts[place]: work.gold[place] for place in order}.items())
        drawn = drawn[: answers + tests]
        matrix = embedded([text for text, _ in drawn], settings, cache)
        items = [item_of(form, text) for text, _ in drawn]
        vectors = None
        if matrix is not None:
            vectors = {one.key: row for one, row in zip(items, matrix, strict=True)}
            items = [replace(i, embedding=vectors[i.key].astype(np.float32)) for i in items]
        samples = [LabeledItem(i, gold, 1.0) for i, (_, gold) in zip(items, drawn, strict=True)]
        factory = QuestionFactory(form, settings, work.instruction, settings.model.engine)
        return cls(work.name, seed, factory, samples[:answers], samples[answers:], vectors)

    def choose(self, model: ModelClient) -> ExampleChoice:
        """Choose examples as the service does."""
        [control] = self.factory.form.controls
        samples = ControlSamples([], self.answers, [])
        return run(
            choose_examples(
                lambda plan: self.factory.question(control, plan),
                samples,
                self.vectors,
                model.abilities,
            ),
            model,
        )

    def results(
        self, choice: ExampleChoice, model: ModelClient, engine: Engine
    ) -> list[ExamplesResult]:
        """Judge each way on the test texts."""
        [control] = self.factory.form.controls
        plans = {one.name: one.plan for one in candidates(control, self.answers, self.vectors)}
        rows = choice.report["candidates"]
        ways = {"none": "none"}
        for kind in ("static", "retrieved"):
            # Those that went furthest, and of these the one with the greatest gain.
            own = [row for row in rows if row["kind"] == kind and row["answers"]]
            if own:
                best = max(own, key=lambda row: (row["answers"], row["gain"]))
                ways[kind] = best["name"]
        ways["chosen"] = choice.report["chosen"]
        cost = {row["name"]: row for row in rows}
        judged: dict[str, tuple[float, float, float]] = {}
        for name in dict.fromkeys(ways.values()):
            question = self.factory.question(control, plans.get(name))
            assert isinstance(question, ChoiceQuestion)
            speed = _speed(question, [one.item for one in self.tests[:_TIMED]], engine)
            judged[name] = (*self._quality(question, model), speed)
        return [
            ExamplesResult(
                self.name,
                self.seed,
                way,
                name,
                *judged[name][:2],
                cost[name]["tokens_an_item"],
                cost[name]["shared_tokens"],
                judged[name][2],
            )
            for way, name in ways.items()
        ]

    def _quality(self, question: ChoiceQuestion, model: ModelClient) -> tuple[float, float]:
        """Fit prior and calibrator on the answers; return accuracy and log loss on the tests."""
        samples = ControlSamples([one.item for one in self.answers], self.answers, [])
        fit = run(fit_choice(question, samples, None, model.abilities), model)
        items = [one.item for one in self.tests]
        parts = run(question.steps(items, fit.control_model, model.abilities), model)
        right, loss = [], []
        for part, one in zip(parts, self.tests, strict=True):
            if isinstance(part, TandemError):
                raise part
            right.append(part.answer == one.answer)
            loss.append(-np.log(max(part.distribution[one.answer], 1e-12)))
        return float(np.mean(right)), float(np.mean(loss))


def _speed(question: ChoiceQuestion, items: Sequence[PromptItem], engine: Engine) -> float:
    """Return how many texts the engine reads a second, what all share being read already."""
    builder = question.methods[0].builder
    requests = [builder.request(prompt) for prompt in question.prompts(items)]
    engine.answer(requests[:1])
    started = time.perf_counter()
    engine.answer(requests)
    return len(requests) / (time.perf_counter() - started)


def _table(results: Sequence[ExamplesResult]) -> Table:
    table = Table(
        "folder", "seed", "way", "plan", "accuracy", "log loss", "tokens", "shared", "texts/s"
    )
    for one in results:
        table.add_row(
            one.folder,
            str(one.seed),
            one.way,
            one.plan,
            f"{one.accuracy:.3f}",
            f"{one.log_loss:.3f}",
            f"{one.tokens_an_item:.0f}",
            f"{one.shared_tokens:.0f}",
            f"{one.texts_a_second:.1f}",
        )
    return table


if __name__ == "__main__":
    main()
