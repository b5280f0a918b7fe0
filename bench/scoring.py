"""How fast labels are scored, against other ways, and against what the hardware allows.

    python -m bench.scoring [FOLDER] [--rows main|all] [--plot FILE] [--json]

FOLDER holds `items.csv` with real texts. All contenders run the bundled model on the CPU, one after
the other, each in a process of its own: `naive` is a plain loop over transformers, `lm_eval` is
lm-evaluation-harness 0.4.13 (`make .venv-lm-eval/.installed`), `llama_cpp` is llama.cpp's server
with the 4-bit weights. The slow ones score fewer texts (`--patience` seconds' worth), and of more
than 8 labels naive scores 8 and is taken to need as long for each of the others.

The *limit* is the model's own floating-point operations (what none of the ways can do without: the
prefix once, each text and each inner node of the labels' tree once, the output layer once a
prediction) at the rate of this machine's matrix multiplications at the model's shapes, measured
before and after in the same run.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from backend.engines import bundled
from bench.scoring_plot import plot
from bench.scoring_work import ScoringWork, read_texts, work
from labeling.errors import EngineError

_LM_EVAL = Path(".venv-lm-eval/bin/python")

MAIN = ((4, 435, 256), (77, 435, 256), (4, 435, 1))
"""Labels, prefix tokens and texts of the rows that say the most."""

ALL = (
    *MAIN,
    *((labels, 435, 256) for labels in (2, 20)),
    (500, 435, 64),
    *((4, prefix, 256) for prefix in (50, 2000)),
    (4, 435, 8),
)

_SHAPES = ((576, 1536), (1536, 576), (576, 576))
"""The bundled model's largest and most frequent linear layers, inputs and outputs."""


@dataclass(frozen=True, slots=True)
class ScoringResult:
    """One setting's outcome.

    Attributes:
        labels: Labels that were scored.
        prefix: Tokens of the shared prefix.
        items: Texts that ours scored.
        items_per_second: Ours.
        over_naive: Ours over a plain loop of transformers; None: not run.
        over_lm_eval: Ours over lm-evaluation-harness; None: not run.
        over_llama_cpp: Ours over llama.cpp's server; None: not run.
        of_limit: Ours over the limit.
        memory_mb: Peak memory of our process.
        worst_difference: Nats by which our scores and the slower ways' differ at most.
        alone_over_forward: For a single text: its time over that of a bare forward pass over its
            own tokens.
    """

    labels: int
    prefix: int
    items: int
    items_per_second: float
    over_naive: float | None
    over_lm_eval: float | None
    over_llama_cpp: float | None
    of_limit: float
    memory_mb: float
    worst_difference: float | None
    alone_over_forward: float | None = None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path("../shared/data/ag_news_test")
    parser.add_argument("folder", nargs="?", type=Path, default=default, metavar="FOLDER")
    parser.add_argument("--rows", choices=("main", "all"), default="all", help="settings to run")
    parser.add_argument("--patience", type=float, default=20.0, help="seconds for a slow contender")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the outcome as SVG")
    parser.add_argument("--json", action="store_true", help="end with the rows as one object")
    given = parser.parse_args(arguments)
    tokenizer = AutoTokenizer.from_pretrained(bundled.converted_folder())
    texts = read_texts(given.folder)
    rows = []
    for labels, prefix, items in MAIN if given.rows == "main" else ALL:
        rows.append(_measure(tokenizer, texts, (labels, prefix, items), given.patience))
        Console().print(_table(rows[-1:]))
    Console().print(_table(rows))
    if given.plot:
        given.plot.write_text(plot([asdict(row) for row in rows]), encoding="utf-8")
    if given.json:
        print(json.dumps({"rows": [asdict(row) for row in rows]}))


