"""Whether forecasts hold: the human labels that were forecast, against those that it took.

    python -m bench.forecast [FOLDER...] [--sizes N...] [--seeds N] [--epsilon E] [--json]

Each seed is a campaign of the controller's own decisions from the pilot to the certificate
(`tandem.replay.project`), with simulated reviewers who err. Campaigns go round the worlds of
`bench.forecast_worlds`; with folders, they are run on random parts of those sets instead: a folder
holds what `bench.certificate` reads, and its gold labels are what the reviewers err about.

The interval of the labels to come is looked at in five phases: at the `start`, before anybody
answered; after the `pilot`, once the model learned from it; in the `middle` round of reviews, where
there is one; at the `freeze`; and half-way through the `audits`. `coverage` is the share of the
campaigns whose interval holds what then came, with its standard error; `width` the interval's mean
width and `bias` the mean error of the expected value, both as shares of what came in the mean.
Beside it: audits that were needed against those planned at the freeze (median of the ratios), the
share of labels that the model kept against the planned one, and promises that were broken, counted
against the true labels.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.progress import track
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.beliefs import read_beliefs
from bench.forecast_results import (
    PHASES,
    ForecastCampaign,
    PhaseForecast,
    summaries,
    tables,
)
from bench.forecast_worlds import WORLD_NAMES, ForecastWorld, people_of
from labeling.settings.load import load
from labeling.settings.settings import Settings
from routing.facts.populations import audit_status
from routing.facts.project import ProjectFacts
from routing.planning.effort import labels_spent, labels_to_come
from tandem.replay.project import SimulatedProject

NOMINAL = 0.9
"""What the intervals are meant to cover."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 1000, 2000], metavar="N")
    parser.add_argument("--seeds", type=int, default=200, help="campaigns of each size")
    parser.add_argument("--epsilon", type=float, default=0.1, help="share that may be wrong")
    parser.add_argument("--only", default="", metavar="WORD", help="worlds whose name holds it")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--cache", type=Path, default=Path(".tandem/bench"), metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    sets = [[ForecastWorld(name) for name in WORLD_NAMES if given.only in name]]
    if given.folders:
        read = (read_beliefs(one, load(), given.cache, max(given.sizes)) for one in given.folders)
        sets = [[ForecastWorld(one.name, one)] for one in read]
    results = []
    for kinds, size in product(sets, given.sizes):
        campaigns = _campaigns(kinds, size, given.epsilon, given.seeds, given.jobs)
        results += summaries(campaigns)
    for shown in tables(results):
        Console().print(shown)
    if given.json:
        every = [one for one in results if one.worlds == "all"]
        covered = {
            phase: min(found)
            for phase in PHASES
            if (found := [one.phases[phase].coverage for one in every if phase in one.phases])
        }
        told = [asdict(one) for one in results]
        print(json.dumps({"nominal": NOMINAL, "least_coverage": covered, "results": told}))


def run(kinds: Sequence[ForecastWorld], size: int, error: float, seed: int) -> ForecastCampaign:
    """Run a campaign to its certificate, and then look at what was forecast on the way.

    Args:
        kinds: The worlds; the seed picks one.
        size: Tasks.
        error: The target error.
        seed: Of everything.

    Returns:
        How it went.
    """
    kind = kinds[seed % len(kinds)]
    beliefs = kind.beliefs(size, error, seed)
    policy = {"seed": seed, "target_error": error}
    settings = Settings.model_validate({"policy": policy})
    project = SimulatedProject(beliefs, people_of(beliefs, seed), settings)
    course: list[ProjectFacts] = []
    with threadpool_limits(1):
        while not project.is_certified:
            project.make_pass()
            course.append(project.facts)
            project.answer()
        spent = labels_spent(project.facts.state)
        forecasts = {phase: _look(facts, spent) for phase, facts in _phases(course).items()}
    state = project.facts.state
    population = state.populations[-1]
    status = audit_status(state, population)
    wrong = project.wrong_and_unchecked()
    return ForecastCampaign(
        world=kind.name,
        size=len(beliefs.gold),
        labels=spent,
        forecasts=forecasts,
        planned=population.planned,
        audits=status.audits,
        planned_share=(state.rounds[-1].left or 0) / population.size,
        share=status.unchecked / population.size,
        is_broken=wrong > int(error * population.size + 1e-9),
    )


def _phases(course: Sequence[ProjectFacts]) -> dict[str, ProjectFacts]:
    """Pick the passes of a campaign that are looked at."""
    frozen = [one for one in course if one.state.populations]
    learned = [one for one in course if not one.state.populations and one.state.rounds[-1].answers]
    rounds = {one.state.rounds[-1].number: one for one in reversed(learned)}
    numbers = sorted(rounds)
    audits = [one for one in frozen if one.state.populations[-1].kept_at is None]
    return {
        "start": course[0],
        **({"pilot": rounds[numbers[0]]} if numbers else {"pilot": frozen[0]}),
        **({"middle": rounds[numbers[(len(numbers) + 1) // 2]]} if len(numbers) > 1 else {}),
        "freeze": frozen[0],
        **({"audits": audits[len(audits) // 2]} if len(audits) > 1 else {}),
    }


def _look(facts: ProjectFacts, spent: int) -> PhaseForecast:
    ahead = labels_to_come(facts)
    if ahead is None:
        raise ValueError("Nothing is forecast, though everything is pre-labelled")
    return PhaseForecast(*ahead, spent - labels_spent(facts.state))


def _campaigns(
    kinds: Sequence[ForecastWorld], size: int, error: float, seeds: int, jobs: int
) -> list[ForecastCampaign]:
    campaign = partial(run, kinds, size, error)
    title = f"{size:,} tasks"
    if jobs == 1:
        return [campaign(seed) for seed in track(range(seeds), title)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(track(pool.map(campaign, range(seeds)), title, total=seeds))


if __name__ == "__main__":
    main()
