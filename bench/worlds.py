"""How often the certificate is false, in worlds that are made to deceive it.

    python -m bench.worlds [--seeds N] [--only WORD] [--json]

A world says how large a population is, what is predicted of its labels, which of them are wrong,
and what people review by choice between the audits. In each, N campaigns are run from the freeze
to the certificate, every one with labels and an audit order of its own. A certificate is false if
at *any* look it says that the promise is kept while the unchecked labels hold more than ⌊ε·N⌋
errors. Looks are only worth taking while that is so: errors leave the population and never enter.
In a world whose model *overrules* people, it does so in as many of their labels as there is room
for at each look, and every one of these counts as an error beside the unchecked ones.

While the promise is broken, populations of at most 400 are looked at before every audit. Larger
ones are looked at before each of the first 50, then whenever there are 2% more, and before every
audit that finds an error, where the evidence is at its highest. Once no certificate can be false
any more one looks whenever there are 10% more, to see when it is certified.

The share of false certificates may exceed δ by chance alone: `upper` and `lower` are the ends of
its exact 95% interval (Clopper and Pearson), and `holds` says that `lower` is not above δ.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest

from bench.deceptions import (
    AdversaryView,
    LabelMaker,
    Reviewer,
    by_the_evidence,
    calibrated,
    constant,
    over_the_bound,
    removing_right,
    removing_wrong,
)
from routing.guarantee.audit_order import audit_order
from routing.guarantee.audit_test import AuditEvent, AuditTest, Promise
from routing.planning.expected_audits import audits_needed

EVERY_LOOK = 400
"""Items up to which every event is looked after."""
WHEN_BROKEN, WHEN_MENDED = 0.02, 0.1
"""Growth of the events from look to look: of larger populations, and once the promise is true."""


@dataclass(frozen=True, slots=True)
class DeceptiveWorld:
    """A kind of population.

    Attributes:
        labels: Draws its frozen labels.
        reviewer: Who chooses reviews; None: nobody.
        is_lost: Whether nobody can tell of any wrong label what it should be.
        planned: Audits that are held for needed, as a multiple of what the predictions say.
        overrules: Whether the model overrules people wherever the audits leave room for it.
    """

    name: str
    promise: Promise
    labels: LabelMaker
    reviewer: Reviewer | None = None
    is_lost: bool = False
    planned: float = 1.0
    overrules: bool = False


@dataclass(frozen=True, slots=True)
class WorldEnding:
    """How one campaign ended.

    Attributes:
        is_false: Whether it was certified while the promise was broken.
        audits: Audits until it was certified.
        left: Share of the labels that were then unchecked.
        is_certified: Whether evidence certified it, rather than that too few were unchecked.
    """

    is_false: bool
    audits: int
    left: float
    is_certified: bool


@dataclass(frozen=True, slots=True)
class WorldResult:
    """One world: counts, and means over its campaigns."""

    world: str
    risk: float
    seeds: int
    false: int
    share: float
    lower: float
    upper: float
    holds: bool
    certified: float
    audits: float
    left: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1000, help="campaigns in each world")
    parser.add_argument("--only", default="", metavar="WORD", help="worlds whose name holds it")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = [measure(one, given.seeds) for one in WORLDS if given.only in one.name]
    Console().print(_table(results))
    if given.json:
        worst = max(result.share / result.risk for result in results)
        holds = all(result.holds for result in results)
        worlds = [asdict(one) for one in results]
        print(json.dumps({"worst_share_of_risk": worst, "holds": holds, "worlds": worlds}))


def measure(world: DeceptiveWorld, seeds: int) -> WorldResult:
    """Run a world's campaigns.

    Args:
        world: The world.
        seeds: How many times, each with a seed of its own.

    Returns:
        Counts, and means over the campaigns.
    """
    endings = [run(world, seed) for seed in range(seeds)]
    false = sum(one.is_false for one in endings)
    interval = binomtest(false, seeds).proportion_ci(0.95, method="exact")
    return WorldResult(
        world=world.name,
        risk=world.promise.risk,
        seeds=seeds,
        false=false,
        share=false / seeds,
        lower=float(interval.low),
        upper=float(interval.high),
        holds=bool(interval.low <= world.promise.risk),
        certified=float(np.mean([one.is_certified for one in endings])),
        audits=float(np.mean([one.audits for one in endings])),
        left=float(np.mean([one.left for one in endings])),
    )


def run(world: DeceptiveWorld, seed: int) -> WorldEnding:
    """Run one campaign until it is certified, which at the latest a full census is.

    Args:
        world: The world.
        seed: Of the population and of the audits.

    Returns:
        How it ended.
    """
    promise = world.promise
    labels = world.labels(np.random.default_rng(seed), promise)
    items = len(labels.errors)
    needed = audits_needed(labels.errors, np.ones(items), promise)
    audit_test = AuditTest(promise, labels.errors, round(world.planned * needed))
    events: list[AuditEvent] = []
    spare = int(labels.is_wrong.sum()) - promise.allowed - 1
    now = AdversaryView(labels, np.ones(items, dtype=bool), spare, audit_test.audit_status(events))
    due, extra = 0, promise.allowed if world.overrules else 0
    audit_status, is_false = now.audit_status, False

    def check(item: int, kind: Literal["audit", "review"]) -> None:
        is_wrong = bool(labels.is_wrong[item])
        events.append(AuditEvent(item, kind, None if is_wrong and world.is_lost else is_wrong))
        now.is_open[item] = False
        now.spare -= is_wrong

    for item in audit_order(dict(enumerate(labels.errors.tolist())), seed, world.name):
        chosen = world.reviewer(now) if world.reviewer else None
        if chosen is not None:
            check(chosen, "review")
        if not now.is_open[item]:
            continue
        if len(events) >= due or (now.spare + extra >= 0 and labels.is_wrong[item]):
            audit_status = now.audit_status = audit_test.audit_status(events)
            if audit_status.is_kept:
                is_false = now.spare + audit_test.room(events, extra) >= 0
                if is_false or now.spare + extra < 0 or not extra:
                    break
            due = len(events) + 1 + int(_pace(items, now.spare + extra) * len(events))
        check(item, "audit")
    else:
        audit_status = audit_test.audit_status(events)
    return WorldEnding(
        is_false=is_false,
        audits=audit_status.audits,
        left=audit_status.unchecked / promise.size,
        is_certified=bool(np.isfinite(audit_status.evidence)),
    )


def _pace(items: int, spare: int) -> float:
    """Return the share by which the events grow until the next look."""
    if spare < 0:
        return WHEN_MENDED
    return 0.0 if items <= EVERY_LOOK else WHEN_BROKEN


WORLDS = (
    DeceptiveWorld("one over the bound", Promise(400, 0.05, 0.05), over_the_bound(0)),
    DeceptiveWorld("10% over the bound", Promise(400, 0.05, 0.05), over_the_bound(0.1)),
    DeceptiveWorld("50% over the bound", Promise(400, 0.05, 0.05), over_the_bound(0.5)),
    DeceptiveWorld("10% over, N = 2,000", Promise(2_000, 0.05, 0.05), over_the_bound(0.1)),
    DeceptiveWorld("calibrated", Promise(400, 0.05, 0.05), calibrated(1.2)),
    DeceptiveWorld("inverted", Promise(400, 0.05, 0.05), over_the_bound(0.1, "inverted")),
    DeceptiveWorld("constant, sure", Promise(400, 0.05, 0.05), constant(0.01, 0.1)),
    DeceptiveWorld("constant, right", Promise(400, 0.05, 0.05), constant(0.055, 0.1)),
    DeceptiveWorld("constant, doubtful", Promise(400, 0.05, 0.05), constant(0.3, 0.1)),
    DeceptiveWorld("errors in the safest", Promise(400, 0.05, 0.05), over_the_bound(0.1, "safest")),
    DeceptiveWorld("20 items", Promise(20, 0.1, 0.05), over_the_bound(0)),
    DeceptiveWorld(
        "20 items, errors in the safest", Promise(20, 0.2, 0.05), over_the_bound(0, "safest")
    ),
    DeceptiveWorld("20 items, at a risk of 30%", Promise(20, 0.1, 0.3), over_the_bound(0)),
    DeceptiveWorld("200 items", Promise(200, 0.05, 0.05), over_the_bound(0.1)),
    DeceptiveWorld(
        "200 items, at a risk of 30%", Promise(200, 0.05, 0.3), over_the_bound(0.1, "any")
    ),
    DeceptiveWorld("20,000 items", Promise(20_000, 0.05, 0.05), over_the_bound(0.02)),
    DeceptiveWorld("no error allowed, 19 items", Promise(19, 0.05, 0.05), over_the_bound(0)),
    DeceptiveWorld("no error allowed, 200 items", Promise(200, 0.004, 0.05), over_the_bound(0)),
    DeceptiveWorld(
        "no error allowed, in the safest", Promise(200, 0.004, 0.05), over_the_bound(0, "safest")
    ),
    DeceptiveWorld(
        "right ones removed", Promise(400, 0.05, 0.05), over_the_bound(0.1), removing_right
    ),
    DeceptiveWorld(
        "wrong ones removed", Promise(400, 0.05, 0.05), over_the_bound(0.5), removing_wrong
    ),
    DeceptiveWorld(
        "meddled by the evidence", Promise(400, 0.05, 0.05), over_the_bound(0.3), by_the_evidence
    ),
    DeceptiveWorld("wrong ones lost", Promise(400, 0.05, 0.05), over_the_bound(0), is_lost=True),
    DeceptiveWorld(
        "overruled, one over the bound", Promise(400, 0.05, 0.05), over_the_bound(0), overrules=True
    ),
    DeceptiveWorld(
        "overruled, calibrated", Promise(400, 0.05, 0.05), calibrated(0.8), overrules=True
    ),
    DeceptiveWorld(
        "overruled, errors in the safest",
        Promise(200, 0.1, 0.05),
        over_the_bound(0, "safest"),
        overrules=True,
    ),
    DeceptiveWorld(
        "overruled, meddled by the evidence",
        Promise(200, 0.1, 0.05),
        over_the_bound(0),
        by_the_evidence,
        overrules=True,
    ),
    DeceptiveWorld("no audits planned", Promise(400, 0.05, 0.05), over_the_bound(0.1), planned=0),
    DeceptiveWorld(
        "many audits planned", Promise(400, 0.05, 0.05), over_the_bound(0.1), planned=10
    ),
)


def _table(results: Sequence[WorldResult]) -> Table:
    table = Table(
        *("world", "δ", "seeds", "false", "share", "upper 95%", "certified", "audits", "left"),
        title="False certificates at any look",
    )
    for one in results:
        table.add_row(
            one.world,
            f"{one.risk:.2f}",
            str(one.seeds),
            str(one.false),
            f"{one.share:.3f}",
            f"{one.upper:.3f}",
            f"{one.certified:.3f}",
            f"{one.audits:.0f}",
            f"{one.left:.3f}",
        )
    return table


if __name__ == "__main__":
    main()