def _measure(
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    setting: tuple[int, int, int],
    patience: float,
) -> ScoringResult:
    labels, prefix, items = setting
    whole = work(tokenizer, texts, prefix, labels, items)
    rate = matmul_rate()
    ours = _run("ours", whole)
    rate = max(rate, matmul_rate())
    speed = ours["items"] / ours["seconds"]
    others, gaps = {}, []
    for name in ("naive", "lm_eval", "llama_cpp"):
        other = _patiently(name, whole, patience)
        others[name] = speed / other["speed"] if other else None
        if other and name != "llama_cpp":
            gaps.append(_gap(ours["scores"], other["scores"]))
    alone = _run("alone", whole) if items == 1 else None
    return ScoringResult(
        labels=labels,
        prefix=prefix,
        items=items,
        items_per_second=speed,
        over_naive=others["naive"],
        over_lm_eval=others["lm_eval"],
        over_llama_cpp=others["llama_cpp"],
        of_limit=ours["flops"] / rate / ours["seconds"],
        memory_mb=ours["memory_mb"],
        worst_difference=max(gaps, default=None),
        alone_over_forward=alone["seconds"] / alone["bare_seconds"] if alone else None,
    )


def _patiently(name: str, whole: ScoringWork, patience: float) -> dict[str, Any] | None:
    """Score as many texts as a slow contender gets done; None: it is not installed."""
    if name == "lm_eval" and not _LM_EVAL.exists():
        return None
    scored = replace(whole, labels=whole.labels[:8]) if name == "naive" else whole
    share = len(whole.labels) / len(scored.labels)
    probe = _run(name, replace(scored, texts=whole.texts[:1]))
    count = max(1, min(len(whole.texts), int(patience / probe["seconds"])))
    outcome = _run(name, replace(scored, texts=whole.texts[:count])) if count > 1 else probe
    return {**outcome, "speed": outcome["items"] / outcome["seconds"] / share}


def _run(name: str, given: ScoringWork) -> dict[str, Any]:
    """Run one contender in a process of its own."""
    python = str(_LM_EVAL) if name == "lm_eval" else sys.executable
    command = [python, "-m", "bench.contenders", name]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        command,
        input=json.dumps(asdict(given)),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it was stopped"])[-1]
        raise EngineError(f"The contender {name} failed: {reason}")
    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return outcome


def _gap(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> float:
    """Return the largest difference among the scores that both have."""
    pairs = [
        (a, b)
        for one, other in zip(first, second, strict=False)
        for a, b in zip(one, other, strict=False)
    ]
    return float(max(abs(a - b) for a, b in pairs))


def matmul_rate(tokens: int = 1024, times: int = 15) -> float:
    """Measure this machine's matrix multiplications, in floating-point operations a second.

    Args:
        tokens: Rows of the left matrix: tokens of a forward pass.
        times: Repetitions, of which the fastest counts.

    Returns:
        Floating-point operations per second.
    """
    rates = []
    for inputs, outputs in _SHAPES:
        left, right = torch.randn(tokens, inputs), torch.randn(outputs, inputs)
        seconds = []
        for _ in range(times):
            started = time.perf_counter()
            torch.nn.functional.linear(left, right)
            seconds.append(time.perf_counter() - started)
        rates.append(2 * tokens * inputs * outputs / min(seconds))
    return float(np.max(rates))


def _table(rows: Sequence[ScoringResult]) -> Table:
    table = Table(
        "labels", "prefix", "texts", "texts/s", "x naive", "x lm-eval", "x llama.cpp",
        "of limit", "MB", "nats apart", "alone",
    )  # fmt: skip
    for row in rows:
        shown = (row.over_naive, row.over_lm_eval, row.over_llama_cpp)
        table.add_row(
            *(f"{number:,}" for number in (row.labels, row.prefix, row.items)),
            f"{row.items_per_second:.2f}",
            *("-" if ratio is None else f"{ratio:.1f}" for ratio in shown),
            f"{row.of_limit:.2f}",
            f"{row.memory_mb:,.0f}",
            "-" if row.worst_difference is None else f"{row.worst_difference:.0e}",
            "-" if row.alone_over_forward is None else f"{row.alone_over_forward:.2f}",
        )
    return table


if __name__ == "__main__":
    main()
