"""Careless Carl is found by letters whose desk is known, and the demo says what that saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest
from rich.console import Console

from labeling.form.form import parse
from labeling.settings.sections import CostSettings
from labeling.settings.settings import Settings
from routing.ledger.records import Assignment, LedgerAnnotation
from routing.snapshot.observe import observe
from routing.snapshot.snapshot import Snapshot
from routing.standing.people import people_standing
from routing.standing.standing import PersonStanding
from tandem.demo.checks import (
    Saved,
    checked_reviewers,
    checks_table,
    control_answers_of,
    said_of_checks,
    saved,
    saved_line,
)
from tandem.demo.posts import QUALITY, known_posts, label_config, posts
from tandem.demo.reviewers import A_SITTING, REVIEWERS, Post, SimulatedReviewer, work_through_tab
from tandem.demo.run import posts_by_project
from tests.support.ledger_states import answer
from tests.support.memory_backend import MemoryBackend
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import MODEL_USER, MemoryStudio
from tests.support.observed_tasks import NOON

FORM = parse(label_config())
LABELS = [candidate.value for candidate in FORM.controls[0].candidates]
NEVER_SKIPPING = [replace(one, skips=0.0) for one in REVIEWERS]
CARL = next(one for one in NEVER_SKIPPING if one.first_name == "Carl")
LETTERS = 100


@dataclass
class TabApi:
    """The part of Label Studio's SDK that reviewers answer by, with Label Studio in memory."""

    studio: MemoryStudio
    user: int

    @property
    def annotations(self) -> "TabApi":
        return self

    def create(self, id: int, result: Any, **_: Any) -> None:
        self.studio.annotate(id, self.user, result)


@dataclass
class DemoLoop:
    """The demo's project with Label Studio and backend in memory, and its simulated reviewers."""

    loop: MemoryLoop
    by_task: Mapping[int, Post]

    def users(self) -> dict[str, int]:
        return {one.email: one.id for one in self.loop.studio.users()}

    def work(self) -> None:
        """Have everybody sit down once to their own tabs."""
        here = self.loop.studio
        for project, letters in posts_by_project(cast(Any, here), self.by_task).items():
            for one in NEVER_SKIPPING:
                studio = here.beside(project)
                api = TabApi(studio, self.users()[one.email])
                work_through_tab(one, cast(Any, studio), cast(Any, api), letters, FORM)

    def look(self) -> Snapshot:
        settings = Settings.model_validate(self.loop.sections)
        studio = cast(Any, self.loop.studio)
        return observe(studio, self.loop.ledger, settings, dry_run=True)

    def people(self) -> dict[str, PersonStanding]:
        return {one.name: one for one in people_standing(self.look())}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoLoop:
    """The demo until Carl is paused, and one sitting more; many of the first letters are known."""
    emails = [one.email for one in REVIEWERS]
    loop = new_memory_loop(tmp_path_factory.mktemp("demo"), 0, *emails, pilot=60)
    server = loop.studio.server
    server.label_config = label_config()
    server.names = {one.email: one.first_name for one in REVIEWERS}
    loop.studio.update_project(label_config=label_config())
    loop.backend = MemoryBackend(FORM)
    loop.sections["quality"] = {**QUALITY, "controls_most": 0.5}
    loop.studio.import_tasks([{"text": one.text, "item_id": one.id} for one in posts()[:LETTERS]])
    by_id = {one.id: one for one in posts()}
    made = DemoLoop(loop, {one.id: by_id[one.data["item_id"]] for one in loop.studio.tasks()})
    for _ in range(8):
        loop.sync(clock=loop.studio.server.now)
        if made.people()["Carl"].state == "paused":
            break
        made.work()
    made.work()
    return made


def test_known_letters_come_among_the_others_and_are_answered(demo: DemoLoop) -> None:
    given = control_answers_of(demo.look())
    assert {one.worker_id for one in given} == set(demo.users().values()) - {MODEL_USER.id}
    people = demo.people()
    assert all(people[name].right / people[name].controls > 0.7 for name in ("Ana", "Dora"))


def test_careless_carl_is_paused_and_nobody_else(demo: DemoLoop) -> None:
    people = demo.people()
    assert [name for name, one in people.items() if one.state == "paused"] == ["Carl"]
    assert "proved to be below 85%" in people["Carl"].reason
    assert people["Carl"].waiting == 0
    assert moved_on(demo) > 0


def moved_on(demo: DemoLoop) -> int:
    """How many letters were taken from Carl."""
    users, blind = demo.users(), demo.look().blind_project
    assert blind is not None
    letters = {number for number, one in blind.state.tasks.items() if one.source in demo.by_task}
    return sum(
        one.worker == users[CARL.email] and one.state == "withdrawn" and one.task in letters
        for one in blind.state.assignments
    )


