"""Whether promises are kept while the model disputes people's labels, and what disputes are worth.

    python -m bench.disputes [--size N] [--epsilon E] [--seeds N] [--only WORD] [--json]

Each seed is a campaign of the controller's own decisions (`tandem.replay.project`) in one of the
worlds of `bench.forecast_worlds`, with five reviewers who err: it goes on until nothing is asked
any more, and nothing is disputed. Then everything that nobody checked is audited as well, by the
same people and the same rule, to learn what they would say. The promise is *broken* if more than
⌊ε·N⌋ labels differ from what people say, asked blind: frozen labels that they would contradict, or
could not agree upon, and labels of theirs in which the model overrules them.

Beside it, shares of all labels that are truly right: as exported (`accuracy`), and if people had
the last word in every label that they gave (`people`); of the labels that were disputed, the shares
that were right `before`, by the votes until then, and `after`.
"""

import argparse
import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.stats import binomtest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.forecast_worlds import PLAIN, WORLD_NAMES, ForecastWorld
from labeling.settings.settings import Settings
from routing.decisions.decide import to_decisions, with_decisions
from routing.decisions.policy import ask, ask_again
from routing.decisions.round_status import RoundStatus
from routing.facts.populations import overruled_in, promise_of, unchecked
from routing.planning.effort import labels_spent
from tandem.replay.beliefs import Beliefs
from tandem.replay.people import SimulatedPeople, erring
from tandem.replay.project import NOON, SimulatedProject

REVIEWERS = 5
SKILLS = (0.8, 0.95)
"""Reviewers of a campaign, each right with a probability drawn from this range."""
RISK = 0.05


@dataclass(frozen=True, slots=True)
class DisputedCampaign:
    """How one campaign ended.

    Attributes:
        is_broken: Whether more labels differ from what people say than was promised.
        differing: How many do.
        overruled: Those of them in which the model overrules people.
        disputes: Labels that were disputed.
        before: How many of these were right by the votes until then.
        after: How many are right.
        accuracy: Share of all labels that are right.
        people: The same, if people had the last word in every label that they gave.
        doubtful: Labels that are less probable than one half.
        affordable: Those of them that one more vote was worth asking for.
        labels: Human labels, as a share of the tasks.
    """

    world: str
    is_broken: bool
    differing: int
    overruled: int
    disputes: int
    before: int
    after: int
    accuracy: float
    people: float
    doubtful: int
    affordable: int
    labels: float


@dataclass(frozen=True, slots=True)
class DisputesResult:
    """One world, or all: counts and means over its campaigns; `lower` and `upper` as in worlds."""

    world: str
    seeds: int
    broken: int
    lower: float
    upper: float
    holds: bool
    overruled: float
    disputes: float
    before: float
    after: float
    accuracy: float
    people: float
    doubtful: float
    affordable: float
    labels: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=400, metavar="N", help="tasks of a campaign")
    parser.add_argument("--epsilon", type=float, default=0.05, help="share that may be wrong")
    parser.add_argument("--seeds", type=int, default=70, help="campaigns, in all worlds together")
    parser.add_argument("--only", default="", metavar="WORD", help="worlds whose name holds it")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    worlds = [one for one in WORLD_NAMES if given.only in one] or [PLAIN]
    campaigns = [
        run(worlds[seed % len(worlds)], given.size, given.epsilon, seed)
        for seed in track(range(given.seeds), "campaigns")
    ]
    results = [summary(one, [c for c in campaigns if c.world == one]) for one in worlds]
    results = [one for one in results if one.seeds] + [summary("all", campaigns)]
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"risk": RISK, "results": [asdict(one) for one in results]}))


def run(world: str, size: int, error: float, seed: int) -> DisputedCampaign:
    """Run a campaign until nothing is asked any more.

    Args:
        world: One of `bench.forecast_worlds.WORLD_NAMES`.
        size: Tasks.
        error: The target error.
        seed: Of everything.

    Returns:
        How it ended.
    """
    beliefs = ForecastWorld(world).beliefs(size, error, seed)
    settings = Settings.model_validate(
        {"policy": {"seed": seed, "target_error": error, "risk": RISK}}
    )
    project = SimulatedProject(beliefs, people_of(beliefs, seed), settings)
    own: dict[int, str] = {}
    with threadpool_limits(1):
        idle = 0
        while idle < 2:
            labels = project.facts.task_labels.people
            project.make_pass()
            disputed = project.facts.state.undisputed.keys() - own.keys()
            own |= {task: labels[task] for task in disputed}
            idle = 0 if project.answer() else idle + 1
        said = what_people_say(project)
    return _ending(world, project, beliefs, own, said)


