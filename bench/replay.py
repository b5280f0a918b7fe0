"""Whether people and model together label better than people alone, by real people's real answers.

    python -m bench.replay FOLDER... [--seeds N] [--budget N] [--json]
    python -m bench.replay --demo [--seeds N] [--json]

For the form of a folder see `tandem.replay.folder`. Every seed is a campaign of Tandem by the
controller's own functions, to its end: it shuffles the order of the votes, and draws pilot and
audits anew. The model is the settings', which scores every text once. The settings are the defaults
but for what is given here, and for `policy.max_votes`: like people alone, Tandem may use every
recorded vote of a text.

`people_at_equal_labels` are people alone at the number of labels that Tandem spent, shared out
evenly or by dynamic overlap, under whichever aggregator is best there in the mean over the seeds: a
choice by the right labels, which nobody who labels has. Texts that had no vote get the most
frequent label. `difference` is Tandem's accuracy less theirs, with the 95% interval of its mean
over the seeds; `course` has the same at shares of the labels that Tandem spent in the end.

`all_votes` are as many votes on every text as Tandem may ask for.

With `--demo` the texts, the settings and the simulated reviewers are those of `tandem demo`; every
seed gives the reviewers other mistakes. Their work is checked by control tasks, whose answers are
counted among Tandem's labels. Beside it stands the same campaign without checks; flags of rules are
left out of both.
"""

import argparse
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import TypeAlias

from rich.console import Console
from rich.progress import track

from aggregation.classification.registry import METHODS
from bench.replay_checks import SeedChecks, checks_of, checks_table
from bench.replay_results import EqualLabels, ReplayResult, table_of
from bench.seed_mean import mean_of
from labeling.settings.load import load
from labeling.settings.settings import Settings
from tandem.demo.recorded import demo_known, demo_settings, demo_work
from tandem.replay.beliefs import Beliefs
from tandem.replay.campaign import ReplayedCampaign, play
from tandem.replay.checked_people import CheckedPeople
from tandem.replay.folder import RecordedWork, read_folder
from tandem.replay.model import beliefs_of
from tandem.replay.people import ControlVote
from tandem.replay.people_alone import (
    DYNAMIC,
    dynamic_overlap,
    fixed_overlap,
    labels_of,
)
from tandem.replay.recorded import RecordedPeople
from tandem.replay.replay import model_alone, with_policy

COURSE = (0.25, 0.5, 0.75, 1.0)
"""Shares of the labels that Tandem spent at which both are compared."""

Said: TypeAlias = Callable[[int], Mapping[str, Sequence[ControlVote]]]
"""Returns what people say of control tasks, by their names, at a seed."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--demo", action="store_true", help="the demo, without Label Studio")
    parser.add_argument("--seeds", type=int, default=20, help="orders of the votes")
    parser.add_argument("--budget", type=int, metavar="N", help="human labels at most")
    parser.add_argument("--target-error", type=float, metavar="E", help="share that may be wrong")
    parser.add_argument("--max-votes", type=int, metavar="N", help="votes of one text, at most")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--cache", type=Path, default=Path(".tandem/bench"), metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    asked = {"target_error": given.target_error, "max_votes": given.max_votes}
    changed = {name: value for name, value in asked.items() if value is not None}
    results = []
    for folder in given.folders:
        work = read_folder(folder)
        settings = with_policy(load(), **{"max_votes": _most_votes(work), **changed})
        beliefs = beliefs_of(work, settings, given.cache)
        results.append(_shown(work.shuffled, beliefs, settings, given))
    if given.demo:
        settings = with_policy(demo_settings(), **changed)
        beliefs = beliefs_of(demo_work(), settings, given.cache)
        results.append(_shown(demo_work, beliefs, settings, given, demo_known))
    if given.json:
        print(json.dumps({one.folder: asdict(one) for one in results}))


@dataclass(frozen=True, slots=True)
class ReplayedSeed:
    """One campaign, and people alone beside it.

    Attributes:
        campaign: The campaign.
        people: The accuracy of every way of people alone, at each share of `COURSE`.
        all_votes: The accuracy of all votes under every aggregator.
        labels: How many these are.
        checks: What became of checked people, and the same campaign without checks; None: nobody
            was checked.
    """

    campaign: ReplayedCampaign
    people: Mapping[str, list[float]]
    all_votes: Mapping[str, float]
    labels: int
    checks: SeedChecks | None

    def given(self, place: int) -> int:
        """Return the labels that Tandem's course is looked at after, at a place of `COURSE`."""
        return _share(self.campaign.curve.end.labels, place)

    def spent(self, place: int) -> int:
        """Return what it spent then: these, and as great a share of answers to control tasks."""
        controls = self.checks.controls if self.checks else 0
        return _share(self.campaign.curve.end.labels + controls, place)


