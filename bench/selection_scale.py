"""What a batch of 100 costs as pools grow, each strategy in a process of its own, on one core.

    python -m bench.selection_scale NAME ITEMS

prints one object: seconds of the batch, and the process's peak memory with the pool in it. Texts
are random: embeddings of 384 numbers in half precision, as 200 clusters have them, beliefs over
10 labels in single precision, and 1,000 answers.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from routing.selection.pool import Pool
from routing.selection.registry import STRATEGIES

SIZES = (10_000, 100_000, 1_000_000)
DIMS, LABELS, CLUSTERS, ANSWERED, BATCH = 384, 10, 200, 1_000, 100
_MADE_TOGETHER = 20_000


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """One strategy on one size of pool.

    Attributes:
        seconds: What a batch of 100 took, by the clock.
        peak_mb: The process's peak memory, the pool included, in MB.
        pool_mb: The peak once the pool was made, before anything was picked.
    """

    strategy: str
    items: int
    seconds: float
    peak_mb: float
    pool_mb: float


def report(names: Sequence[str], sizes: Sequence[int], *, as_json: bool) -> None:
    """Measure strategies on pools of each size, and print it.

    Args:
        names: The strategies.
        sizes: Texts of each pool.
        as_json: Whether to end with the results as one object.
    """
    results = [_in_a_process(name, size) for size in sizes for name in names]
    table = Table("items", "strategy", "s a batch of 100", "peak MB", "of which the pool")
    for one in results:
        table.add_row(
            f"{one.items:,}",
            one.strategy,
            f"{one.seconds:.2f}",
            f"{one.peak_mb:,.0f}",
            f"{one.pool_mb:,.0f}",
        )
    Console().print(table)
    if as_json:
        print(json.dumps({"results": [asdict(one) for one in results]}))


def _in_a_process(name: str, items: int) -> ScaleResult:
    """Measure in a process of its own, so that its peak memory is the strategy's."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.selection_scale", name, str(items)],
        check=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    return ScaleResult(**json.loads(done.stdout))


def measure(name: str, items: int) -> ScaleResult:
    """Pick one batch from a random pool.

    Args:
        name: The strategy.
        items: Texts of the pool.

    Returns:
        What it took.
    """
    pool = _pool(items)
    before = _peak_mb()
    started = time.perf_counter()
    STRATEGIES[name].select(pool, BATCH, seed=0)
    return ScaleResult(name, items, time.perf_counter() - started, _peak_mb(), before)


def _pool(items: int) -> Pool:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLUSTERS, DIMS)).astype(np.float32)
    embeddings = np.empty((items, DIMS), dtype=np.float16)
    probabilities = np.empty((items, LABELS), dtype=np.float32)
    for start in range(0, items, _MADE_TOGETHER):
        count = min(_MADE_TOGETHER, items - start)
        near = centres[rng.integers(CLUSTERS, size=count)]
        vectors = near + rng.standard_normal((count, DIMS), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        embeddings[start : start + count] = vectors
        probabilities[start : start + count] = rng.dirichlet(np.full(LABELS, 0.3), count)
    is_answered = np.zeros(items, dtype=np.bool_)
    is_answered[rng.choice(items, ANSWERED, replace=False)] = True
    return Pool(probabilities, is_answered, embeddings)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(asdict(measure(sys.argv[1], int(sys.argv[2])))))
