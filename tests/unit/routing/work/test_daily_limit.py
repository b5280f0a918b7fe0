"""Who worked as long as anybody may on a day is asked nothing more until midnight."""

from datetime import timedelta
from pathlib import Path

import pytest

from labeling.form.form import parse
from routing.facts.vote_demands import Reviewer
from routing.work.daily_limit import within_hours
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import MemoryStudio
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.work import worked

PEOPLE = (Reviewer(ADA, 20), Reviewer(BEN, 5, expert=True))
# Half an hour by Ada, of which ten minutes are idle, and ten minutes by Ben.
TODAY = [worked(1, 1_800.0), worked(2, 600.0, by=BEN)]


@pytest.mark.parametrize(
    ("most", "later", "capacities"),
    [
        (None, 0, [20, 5]),
        (0.34, 0, [20, 5]),
        (1 / 3, 0, [0, 5]),
        (0.1, 0, [0, 0]),
        (0.1, 11, [0, 0]),
        (0.1, 12, [20, 5]),
    ],
)
def test_room_is_gone_once_the_hours_are_reached_until_midnight(
    most: float | None, later: int, capacities: list[int]
) -> None:
    now = NOON + timedelta(hours=later)
    found = within_hours(PEOPLE, TODAY, now, most=most, idle_seconds=1_200.0, guess=12.0)
    assert [one.capacity for one in found] == capacities
    assert [(one.worker, one.expert) for one in found] == [(ADA, False), (BEN, True)]


def waiting(loop: MemoryLoop, user: int) -> list[tuple[MemoryStudio, int]]:
    """What a user is asked, and where."""
    return [
        (project, one.task)
        for project in (loop.studio, loop.blind)
        for one in loop.ledger.beside(project.project_id).state().assignments
        if one.worker == user and one.state == "open"
    ]


def test_a_pass_asks_nothing_of_who_worked_long_enough_until_the_next_day(tmp_path: Path) -> None:
    loop = new_memory_loop(tmp_path, 60, "ada@example.org", "ben@example.org", pilot=40)
    ada, ben = (one.id for one in loop.studio.users()[1:])
    loop.sync(clock=loop.studio.server.now)
    project, task = waiting(loop, ada)[0]
    positive = parse(loop.studio.server.label_config).encode("positive", "Text")
    project.annotate(task, ada, positive)
    loop.sections["quality"] = {"most_hours_a_day": 4 / 3600}  # the answer took 5 seconds
    loop.sync(clock=loop.studio.server.now)
    assert waiting(loop, ada) == []
    assert waiting(loop, ben)
    # What they hold back waits for them again once the other one has no room for it.
    loop.sections["reviewers"][1]["capacity"] = 10
    loop.studio.server.moment += timedelta(days=1)
    loop.sync(clock=loop.studio.server.now)
    assert waiting(loop, ada)
