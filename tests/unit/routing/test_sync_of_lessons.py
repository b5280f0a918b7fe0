"""Passes that judge each lesson, remember it, and tell what the chance monitor found."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from routing.ledger.chance_looks import last_chance_look
from routing.ledger.lessons import lessons
from routing.sync import SyncReport
from routing.tunables import Tunables
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

TASKS, PILOT = 240, 40


@dataclass(frozen=True)
class Campaign:
    """A project after some rounds, and what its last pass said."""

    loop: MemoryLoop
    report: SyncReport


def run(folder: Path, answers: int) -> Campaign:
    """Make passes, between which people answer, until the model learned from so many answers.

    Half of each round is drawn by chance, and all is asked blind.
    """
    loop = new_memory_loop(
        folder,
        TASKS,
        "ada@x",
        "ben@x",
        pilot=PILOT,
        selection="core-set",
        max_votes=1,
        random_share=0.5,
        blind_share=1.0,
    )
    loop.tunables = Tunables(round_least=12)
    while True:
        report = loop.sync()
        if loop.ledger.state().rounds[-1].answers >= answers:
            return Campaign(loop, report)
        assert answer_tabs(loop.studio, TASKS), "people have something to do"


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """A project after several rounds."""
    campaign = run(tmp_path_factory.mktemp("campaign"), PILOT + 20)
    yield campaign
    campaign.loop.ledger.close()


def test_each_round_s_lesson_is_judged_on_ever_more_of_what_chance_drew(
    campaign: Campaign,
) -> None:
    ledger = campaign.loop.ledger
    rounds, told = ledger.state().rounds, lessons(ledger)
    assert [one.round for one in told] == [one.number for one in rounds]
    assert [one.answers for one in told] == [one.answers for one in rounds]
    first, pilot, *later = told
    assert (first.judged, first.kappa) == (0, None)
    assert pilot.judged == PILOT
    assert later
    assert all(one.judged > PILOT for one in later)
    assert all(one.kappa == 1 for one in told[1:]), "this model never changes its mind"
    assert all(0 < (one.mean_error or 0) < 0.5 for one in told)


def test_the_standing_says_what_more_labels_bring(campaign: Campaign) -> None:
    learning = campaign.report.standing.learning
    assert learning
    assert learning.error
    assert learning.gain
    assert learning.lessons[-1] == lessons(campaign.loop.ledger)[-1]


def test_what_the_chance_monitor_found_is_remembered_and_told(campaign: Campaign) -> None:
    look = last_chance_look(campaign.loop.ledger)
    assert look
    assert look.strategy == "core-set"
    assert look.draws
    assert campaign.report.standing.learning
    assert campaign.report.standing.learning.chance == look


def test_a_dry_run_remembers_nothing(tmp_path: Path) -> None:
    loop = run(tmp_path, PILOT).loop
    answer_tabs(loop.studio, TASKS)
    known = lessons(loop.ledger)
    loop.sync(dry_run=True)
    assert lessons(loop.ledger) == known
    loop.ledger.close()