def measure(
    work_of: Callable[[int], RecordedWork],
    beliefs: Beliefs,
    settings: Settings,
    *,
    seeds: int,
    budget: int | None = None,
    jobs: int = 1,
    said_of: Said | None = None,
) -> ReplayResult:
    """Play campaigns of one set of texts.

    Args:
        work_of: Returns the recorded work of a seed; its tasks are always the same.
        beliefs: What the model believes of it.
        settings: The policy, and how votes become labels.
        seeds: Campaigns.
        budget: Human labels of one, at most.
        jobs: Campaigns at a time.
        said_of: Returns what people say of control tasks, by seed; None: their work is not checked.

    Returns:
        Means over the campaigns.
    """
    replay = partial(_replay, work_of, beliefs, settings, budget, said_of)
    if jobs == 1:
        replays = [replay(seed) for seed in track(range(seeds), beliefs.name)]
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            found = pool.map(replay, range(seeds))
            replays = list(track(found, beliefs.name, total=seeds))
    campaigns, ways = [one.campaign for one in replays], [one.people for one in replays]
    course = [_equal(replays, place) for place in range(len(COURSE))]
    end = course[-1]
    promises = [one for campaign in campaigns for one in campaign.promises if one.is_certified]
    return ReplayResult(
        folder=beliefs.name,
        seeds=seeds,
        items=len(beliefs.gold),
        tandem=end.tandem,
        people_at_equal_labels=end.people,
        difference=end.difference,
        labels=end.labels,
        model=model_alone(beliefs).end.accuracy,
        all_votes=max(fmean(one.all_votes[way] for one in replays) for way in METHODS),
        all_labels=fmean(one.labels for one in replays),
        best=end.best,
        ways={way: fmean(one[way][-1] for one in ways) for way in ways[0]},
        course=course,
        certified=fmean(any(one.is_certified for one in each.promises) for each in campaigns),
        broken=fmean(not one.is_kept for one in promises) if promises else 0.0,
        by_model=fmean(one.by_model for one in campaigns) / len(beliefs.gold),
        checks=checks_of([one.checks for one in replays if one.checks], campaigns),
    )


def _shown(
    work_of: Callable[[int], RecordedWork],
    beliefs: Beliefs,
    settings: Settings,
    given: argparse.Namespace,
    said_of: Said | None = None,
) -> ReplayResult:
    result = measure(
        work_of,
        beliefs,
        settings,
        seeds=given.seeds,
        budget=given.budget,
        jobs=given.jobs,
        said_of=said_of,
    )
    Console().print(table_of(result))
    if result.checks:
        Console().print(checks_table(result.checks))
    return result


def _most_votes(work: RecordedWork) -> int:
    return int(work.votes.groupby("task").size().max())


def _replay(
    work_of: Callable[[int], RecordedWork],
    beliefs: Beliefs,
    settings: Settings,
    budget: int | None,
    said_of: Said | None,
    seed: int,
) -> ReplayedSeed:
    at_seed, work = with_policy(settings, seed=seed), work_of(seed)
    said = labels_of(work, work.votes, settings.aggregation.method, seed)
    unchecked = play(beliefs, RecordedPeople(work), at_seed, said, budget)
    campaign, checks = unchecked, None
    if said_of is not None:
        people = CheckedPeople(RecordedPeople(work), said_of(seed), settings.quality, seed)
        campaign = play(beliefs, people, at_seed, said, budget)
        checks = SeedChecks(len(people.answers), people.paused, unchecked)
    spent = campaign.curve.end.labels + (checks.controls if checks else 0)
    counts = [_share(spent, place) for place in range(len(COURSE))]
    everything = min(len(work.votes), settings.policy.max_votes * len(work.tasks))
    return ReplayedSeed(
        campaign,
        _people(work, at_seed, counts),
        {way: fixed_overlap(work, way, 0, [everything]).end.accuracy for way in METHODS},
        everything,
        checks,
    )


def _share(labels: int, place: int) -> int:
    return max(1, round(COURSE[place] * labels))


def _people(work: RecordedWork, settings: Settings, counts: list[int]) -> dict[str, list[float]]:
    """Return the accuracy of every way of people alone, at each number of labels."""
    seed = settings.policy.seed
    fixed = {
        method: [one.accuracy for one in fixed_overlap(work, method, seed, counts).points]
        for method in METHODS
    }
    dynamic = dynamic_overlap(work, settings, counts[-1])
    own = fixed[settings.aggregation.method]
    # Before every item has a vote, there is nothing that dynamic overlap would do differently.
    asked = [dynamic.at(labels) for labels in counts]
    return {**fixed, DYNAMIC: [b if a is None else a for a, b in zip(asked, own, strict=True)]}


def _equal(replays: Sequence[ReplayedSeed], place: int) -> EqualLabels:
    curves = [(one.campaign.curve, one.given(place)) for one in replays]
    tandem = [curve.at(labels) or curve.points[0].accuracy for curve, labels in curves]
    ways = [one.people for one in replays]
    best = max(ways[0], key=lambda way: fmean(one[way][place] for one in ways))
    people = [one[best][place] for one in ways]
    return EqualLabels(
        labels=fmean(one.spent(place) for one in replays),
        tandem=fmean(tandem),
        people=fmean(people),
        best=best,
        difference=mean_of([a - b for a, b in zip(tandem, people, strict=True)]),
    )


if __name__ == "__main__":
    main()
