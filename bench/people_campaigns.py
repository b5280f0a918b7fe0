"""How often whole campaigns break their promise while people are checked, paused and excluded.

    python -m bench.people_campaigns [--size N] [--seeds N] [--only WORD] [--jobs N] [--json]

Each seed is a campaign of the controller's own decisions, from the pilot to the certificate
(`bench.supervised_project`), in which two of five people are bad. Control tasks tell, as far as
they do; supervision pauses them, and the admin excludes whoever is paused, at once or late, or
whom others told of after many an audit: then what hung on their votes is asked anew. The others
are right in 92% to 99% of the items.

A certificate says how many of the labels that nobody checked differ from what people, asked blind,
would say. So once it is given everybody who may be asked by then is asked about all of these, and
the promise is *broken* if more differ than ⌊ε·N⌋. Beside it, `wrong` counts the campaigns in which
more than that are wrong against the truth: people's own errors are not promised to be few.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from typing import Literal

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.forecast_worlds import PLAIN, ForecastWorld
from bench.supervised_project import Admin, Crowd, SupervisedProject
from labeling.mathtypes import Floats, Indices
from labeling.settings.settings import Settings
from tandem.replay.beliefs import Beliefs

ERROR, RISK = 0.1, 0.05
PEOPLE, BAD = 5, 2
SKILLS = (0.92, 0.99)
"""What the others get right: each a share from this range."""
BANK = 60
"""Control tasks."""
CONTROLS_MOST = 0.3
"""The share of control tasks of who is new: a campaign is short, and people are to be found."""

Habit = Literal["guess", "copy", "contradict"]
"""What bad people say: any label; the model's first one; any other than that."""


@dataclass(frozen=True, slots=True)
class PeopleWorld:
    """A kind of campaign.

    Attributes:
        name: Its name.
        model: What the model believes, and where it is wrong: a world of `bench.forecast_worlds`.
        habit: What bad people say.
        patience: Passes between a pause and the exclusion.
        found: The share of control tasks that bad people get right.
        told_after: Bad people work like the others until the labels are frozen, and the admin is
            told of them so many passes later; None: they are bad from the start, and nobody tells.
        votes: Votes an item.
    """

    name: str
    model: str
    habit: Habit
    patience: int = 0
    found: float = 0.3
    told_after: int | None = None
    votes: int = 1


LATE = 5
"""Passes that an admin waits who is late."""

WORLDS = (
    PeopleWorld("guess", PLAIN, "guess"),
    PeopleWorld("guess, three votes", PLAIN, "guess", votes=3),
    PeopleWorld("copy, excluded late", "50% over the bound", "copy", LATE),
    PeopleWorld("copy, errors in the safest", "errors in the safest", "copy", LATE),
    PeopleWorld("contradict, excluded late", "10% over the bound", "contradict", LATE),
    PeopleWorld("copy from the freeze on", "10% over the bound", "copy", told_after=2),
    PeopleWorld("guess from the freeze on", "50% over the bound", "guess", told_after=2),
    PeopleWorld("contradict from the freeze on", "10% over the bound", "contradict", told_after=1),
    PeopleWorld("copy, never found", "10% over the bound", "copy", found=0.9),
)


@dataclass(frozen=True, slots=True)
class PeopleCampaign:
    """How one campaign ended.

    Attributes:
        is_broken: Whether more labels differ from what people say than was promised.
        is_wrong: Whether more are wrong.
        paused_bad: Bad people who were paused.
        paused_good: Others who were.
        is_after: Whether somebody was excluded before it was certified.
        anew: Audits that were asked anew.
        share: Share of the labels that the model keeps.
    """

    is_broken: bool
    is_wrong: bool
    paused_bad: int
    paused_good: int
    is_after: bool
    anew: int
    share: float


@dataclass(frozen=True, slots=True)
class PeopleWorldResult:
    """One world: counts, and means over its campaigns; the interval is exact (95%)."""

    world: str
    size: int
    seeds: int
    broken: int
    lower: float
    upper: float
    holds: bool
    wrong: int
    wrong_after: int
    after: int
    paused_bad: float
    paused_good: float
    anew: float
    share: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=150, help="tasks of a campaign")
    parser.add_argument("--seeds", type=int, default=30, help="campaigns in each world")
    parser.add_argument("--only", default="", metavar="WORD", help="worlds whose name holds it")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    worlds = [one for one in WORLDS if given.only in one.name]
    results = [measure(one, given.size, given.seeds, given.jobs) for one in worlds]
    Console().print(_table(results))
    if given.json:
        total = {
            "campaigns": sum(one.seeds for one in results),
            "broken": sum(one.broken for one in results),
            "holds": all(one.holds for one in results),
        }
        print(json.dumps({"risk": RISK, **total, "worlds": [asdict(one) for one in results]}))


