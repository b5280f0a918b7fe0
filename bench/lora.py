"""What an adapter costs and brings: seconds to train it, and quality on items that it did not see.

    python -m bench.lora FOLDER... [--answers N] [--held-out N] [--seeds N] [--threads N] [--json]

For the form of a folder see `bench.classification_work`. For every seed as many items as asked for
are answered with their gold labels, drawn at random, and others are held out. `before` is the model
with its label priors taken out, `after` the same under the adapter. `served` is the largest
difference, in nats, between what the engine serves under the saved adapter and a forward pass of
peft's own model. The model is loaded before the clock starts; other work on the machine slows the
seconds down, so that those of the processor are given, too, summed over its cores, with the load.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from peft import PeftModel
from rich.console import Console
from rich.table import Table

from backend.calibration.noisy_labels import NoisyLabels
from backend.confidence.priors import without_prior
from backend.engines import Engine, Request, Scored, identify
from backend.engines.transformers import TransformersEngine, weights
from backend.learning.learners.lora import LoraLearned, LoraLearner, load_trainee
from backend.learning.learners.lora.learner import scores_of
from backend.learning.learners.lora.trainee import Trainee
from backend.learning.material import Material, Texts
from backend.prompts.builder import builder_for
from bench.classification_work import ClassificationWork, read_work
from labeling.form.form import parse
from labeling.mathtypes import Floats
from labeling.settings.load import load
from labeling.settings.settings import Settings

COMPARED = 16
"""Held-out items whose scores are compared with peft's own."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How well held-out items are labelled; the log loss in nats."""

    accuracy: float
    log_loss: float


@dataclass(frozen=True, slots=True)
class LoraResult:
    """One folder and seed.

    Attributes:
        folder: The folder's name.
        answers: Answers that were learned from.
        held_out: Items that were judged.
        seed: Of the draw.
        threads: Threads that computed.
        seconds: Until the adapter was trained, the search included.
        processor_seconds: The same, of the processor's cores together.
        load: The machine's load average meanwhile.
        rank: The adapter's rank.
        before: The model alone.
        after: The model under the adapter.
        served: The largest difference to peft's own log-probabilities, in nats.
    """

    folder: str
    answers: int
    held_out: int
    seed: int
    threads: int
    seconds: float
    processor_seconds: float
    load: float
    rank: int
    before: Quality
    after: Quality
    served: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--answers", type=int, default=500, metavar="N")
    parser.add_argument("--held-out", type=int, default=500, metavar="N")
    parser.add_argument("--seeds", type=int, default=1, metavar="N")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), metavar="N")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    torch.set_num_threads(given.threads)
    settings = load()
    results = [
        measure(read_work(folder, {}, None), settings, given.answers, given.held_out, seed)
        for folder in given.folders
        for seed in range(given.seeds)
    ]
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"results": [asdict(result) for result in results]}))


def measure(
    work: ClassificationWork, settings: Settings, answers: int, held_out: int, seed: int
) -> LoraResult:
    """Train an adapter on some of the items, and judge it on others.

    Args:
        work: The items.
        settings: Name the model and what it is asked.
        answers: Items that are answered.
        held_out: Other items that are judged.
        seed: Of the draw.

    Returns:
        What it cost and brought.
    """
    material = material_of(work, settings)
    order = np.random.default_rng(seed).permutation(len(material))
    known, fresh = (
        material.part(np.isin(np.arange(len(material)), places))
        for places in (order[:answers], order[answers : answers + held_out])
    )
    trainee = load_trainee(settings)
    began, worked = time.perf_counter(), time.process_time()
    learned = LoraLearner(trainee).fit(known)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    return LoraResult(
        folder=work.name,
        answers=len(known),
        held_out=len(fresh),
        seed=seed,
        threads=torch.get_num_threads(),
        seconds=seconds,
        processor_seconds=processor,
        load=os.getloadavg()[1],
        rank=learned.config.r,
        before=_quality(_before(trainee, learned, fresh), fresh.answers),
        after=_quality(learned(fresh.known), fresh.answers),
        served=_difference(learned, fresh.known.requests[:COMPARED], settings),
    )


def material_of(work: ClassificationWork, settings: Settings) -> Material:
    """Write a folder's items as answers, with what the model is asked about each.

    Args:
        work: The items.
        settings: Name what it is asked.

    Returns:
        The material; the gold labels are the answers.

    Raises:
        SystemExit: The folder does not ask for one choice.
    """
    control = parse(work.label_config).only
    if control is None:
        raise SystemExit(f"{work.name} asks for more than one choice.")
    candidates = control.candidates
    builder = builder_for(candidates, settings.prompt, work.instruction)
    values = tuple(candidate.value for candidate in candidates)
    even = np.full((len(work.texts), len(values)), -np.log(len(values)))
    gold = np.array([values.index(label) for label in work.gold])
    texts = Texts(tuple(work.texts), even, requests=tuple(map(builder.request, work.texts)))
    return Material(values, texts, NoisyLabels(even, gold, np.ones(len(gold))))


def _before(trainee: Trainee, learned: LoraLearned, fresh: Material) -> Floats:
    scores = scores_of(trainee, None, fresh.known.requests)
    return np.exp(without_prior(scores, learned.prior))


def _quality(probabilities: Floats, answers: NoisyLabels) -> Quality:
    right = probabilities.argmax(axis=1) == answers.answers
    return Quality(float(right.mean()), float(answers.log_loss(probabilities).mean()))


def _difference(learned: LoraLearned, requests: Sequence[Request], settings: Settings) -> float:
    """Save the adapter, and compare what is served under it with peft's own forward passes."""
    with TemporaryDirectory() as folder:
        artefact = Path(folder) / "adapter"
        artefact.mkdir()
        learned.save(artefact)
        model, tokenizer = weights.load(settings.model)
        identity = identify(settings)
        engine = TransformersEngine(model, tokenizer, identity, adapters=Path(folder))
        served = _scores(engine, [replace(one, adapter="adapter") for one in requests])
        own, _ = weights.load(settings.model)
        by_peft = PeftModel.from_pretrained(own, str(artefact)).eval()
        plain = _scores(TransformersEngine(by_peft, tokenizer, identity, path="plain"), requests)
    return float(np.abs(served - plain).max())


def _scores(engine: Engine, requests: Sequence[Request]) -> Floats:
    answers = engine.loglikelihood(requests)
    return np.array([one.loglikelihoods for one in answers if isinstance(one, Scored)])


def _table(results: Sequence[LoraResult]) -> Table:
    table = Table(title="LoRA on people's answers", title_justify="left")
    columns = ("folder", "answers", "seconds", "CPU s", "load", "accuracy", "log loss", "served")
    for column in columns:
        table.add_column(column, justify="left" if column == "folder" else "right")
    for one in results:
        table.add_row(
            one.folder,
            str(one.answers),
            f"{one.seconds:.0f}",
            f"{one.processor_seconds:.0f}",
            f"{one.load:.1f}",
            f"{one.before.accuracy:.3f} → {one.after.accuracy:.3f}",
            f"{one.before.log_loss:.3f} → {one.after.log_loss:.3f}",
            f"{one.served:.1e}",
        )
    return table


if __name__ == "__main__":
    main()