def test_the_demo_says_who_was_found_and_what_that_saved(demo: DemoLoop) -> None:
    snapshot = demo.look()
    table, carl, costs = said_of_checks(
        snapshot, people_standing(snapshot), NEVER_SKIPPING, demo.by_task
    )
    console = Console(width=160, record=True)
    console.print(table)
    rows = [line for line in console.export_text().splitlines() if "Carl" in line]
    assert "paused" in rows[0]
    assert rows[0].split("│")[-2].strip() == str(moved_on(demo))
    assert str(carl).startswith("Carl is paused since")
    assert "wrong ones fewer" in str(carl)
    assert f"{len(control_answers_of(snapshot))} answers to known letters" in str(costs)


def test_nothing_is_said_of_a_person_who_reviewed(demo: DemoLoop) -> None:
    assert said_of_checks(demo.look(), [], (), demo.by_task) == []


def test_a_sitting_is_short_so_that_letters_wait_when_somebody_is_paused() -> None:
    assert 60 / len(REVIEWERS) * (1 + float(str(QUALITY["controls_most"]))) > A_SITTING


def test_known_letters_are_none_of_the_demos_own() -> None:
    assert not {one.id for one in known_posts()} & {one.id for one in posts()}
    assert {one.gold for one in known_posts()} == set(LABELS)


POSTS = dict(enumerate(posts()[:10], start=1))
PAUSED = PersonStanding(7, "Carl", CARL.email, "paused", "proved", since=NOON)


def said(task: int, by: int, label: str) -> LedgerAnnotation:
    """What somebody said of a letter, as many seconds after noon as its number."""
    return replace(answer(task, task, by=by, at=timedelta(seconds=task)), answer=label)


class TestSaved:
    def answers(self, right: int) -> list[LedgerAnnotation]:
        """One answer of somebody else to each letter; so many of them say the gold label."""
        return [
            said(task, 8, post.gold if task <= right else "nonsense")
            for task, post in POSTS.items()
        ]

    def test_others_answers_are_held_against_what_the_paused_one_would_say(self) -> None:
        found = saved(PAUSED, CARL, self.answers(9), POSTS, LABELS, 0.5)
        would = sum(CARL.answer(post, LABELS) == post.gold for post in POSTS.values())
        assert found == Saved(10, 9, would, 0.5)
        assert found.wrong_answers == round((9 - would) / 2)

    def test_what_was_said_before_the_pause_does_not_count(self) -> None:
        later = replace(PAUSED, since=NOON + timedelta(seconds=4))
        assert saved(later, CARL, self.answers(9), POSTS, LABELS, 0.5).answers == 6

    def test_their_own_later_answers_do_not_count(self) -> None:
        own = [replace(one, worker_id=7) for one in self.answers(9)]
        assert saved(PAUSED, CARL, own, POSTS, LABELS, 0.5).answers == 0

    def test_the_line_counts_what_would_have_been_theirs(self) -> None:
        line = saved_line(PAUSED, Saved(100, 90, 40, 0.2), CostSettings(human_label=0.1))
        assert "gave 100 labels, 90% of them right" in line
        assert "Carl would have been right in 40%" in line
        assert "About 20 of these labels would have been Carl's, for $2.00" in line
        assert "about 10 wrong ones fewer" in line

    def test_who_is_paused_at_the_end_saved_nothing(self) -> None:
        assert "Nobody was asked anything" in saved_line(
            PAUSED, Saved(0, 0, 0, 0.2), CostSettings()
        )


def test_only_what_was_taken_at_the_pause_moved_on() -> None:
    later, earlier = NOON + timedelta(seconds=1), NOON - timedelta(seconds=1)
    asked = [
        Assignment(1, 7, "withdrawn", earlier, later),
        Assignment(2, 7, "withdrawn", earlier, earlier),
        Assignment(3, 7, "done", earlier, later),
        Assignment(4, 8, "withdrawn", earlier, later),
    ]
    letters = {1: posts()[0], 2: posts()[1]}
    given = [said(1, 7, letters[1].gold), said(2, 7, "nonsense")]
    [row] = checked_reviewers([PAUSED], given, asked, letters)
    assert (row.labelled, row.right, row.moved_on) == (2, 1, 1)
    console = Console(width=160, record=True)
    console.print(checks_table([row]))
    assert "50%" in console.export_text()


def test_a_simulated_reviewer_answers_a_letter_alike_whoever_asks() -> None:
    reviewer: SimulatedReviewer = REVIEWERS[0]
    assert len({reviewer.answer(posts()[0], LABELS) for _ in range(5)}) == 1
