"""What a smaller model costs: pruned to several shares, healed or not, against the original.

    python -m bench.compression FOLDER [--answers N] [--healing N] [--layers N...] [--shares S...]
        [--quantization 8bit 4bit] [--passes N] [--minutes M] [--json]

For the form of a folder see `bench.classification`. Items are drawn at random: `--healing` texts by
which is chosen what goes and which healing reads, and `--answers` others, whose gold labels judge.
All ways are judged on the same answers, each calibrated out of fold; the loss of accuracy stands
with its interval of 95%. Speeds are of this machine, while this ran.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from backend.compression.answers import AnsweredTexts
from backend.compression.compress import LOOKED_AT, Cut, choose_kept, cut_out, heal_folder
from backend.compression.healing import Healed
from backend.compression.loaded import load_model, with_model
from backend.compression.report import MOST_LOSS, CompressionReport, Measured, compare
from backend.prompts.builder import builder_for
from bench.classification_work import read_work
from labeling.form.form import parse
from labeling.settings.load import load
from labeling.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Way:
    """One way to make the model smaller, and what it cost.

    Attributes:
        name: What was done.
        report: What it costs.
        seconds: What making it took.
        healed: What healing did; None: it was not healed.
    """

    name: str
    report: CompressionReport
    seconds: float
    healed: Healed | None = None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--answers", type=int, default=500, metavar="N", help="that judge")
    parser.add_argument("--healing", type=int, default=200, metavar="N", help="texts to heal on")
    parser.add_argument("--layers", nargs="*", type=int, default=[], metavar="N")
    parser.add_argument("--shares", nargs="*", type=float, default=[], metavar="S")
    parser.add_argument("--quantization", nargs="*", choices=("8bit", "4bit"), default=[])
    parser.add_argument("--passes", type=int, default=3, help="of healing; 0: none")
    parser.add_argument("--minutes", type=float, default=30.0, help="that one healing may take")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    settings = load()
    looked_at, judged = read_texts(given.folder, settings, given.healing, given.answers)
    cuts = [
        Cut(layers, width, given.passes, given.minutes * 60)
        for layers, width in (
            *((n, None) for n in given.layers),
            *((None, s) for s in given.shares),
        )
    ]
    ways = []
    for way in measure(settings, cuts, given.quantization, looked_at, judged):
        ways.append(way)
        Console(stderr=True).print(f"{way.name}: {way.report.why}")
    Console().print(_table(ways))
    if given.json:
        print(json.dumps({"folder": given.folder.name, "results": [_as_json(w) for w in ways]}))


def read_texts(
    folder: Path, settings: Settings, looked_at: int, judged: int
) -> tuple[AnsweredTexts, AnsweredTexts]:
    """Draw texts to choose and heal by, and others with their gold labels to judge by.

    Args:
        folder: Holds the items.
        settings: Prompt and model.
        looked_at: How many to choose and heal by.
        judged: How many to judge by, where there are as many.

    Returns:
        Both, which share no text.
    """
    work = read_work(folder, {}, None)
    candidates = parse(work.label_config).controls[0].candidates
    values = [candidate.value for candidate in candidates]
    builder = builder_for(candidates, settings.prompt, work.instruction)
    order = np.random.default_rng(0).permutation(len(work.texts))[: looked_at + judged].tolist()
    drawn = AnsweredTexts(
        tuple(values),
        tuple(builder.request(work.texts[place]) for place in order),
        np.array([values.index(work.gold[place]) for place in order], dtype=np.intp),
    )
    return drawn.part(range(looked_at)), drawn.part(range(looked_at, len(drawn)))


def measure(
    settings: Settings,
    cuts: Sequence[Cut],
    quantizations: Sequence[str],
    looked_at: AnsweredTexts,
    judged: AnsweredTexts,
) -> Iterator[Way]:
    """Make the model smaller in each way, and hold it against the original.

    Args:
        settings: Name the model.
        cuts: What is left; each is judged before it is healed and after.
        quantizations: How else it is made smaller.
        looked_at: What is chosen and healed by.
        judged: What is judged by.

    Yields:
        What each way costs, as soon as it is known.
    """
    loaded = load_model(settings)
    original = loaded.measure(judged)
    yield Way("original", compare(original, original, MOST_LOSS), 0.0)
    prompts = loaded.encode(looked_at)
    targets = np.array(loaded.score(looked_at))
    for cut in cuts:
        name = f"{cut.layers} layers" if cut.layers else f"share {cut.width:g}"
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            kept = choose_kept(loaded.model, prompts[:LOOKED_AT], cut)
            cut_out(loaded.model, loaded.tokenizer, kept, Path(folder))
            seconds = time.perf_counter() - began
            smaller = with_model(settings, name=folder)
            yield Way(name, _judge(smaller, original, judged), seconds)
            if cut.healing_passes:
                healed = heal_folder(smaller, prompts, targets, cut)
                report = _judge(smaller, original, judged)
                yield Way(f"{name}, healed", report, seconds + healed.seconds, healed)
    for quantization in quantizations:
        report = _judge(with_model(settings, quantization=quantization), original, judged)
        yield Way(quantization, report, 0.0)


def _judge(settings: Settings, original: Measured, judged: AnsweredTexts) -> CompressionReport:
    return compare(original, load_model(settings).measure(judged), MOST_LOSS)


def _as_json(way: Way) -> dict[str, object]:
    healed = None if way.healed is None else asdict(way.healed)
    return {"way": way.name, "seconds": way.seconds, "healed": healed, **way.report.to_json()}


def _table(ways: Sequence[Way]) -> Table:
    table = Table("", "accuracy", "loss", "log loss", "ECE", "nats", "bytes", "texts/s", "seconds")
    for way in ways:
        report, loss = way.report, way.report.loss
        quality = report.smaller
        table.add_row(
            way.name,
            f"{quality.accuracy.value:.3f}",
            f"{loss.value:+.3f} [{loss.low:+.3f}, {loss.high:+.3f}]",
            f"{quality.log_loss.value:.3f}",
            f"{quality.ece.value:.3f}",
            f"{report.nats:.3f}",
            f"{report.bytes_ratio:.0%}",
            f"{report.speed_ratio:.2f} times",
            f"{way.seconds:.0f}",
        )
    return table


if __name__ == "__main__":
    main()