def measure(world: PeopleWorld, size: int, seeds: int, jobs: int = 1) -> PeopleWorldResult:
    """Run a world's campaigns.

    Args:
        world: The world.
        size: Tasks of each.
        seeds: How many.
        jobs: Processes.

    Returns:
        Counts, and means over the campaigns.
    """
    campaign = partial(run, world, size)
    if jobs == 1:
        ended = [campaign(seed) for seed in range(seeds)]
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            ended = list(pool.map(campaign, range(seeds)))
    broken = sum(one.is_broken for one in ended)
    interval = binomtest(broken, seeds).proportion_ci(0.95, method="exact")
    return PeopleWorldResult(
        world=world.name,
        size=size,
        seeds=seeds,
        broken=broken,
        lower=float(interval.low),
        upper=float(interval.high),
        holds=bool(interval.low <= RISK),
        wrong=sum(one.is_wrong for one in ended),
        wrong_after=sum(one.is_wrong and one.is_after for one in ended),
        after=sum(one.is_after for one in ended),
        paused_bad=float(np.mean([one.paused_bad for one in ended])),
        paused_good=float(np.mean([one.paused_good for one in ended])),
        anew=float(np.mean([one.anew for one in ended])),
        share=float(np.mean([one.share for one in ended])),
    )


def run(world: PeopleWorld, size: int, seed: int) -> PeopleCampaign:
    """Run a campaign to its certificate, and then ask people about all that nobody checked.

    Args:
        world: The world.
        size: Tasks.
        seed: Of everything.

    Returns:
        How it ended.
    """
    beliefs = ForecastWorld(world.model).beliefs(size, ERROR, seed)
    policy = {"seed": seed, "target_error": ERROR, "risk": RISK, "votes": world.votes}
    settings = Settings.model_validate(
        {"policy": policy, "quality": {"controls_most": CONTROLS_MOST}}
    )
    crowd = crowd_of(world, beliefs, seed)
    admin = Admin(
        world.patience, () if world.told_after is None else range(BAD), world.told_after or 0
    )
    campaign = SupervisedProject(beliefs, crowd, settings, admin)
    with threadpool_limits(1):
        while not campaign.project.is_certified:
            campaign.make_pass()
        differing = campaign.differing()
    wrong, allowed = campaign.project.wrong_and_unchecked(), campaign.allowed()
    return PeopleCampaign(
        is_broken=differing > allowed,
        is_wrong=wrong > allowed,
        paused_bad=sum(who < BAD for who in campaign.paused),
        paused_good=sum(who >= BAD for who in campaign.paused),
        is_after=bool(campaign.excluded),
        anew=campaign.anew,
        share=campaign.unchecked() / size,
    )


def crowd_of(world: PeopleWorld, beliefs: Beliefs, seed: int) -> Crowd:
    """Draw what people would say, the first of whom are bad.

    Args:
        world: Says what bad people do.
        beliefs: The items, and the model's first labels.
        seed: Of everything.
    """
    rng = np.random.default_rng([seed, 61])
    labels = beliefs.log_probabilities.shape[1]
    known = rng.integers(0, labels, BANK)
    skills = rng.uniform(*SKILLS, PEOPLE)
    items = _erring(rng, beliefs.gold, labels, skills)
    controls = _erring(rng, known, labels, skills)
    bad, bad_controls = items.copy(), controls.copy()
    bad[:, :BAD] = _by_habit(rng, world.habit, beliefs)
    bad_controls[:, :BAD] = _erring(rng, known, labels, np.full(BAD, world.found))
    before = (items, controls) if world.told_after is not None else (bad, bad_controls)
    return Crowd(np.stack([before[0], bad]), np.stack([before[1], bad_controls]), known)


def _by_habit(rng: np.random.Generator, habit: Habit, beliefs: Beliefs) -> Indices:
    model, labels = (
        beliefs.log_probabilities.argmax(axis=1)[:, None],
        beliefs.log_probabilities.shape[1],
    )
    shape = (len(model), BAD)
    if habit == "copy":
        return np.broadcast_to(model, shape)
    if habit == "contradict":
        return np.asarray((model + rng.integers(1, labels, shape)) % labels, dtype=np.intp)
    return rng.integers(0, labels, shape)


def _erring(rng: np.random.Generator, right: Indices, labels: int, skills: Floats) -> Indices:
    shape = (len(right), len(skills))
    other = (right[:, None] + rng.integers(1, labels, shape)) % labels
    return np.where(rng.random(shape) < skills, right[:, None], other).astype(np.intp)


def _table(results: Sequence[PeopleWorldResult]) -> Table:
    table = Table(
        *("world", "seeds", "broken", "upper 95%", "wrong", "excluded before", "wrong then"),
        *("bad paused", "others paused", "asked anew", "kept"),
        title="Whole campaigns with control tasks, pauses and exclusions",
    )
    for one in results:
        table.add_row(
            one.world,
            str(one.seeds),
            str(one.broken),
            f"{one.upper:.3f}",
            str(one.wrong),
            str(one.after),
            str(one.wrong_after),
            f"{one.paused_bad:.2f} of {BAD}",
            f"{one.paused_good:.2f}",
            f"{one.anew:.1f}",
            f"{one.share:.2f}",
        )
    return table


if __name__ == "__main__":
    main()
