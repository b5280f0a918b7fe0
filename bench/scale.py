"""What a certificate costs as populations grow: audits, labels left, seconds.

    python -m bench.scale [--sizes N...] [--seeds N] [--epsilon E] [--delta D] [--json]

Every population has the same error curve: predicted errors are Beta(0.5, 4) distributed, 11% on
average, and each label is wrong as often as predicted. The most doubtful labels are reviewed as
the plan says, the rest is frozen and audited in the drawn order, in batches as the controller asks
for them, until the promise is certified. `review_share` is the share of the items reviewed, before
the freeze or between the audits, `left` the share whose label the model keeps.

Seconds are CPU seconds of this process: medians over the campaigns, except for the looks, of which
the median and the worst of all are given. A look is `AuditTest.audit_status` with all events so
far. What is done once at the freeze is timed beside it: the plan, the test's construction, the
drawing of the order.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median
from time import process_time
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

from labeling.settings.policy_section import PolicySettings
from routing.guarantee.audit_order import audit_order
from routing.guarantee.audit_test import AuditEvent, AuditTest, Promise
from routing.planning.audit_batch import next_batch
from routing.planning.optimal_plan import best_plan

SIZES = (2_000, 20_000, 200_000, 1_000_000)
CURVE = (0.5, 4.0)
"""Parameters of the Beta distribution of predicted errors."""

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class SimulatedCampaign:
    """One campaign.

    Attributes:
        reviews: Items reviewed, before the freeze and between the audits.
        planned: Audits that were expected at the freeze.
        look_seconds: One entry a look.
    """

    reviews: int
    planned: int
    audits: int
    left: int
    is_broken: bool
    plan_seconds: float
    build_seconds: float
    order_seconds: float
    look_seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """One size: means over its campaigns, seconds as the module says."""

    size: int
    seeds: int
    review_share: float
    planned: float
    audits: float
    left: float
    broken: int
    plan_seconds: float
    build_seconds: float
    order_seconds: float
    look_seconds: float
    worst_look_seconds: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="items of each size")
    parser.add_argument("--seeds", type=int, default=5, help="campaigns of each size")
    parser.add_argument("--epsilon", type=float, default=0.05, help="share that may be wrong")
    parser.add_argument("--delta", type=float, default=0.05, help="risk that more are")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = [
        measure(Promise(size, given.epsilon, given.delta), given.seeds) for size in given.sizes
    ]
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"sizes": [asdict(one) for one in results]}))


def measure(promise: Promise, seeds: int) -> ScaleResult:
    """Run campaigns on populations of one size.

    Args:
        promise: The size of the population, and what is promised.
        seeds: How many times, each with a seed of its own.

    Returns:
        Means over the campaigns.
    """
    every = [run(promise, seed) for seed in range(seeds)]
    audit_statuses = [seconds for one in every for seconds in one.look_seconds]
    return ScaleResult(
        size=promise.size,
        seeds=seeds,
        review_share=float(np.mean([one.reviews for one in every])) / promise.size,
        planned=float(np.mean([one.planned for one in every])),
        audits=float(np.mean([one.audits for one in every])),
        left=float(np.mean([one.left for one in every])) / promise.size,
        broken=sum(one.is_broken for one in every),
        plan_seconds=median(one.plan_seconds for one in every),
        build_seconds=median(one.build_seconds for one in every),
        order_seconds=median(one.order_seconds for one in every),
        look_seconds=median(audit_statuses),
        worst_look_seconds=max(audit_statuses),
    )


def run(promise: Promise, seed: int) -> SimulatedCampaign:
    """Run one campaign, from predictions to the certificate.

    Args:
        promise: The size of the population, and what is promised.
        seed: Of the population and of the audits.

    Returns:
        What it took.
    """
    rng = np.random.default_rng(seed)
    predicted = np.sort(rng.beta(*CURVE, promise.size))
    plan, plan_seconds = _timed(lambda: best_plan(predicted, promise))
    errors = predicted[: promise.size - plan.reviews]
    is_wrong = rng.random(len(errors)) < errors
    by_item = dict(enumerate(errors.tolist()))
    order, order_seconds = _timed(lambda: audit_order(by_item, seed, "scale"))
    audit_test, build_seconds = _timed(lambda: AuditTest(promise, errors, plan.audits))
    is_open = np.ones(len(errors), dtype=bool)
    ordered = np.array(order, dtype=np.intp)
    events: list[AuditEvent] = []
    audit_status, seconds = _timed(partial(audit_test.audit_status, events))
    look_seconds = [seconds]
    while not audit_status.is_kept:
        due = ordered[is_open[ordered]]
        batch = next_batch(
            audit_test, audit_status, events, due, round_price=PolicySettings().batch
        )
        audits = due[: batch.audits].tolist()
        is_open[audits] = False
        events += [AuditEvent(item, "audit", bool(is_wrong[item])) for item in audits]
        # Items are sorted by doubt, so that the last are the most doubtful.
        reviews = np.flatnonzero(is_open)[::-1][: batch.reviews].tolist()
        is_open[reviews] = False
        events += [AuditEvent(item, "review", bool(is_wrong[item])) for item in reviews]
        audit_status, seconds = _timed(partial(audit_test.audit_status, events))
        look_seconds.append(seconds)
    return SimulatedCampaign(
        reviews=promise.size - audit_status.audits - audit_status.unchecked,
        planned=plan.audits,
        audits=audit_status.audits,
        left=audit_status.unchecked,
        is_broken=int(is_wrong.sum()) - audit_status.found > promise.allowed,
        plan_seconds=plan_seconds,
        build_seconds=build_seconds,
        order_seconds=order_seconds,
        look_seconds=tuple(look_seconds),
    )


def _timed(make: Callable[[], Made]) -> tuple[Made, float]:
    start = process_time()
    made = make()
    return made, process_time() - start


def _table(results: Sequence[ScaleResult]) -> Table:
    table = Table(
        *("items", "reviewed", "planned", "audits", "left", "broken"),
        *("plan", "build", "order", "audit_status", "worst look"),
        title="Cost of a certificate by size",
    )
    for one in results:
        table.add_row(
            f"{one.size:,}",
            f"{one.review_share:.3f}",
            f"{one.planned:,.0f}",
            f"{one.audits:,.0f}",
            f"{one.left:.3f}",
            f"{one.broken} of {one.seeds}",
            *(f"{seconds * 1e3:,.1f} ms" for seconds in _seconds(one)),
        )
    return table


def _seconds(one: ScaleResult) -> tuple[float, ...]:
    return (
        one.plan_seconds,
        one.build_seconds,
        one.order_seconds,
        one.look_seconds,
        one.worst_look_seconds,
    )


if __name__ == "__main__":
    main()
