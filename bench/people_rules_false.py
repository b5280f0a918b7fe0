"""How often rules speak against simulated people, who are all honest, at one look and at many.

The share of p-values at or below a level should be no more than the level. False discoveries are
controlled at each look by itself; how many people are *ever* flagged, and how often somebody's
state changes in consequence, is counted over looks along every fifth crowd's work.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table

from aggregation.quality.rules.contract import Work
from aggregation.quality.rules.registry import RULES, findings, standing
from aggregation.quality.rules.registry import Flag as RuleFlag
from bench.people_rules_campaigns import Campaign
from bench.people_rules_honest import HonestCrowd, honest_texts, record
from labeling.settings.quality_section import QualitySettings
from routing.ledger.people import PersonEvent
from routing.people.evidence import Flag
from routing.people.supervise import supervise

LEVELS = (0.1, 0.05, 0.01, 0.001)
"""At which p-values of honest people are counted."""

LOOKS = 5
"""How often a crowd that is followed is looked at, along its answers."""

FOLLOWED = 5
"""Of so many crowds one is followed; the others are looked at once, at their end."""

QUALITY = QualitySettings()

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)

REVIEWS_LAST = ("pilot", "audit", "review")
"""Phases whose items get harder, at last."""

WORLDS: Mapping[str, Campaign | HonestCrowd] = {
    "items in any order, 6 votes": HonestCrowd(),
    "items in any order, 16 votes": HonestCrowd(people=60, tasks=200, votes=16),
    "campaign, audits last, 2 votes": Campaign(),
    "campaign, reviews last, 2 votes": Campaign(phases=REVIEWS_LAST),
    "campaign, reviews last, 3 votes": Campaign(tasks=350, votes=3, phases=REVIEWS_LAST),
    "campaign, 4 people, reviews last": Campaign(people=4, tasks=400, most=4, phases=REVIEWS_LAST),
    "campaign, 3 people, 1 vote": Campaign(people=3, tasks=400, votes=1, most=3),
    "campaign of fast programs": Campaign(pace=0.02, phases=REVIEWS_LAST),
}
"""Crowds and campaigns, by name."""

TEXTS = "texts that people write"
"""The world in which people write texts, which is looked at once."""


@dataclass(frozen=True, slots=True)
class HonestRule:
    """One rule in one world of honest people.

    Attributes:
        rule: Its name.
        p_values: How many there are, at the last look.
        at_most: The share of p-values at or below a level, by level.
        flags: False flags that stood at the last look.
    """

    rule: str
    p_values: int
    at_most: Mapping[str, float]
    flags: int


@dataclass(frozen=True, slots=True)
class HonestWorld:
    """One world of honest people.

    Attributes:
        world: Its name.
        people: How many there were, over all seeds.
        flagged: The share of them who were flagged at the last look.
        crowds_with_a_flag: The share of crowds in which anybody was: that of false discoveries.
        followed: People of the crowds that were followed.
        ever_flagged: The share of these who were flagged at any of the looks.
        events: Their changes of state a person, over all looks.
        most_events: The most that one person had.
        rules: Each rule's result.
    """

    world: str
    people: int
    flagged: float
    crowds_with_a_flag: float
    followed: int
    ever_flagged: float
    events: float
    most_events: int
    rules: Sequence[HonestRule]


@dataclass
class _Counts:
    """What is counted in one world."""

    p_values: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in RULES})
    flags: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RULES, 0))
    people: int = 0
    flagged: int = 0
    crowds: list[bool] = field(default_factory=list)
    ever_flagged: int = 0
    events: list[int] = field(default_factory=list)

    def add(self, looks: Sequence[Work]) -> None:
        """Look at one crowd, once or again and again; the last look is at all its answers."""
        events: list[PersonEvent] = []
        ever: set[str] = set()
        for number, work in enumerate(looks):
            found = findings(work)
            flags = standing(
                [one for told in found.values() for one in told], QUALITY.false_discoveries
            )
            ever |= {flag.finding.workers[0] for flag in flags}
            events += _became(events, work, flags, number)
        for flag in flags:
            self.flags[flag.finding.rule] += 1
        for name, told in found.items():
            self.p_values[name] += [one.p_value for one in told]
        last = looks[-1]
        self.people += len(last.workers)
        self.flagged += len({flag.finding.workers[0] for flag in flags})
        self.crowds.append(bool(flags))
        if len(looks) == 1:
            return
        self.ever_flagged += len(ever)
        self.events += [sum(one.worker == _id(who) for one in events) for who in last.workers]

    def result(self, world: str) -> HonestWorld:
        """Return the counts as shares."""
        rules = []
        for name, found in self.p_values.items():
            values = np.array(found)
            shares = {str(level): float((values <= level).mean()) for level in LEVELS if found}
            if found:
                rules.append(HonestRule(name, len(values), shares, self.flags[name]))
        return HonestWorld(
            world,
            self.people,
            self.flagged / self.people,
            float(np.mean(self.crowds)),
            len(self.events),
            self.ever_flagged / max(1, len(self.events)),
            float(np.mean(self.events or [0])),
            max(self.events, default=0),
            rules,
        )


def _became(
    events: Sequence[PersonEvent], work: Work, flags: Sequence[RuleFlag], look: int
) -> Sequence[PersonEvent]:
    """Return what becomes of people by the flags of one look."""
    told = [
        Flag(_id(one.finding.workers[0]), one.finding.rule, one.finding.line, one.adjusted)
        for one in flags
    ]
    answers = work.answers["worker"].value_counts()
    given = {_id(str(who)): int(count) for who, count in answers.items()}
    return supervise(events, (), told, QUALITY, BEGIN + timedelta(days=look), given=given)


def speak_against_honest_people(seeds: int) -> Sequence[HonestWorld]:
    """Return what every rule says of simulated people who are all honest.

    Args:
        seeds: Simulated crowds a world.

    Returns:
        One result a world.
    """
    return [in_world(name, seeds) for name in [*WORLDS, TEXTS]]


def in_world(name: str, seeds: int) -> HonestWorld:
    """Return what every rule says in one world, of `WORLDS` or of `TEXTS`."""
    counts = _Counts()
    for seed in track(range(seeds), name):
        if name == TEXTS:
            counts.add([honest_texts(seed)])
        else:
            looks = LOOKS if seed % FOLLOWED == 0 else 1
            counts.add([*_looks(WORLDS[name].answers(seed), looks)])
    return counts.result(name)


def show_world(result: HonestWorld) -> None:
    """Print a table of one world."""
    title = (
        f"Honest people, {result.world}: {result.people:,} people, {result.flagged:.2%} flagged;"
        f" {result.crowds_with_a_flag:.1%} of the crowds have a flag; of {result.followed:,} who"
        f" were followed {result.ever_flagged:.2%} flagged at any of {LOOKS} looks,"
        f" {result.events:.4f} changes of state a person, {result.most_events} at most"
    )
    table = Table(
        "rule", "p-values", *(f"at most {level}" for level in LEVELS), "flags", title=title
    )
    for one in result.rules:
        shares = (f"{share:.4f}" for share in one.at_most.values())
        table.add_row(one.rule, f"{one.p_values:,}", *shares, str(one.flags))
    Console().print(table)


def _looks(frame: pd.DataFrame, looks: int) -> Iterator[Work]:
    """Yield the record of the answers at each look, along their times; the last is at all."""
    at = frame["submitted_at"].sort_values().to_numpy()
    for look in range(1, looks + 1):
        until = at[len(at) * look // looks - 1]
        yield record(frame[frame["submitted_at"].to_numpy() <= until], controls=40)


def _id(name: str) -> int:
    return int(name[1:])
