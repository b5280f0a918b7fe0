"""Which way of asking a server for labels' probabilities is the fastest, and what it tells.

    python -m bench.servers URL MODEL [FOLDER] [--texts N] [--json]

URL is an OpenAI-compatible server's (it mostly ends in /v1). Every way that the server allows
scores the same real texts, behind a prefix of 435 tokens, by four labels: `next`, off the most
probable next tokens; `prompt`, off prompts that end in each label. Nothing is answered from disk;
each way first scores another text, so that the server has seen the prefix.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np
from rich.console import Console
from rich.table import Table
from transformers import AutoTokenizer

from backend.engines import Prompt, Request, Scored, bundled
from backend.engines.openai import OpenAIEngine, load
from bench.scoring_work import ScoringWork, read_texts, work
from labeling.errors import EngineError
from labeling.settings.model_sections import ModelSettings, ServerSettings
from labeling.settings.settings import Settings

Way = Literal["next", "prompt"]


@dataclass(frozen=True, slots=True)
class WayResult:
    """How one way did.

    Attributes:
        way: The value of `server.labels`.
        texts: Texts that were scored.
        texts_per_second: How fast.
        missing: The largest probability that was kept from a label; None: nothing was scored.
    """

    way: Way
    texts: int
    texts_per_second: float
    missing: float | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", metavar="URL")
    parser.add_argument("model", metavar="MODEL")
    default = Path("../shared/data/ag_news_test")
    parser.add_argument("folder", nargs="?", type=Path, default=default, metavar="FOLDER")
    parser.add_argument("--texts", type=int, default=32)
    parser.add_argument("--json", action="store_true", help="end with the outcomes as one object")
    given = parser.parse_args(arguments)
    tokenizer = AutoTokenizer.from_pretrained(bundled.converted_folder())
    whole = work(tokenizer, read_texts(given.folder), 435, 4, given.texts + 1)
    ways: tuple[Way, ...] = ("next", "prompt")
    outcomes = [
        found for way in ways if (found := measure(given.url, given.model, whole, way)) is not None
    ]
    table = Table("way", "texts/s", "missing")
    for one in outcomes:
        table.add_row(one.way, f"{one.texts_per_second:.2f}", f"{one.missing}")
    Console().print(table)
    if given.json:
        print(json.dumps({"ways": [asdict(one) for one in outcomes]}))


def measure(url: str, model: str, whole: ScoringWork, way: Way) -> WayResult | None:
    """Score all texts but the first in one way.

    Args:
        url: The server's address.
        model: Its name there.
        whole: The texts and labels.
        way: The way to ask.

    Returns:
        How it did; None where the server does not allow it.
    """
    with TemporaryDirectory() as folder:
        server = ServerSettings(url=url, labels=way)
        named = ModelSettings(engine="openai", name=model)
        try:
            engine = load(Settings(data_dir=Path(folder), model=named, server=server))
        except EngineError as error:
            Console().print(f"{way}: {error}")
            return None
        outcome = _timed(engine, whole, way)
        engine.close()
        return outcome


def _timed(engine: OpenAIEngine, whole: ScoringWork, way: Way) -> WayResult:
    Console().print(f"{way}: {engine.capabilities}")
    requests = [
        Request(Prompt(whole.before, text, whole.after), whole.labels) for text in whole.texts
    ]
    engine.loglikelihood(requests[:1])
    started = time.perf_counter()
    answers = engine.loglikelihood(requests[1:])
    seconds = time.perf_counter() - started
    scored = [one for one in answers if isinstance(one, Scored)]
    missing = float(np.max([one.missing for one in scored])) if scored else None
    return WayResult(way, len(scored), len(scored) / seconds, missing)


if __name__ == "__main__":
    main()