def people_of(beliefs: Beliefs, seed: int) -> SimulatedPeople:
    """Return simulated reviewers of items whose labels are known.

    Args:
        beliefs: The items.
        seed: Of their skills and mistakes.
    """
    skills = np.random.default_rng([seed, 3]).uniform(*SKILLS, REVIEWERS).tolist()
    labels = beliefs.log_probabilities.shape[1]
    return SimulatedPeople(erring(beliefs.gold, labels, skills, seed), REVIEWERS)


def what_people_say(project: SimulatedProject) -> dict[int, str]:
    """Audit all that nobody checked, and return what people say of it; the project stays as it is.

    Args:
        project: A certified project.

    Returns:
        People's label of each task that they come to one for.
    """
    audited = copy.copy(project)
    state = audited.facts.state
    policy = audited.facts.settings.policy
    tasks = [one.task for population in state.populations for one in unchecked(state, population)]
    status = RoundStatus(audited.facts)
    proposed = [ask(status.evidence(task), "audit", policy, "census") for task in tasks]
    while proposed:
        decisions = to_decisions(audited.facts, proposed, NOON)
        audited.facts = audited.facts.with_state(with_decisions(audited.facts.state, decisions))
        audited.answer()
        status = RoundStatus(audited.facts)
        again = (ask_again(status.evidence(task), status.crowd, policy) for task in tasks)
        proposed = [one for one in again if one is not None]
    settled = audited.facts.settled
    return {task: settled[task].label for task in tasks if task in settled}


def summary(world: str, campaigns: Sequence[DisputedCampaign]) -> DisputesResult:
    """Sum up campaigns.

    Args:
        world: What they have in common.
        campaigns: How they ended.

    Returns:
        Counts and means.
    """
    seeds, broken = len(campaigns), sum(one.is_broken for one in campaigns)
    interval = binomtest(broken, max(seeds, 1)).proportion_ci(0.95, method="exact")
    disputes = max(sum(one.disputes for one in campaigns), 1)

    def mean(name: str) -> float:
        return float(np.mean([getattr(one, name) for one in campaigns])) if campaigns else 0.0

    return DisputesResult(
        world=world,
        seeds=seeds,
        broken=broken,
        lower=float(interval.low),
        upper=float(interval.high),
        holds=bool(interval.low <= RISK),
        before=sum(one.before for one in campaigns) / disputes,
        after=sum(one.after for one in campaigns) / disputes,
        **{
            name: mean(name)
            for name in (
                "overruled",
                "disputes",
                "accuracy",
                "people",
                "doubtful",
                "affordable",
                "labels",
            )
        },
    )


def _ending(
    world: str,
    project: SimulatedProject,
    beliefs: Beliefs,
    own: Mapping[int, str],
    said: Mapping[int, str],
) -> DisputedCampaign:
    facts, state = project.facts, project.facts.state
    (population,) = state.populations
    labels, consensus = facts.task_labels, facts.consensus
    truth = {task: project.names[label] for task, label in enumerate(beliefs.gold, start=1)}
    left = [one for one in unchecked(state, population) if one.task not in labels.final]
    kept = {one.task: one.label for one in left}
    against = [
        task
        for task, label in labels.final.items()
        if consensus.is_undivided(task) and label != labels.people[task]
    ]
    differing = sum(said.get(task) != label for task, label in kept.items()) + len(against)
    exported = {**kept, **labels.final}
    doubtful = [
        task
        for task, label in exported.items()
        if (consensus.posterior(task) or {}).get(label or "", 0.0) < 0.5
    ]
    status = RoundStatus(facts)
    return DisputedCampaign(
        world=world,
        is_broken=differing > promise_of(population).allowed,
        differing=differing,
        overruled=len(overruled_in(population)),
        disputes=len(own),
        before=sum(label == truth[task] for task, label in own.items()),
        after=sum(labels.final[task] == truth[task] for task in own),
        accuracy=float(np.mean([exported[task] == truth[task] for task in exported])),
        people=float(np.mean([labels.people.get(t, exported[t]) == truth[t] for t in exported])),
        doubtful=len(doubtful),
        affordable=sum(task in status.waited_for for task in doubtful),
        labels=labels_spent(state) / len(truth),
    )


def _table(results: Sequence[DisputesResult]) -> Table:
    columns = ("disputes", "before", "after", "accuracy", "people")
    table = Table("world", "broken", *columns, title="Promises and disputes")
    for one in results:
        shown = [f"{getattr(one, name):.3f}" for name in columns]
        table.add_row(one.world, f"{one.broken} of {one.seeds}", *shown)
    return table


if __name__ == "__main__":
    main()
