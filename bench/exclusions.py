"""How often the certificate is false where people who audited are paused, and then excluded.

    python -m bench.exclusions [--seeds N] [--json]

In each world some of the people who audit cannot do the task. They are found by control tasks,
which are no audits and never count for the certificate, so when that happens does not depend on
what audits say. From then on they are asked nothing. Later the admin excludes them: what they said
in audits counts no more, and others are asked the same items anew, whose answers take their places
in the order of the audits.

A certificate says how many of the unchecked labels differ from what people, asked blind, would
say: before the pause that is whoever the item was to be given to, afterwards those who are left. It
is false if it says at any look that the promise is kept while more labels differ than ⌊ε·N⌋. One
looks before every audit.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest

from bench.deceptions import LabelMaker, over_the_bound
from labeling.mathtypes import Bools
from routing.guarantee.audit_order import audit_order
from routing.guarantee.audit_test import AuditEvent, AuditTest, Promise
from routing.planning.expected_audits import audits_needed

PROMISE = Promise(200, 0.05, 0.05)
BAD_SHARE = 0.4
"""The share of the items that are given to people who cannot do the task, until they are paused."""
LATEST = 120
"""Audits after which they are excluded at the latest; they are paused at half of these."""

Says = Callable[[np.random.Generator, Bools], Bools]
"""Which labels people who cannot do the task call wrong, by which of them are."""


@dataclass(frozen=True, slots=True)
class ExclusionWorld:
    """What people say who are excluded.

    Attributes:
        labels: Draws the frozen labels.
        says: What they say of them.
    """

    name: str
    labels: LabelMaker
    says: Says


def confirms(_: np.random.Generator, is_wrong: Bools) -> Bools:
    """Say that every label is right."""
    return np.zeros_like(is_wrong)


def contradicts(rng: np.random.Generator, is_wrong: Bools) -> Bools:
    """Call a tenth of the labels wrong, whichever they are."""
    wrong: Bools = rng.random(len(is_wrong)) < 0.1
    return wrong


def shifts(_: np.random.Generator, is_wrong: Bools) -> Bools:
    """Call as many labels wrong as are, but others."""
    return np.roll(is_wrong, 1)


WORLDS = tuple(
    ExclusionWorld(f"{word}, {name}", over_the_bound(over), says)
    for over, word in ((0.0, "one over the bound"), (0.3, "30% over the bound"))
    for says, name in (
        (confirms, "all confirmed"),
        (contradicts, "a tenth contradicted"),
        (shifts, "others contradicted"),
    )
)


@dataclass(frozen=True, slots=True)
class ExclusionEnding:
    """How one campaign ended.

    Attributes:
        is_false: Whether it was certified while the promise was broken.
        is_late: Whether that was after the exclusion, if at all.
        replaced: Audits that were asked anew.
    """

    is_false: bool
    is_late: bool
    replaced: int


@dataclass(frozen=True, slots=True)
class ExclusionResult:
    """One world; `lower` and `upper` are the ends of the exact 95% interval of the share."""

    world: str
    risk: float
    seeds: int
    false: int
    lower: float
    upper: float
    holds: bool
    late: float
    replaced: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=500, help="campaigns in each world")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = [measure(one, given.seeds) for one in WORLDS]
    table = Table("world", "false", "upper 95%", "certified after exclusion", "asked anew")
    for one in results:
        counts = f"{one.false} of {one.seeds}"
        table.add_row(
            one.world, counts, f"{one.upper:.3f}", f"{one.late:.2f}", f"{one.replaced:.1f}"
        )
    Console().print(table)
    if given.json:
        holds = all(one.holds for one in results)
        print(json.dumps({"holds": holds, "worlds": [asdict(one) for one in results]}))


def measure(world: ExclusionWorld, seeds: int) -> ExclusionResult:
    """Run a world's campaigns.

    Args:
        world: The world.
        seeds: How many times.

    Returns:
        Counts, and means over the campaigns.
    """
    endings = [run(world, seed) for seed in range(seeds)]
    false = sum(one.is_false for one in endings)
    interval = binomtest(false, seeds).proportion_ci(0.95, method="exact")
    return ExclusionResult(
        world=world.name,
        risk=PROMISE.risk,
        seeds=seeds,
        false=false,
        lower=float(interval.low),
        upper=float(interval.high),
        holds=bool(interval.low <= PROMISE.risk),
        late=float(np.mean([one.is_late for one in endings])),
        replaced=float(np.mean([one.replaced for one in endings])),
    )


def run(world: ExclusionWorld, seed: int) -> ExclusionEnding:
    """Run one campaign until it is certified, which at the latest a full census is.

    Args:
        world: The world.
        seed: Of everything.

    Returns:
        How it ended.
    """
    rng = np.random.default_rng([seed, 6])
    labels = world.labels(rng, PROMISE)
    excluded_at = int(rng.integers(1, LATEST))
    is_bad = rng.random(PROMISE.size) < BAD_SHARE
    says = np.where(is_bad, world.says(rng, labels.is_wrong), labels.is_wrong)
    test = AuditTest(
        PROMISE, labels.errors, round(audits_needed(labels.errors, np.ones(PROMISE.size), PROMISE))
    )
    events: list[AuditEvent] = []
    replaced, paused_at = 0, excluded_at // 2
    for item in audit_order(dict(enumerate(labels.errors.tolist())), seed, world.name):
        if len(events) == paused_at:
            # Who is paused is given nothing more: others would answer what is unchecked.
            says = labels.is_wrong
        if len(events) == excluded_at:
            replaced = sum(bool(is_bad[one.item]) for one in events[:paused_at])
            events = [AuditEvent(one.item, "audit", bool(says[one.item])) for one in events]
        if test.audit_status(events).is_kept:
            is_open = np.ones(PROMISE.size, dtype=np.bool_)
            is_open[[one.item for one in events]] = False
            is_false = int(says[is_open].sum()) > PROMISE.allowed
            return ExclusionEnding(is_false, len(events) >= excluded_at, replaced)
        events.append(AuditEvent(item, "audit", bool(says[item])))
    return ExclusionEnding(is_false=False, is_late=True, replaced=replaced)


if __name__ == "__main__":
    main()
