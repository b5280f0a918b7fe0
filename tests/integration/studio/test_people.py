"""A team on a real Label Studio, by real commands: trained, examined, checked, paused, taken back.

What becomes of people follows from what they answer and from the admin's word, wherever a command
is killed, and nobody's annotation is ever touched.
"""

import signal
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Page

from routing.ledger.people import PersonEvent
from routing.reviewers.tabs import LABELLING, owner_of, tab_path
from routing.studio import Studio
from routing.training.wording import HEADS, NO_ANSWER, NOTICES
from tandem.servers.label_studio import LabelStudioServer
from tests.support.browser import (
    close_instruction,
    photograph,
    settled_picture,
    submit,
    ticked,
)
from tests.support.browser_fixtures import LogIn
from tests.support.killing.passes import errors_of_pass
from tests.support.killing.points import Kill, Point, Progress
from tests.support.loop_model import Model
from tests.support.serving import serving
from tests.support.team import PASSWORD, Team, new_team
from tests.support.team_story import COMMANDS, FEW, Step, Story, Told, tell
from tests.support.training import EXPLANATIONS, label_of

pytestmark = [pytest.mark.studio, pytest.mark.timeout(900)]

Steps: TypeAlias = Mapping[Step, Told]

KILLS: list[tuple[Step, str, Progress, int]] = [
    ("arrival", "the ledger's control tasks", "confirmed", 1),
    ("arrival", "the ledger's states of people", "unconfirmed", 1),
    ("arrival", "the ledger's states of people", "confirmed", 1),
    ("arrival", "a new project", "unconfirmed", 1),
    ("arrival", "tasks of a project", "confirmed", 1),
    ("arrival", "a new tab", "unconfirmed", 1),
    ("arrival", "a new project", "confirmed", 2),
    ("arrival", "the ledger's control tasks", "confirmed", 2),
    ("arrival", "tasks of a project", "unconfirmed", 3),
    ("training over", "the tasks of a tab", "confirmed", 2),
    ("exam over", "the ledger's states of people", "unconfirmed", 1),
    ("exam over", "the ledger's states of people", "confirmed", 1),
    ("exam over", "the tasks of a tab", "unconfirmed", 1),
    ("exam over", "the ledger's assignments", "confirmed", 1),
    ("exam over", "the ledger's assignments", "unconfirmed", 2),
    ("exam over", "the ledger's assignments", "confirmed", 2),
    ("careless answers", "the ledger's states of people", "unconfirmed", 1),
    ("careless answers", "the ledger's states of people", "confirmed", 1),
    ("careless answers", "the ledger's control answers", "confirmed", 1),
    ("careless answers", "the ledger's assignments", "confirmed", 1),
    ("careless answers", "the tasks of a tab", "unconfirmed", 1),
    ("careless answers", "an annotation", "confirmed", 6),
    ("resume", "the ledger's states of people", "unconfirmed", 1),
    ("resume", "the ledger's states of people", "confirmed", 1),
    ("resumed", "the ledger's assignments", "confirmed", 1),
    ("resumed", "the tasks of a tab", "confirmed", 1),
    ("exclude", "the ledger's states of people", "unconfirmed", 1),
    ("exclude", "the ledger's states of people", "confirmed", 1),
    ("excluded", "the ledger's assignments", "unconfirmed", 1),
    ("excluded", "the ledger's planned writes", "confirmed", 1),
    ("excluded", "the tasks of a tab", "confirmed", 2),
    ("taken back", "the ledger's assignments", "confirmed", 1),
    ("taken back", "the ledger's finished writes", "unconfirmed", 2),
]
"""The step, what it writes when it is killed, and the how manieth such write that is. The first
project is the training, the second the blind project; of its tasks the control tasks come last, and
of what is assigned there, too."""


@pytest.fixture(scope="module")
def team(
    label_studio: LabelStudioServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Team]:
    """Four people who are new to a project, whose model never learns: killed, it is as it was."""
    model = Model()
    model.learns = False
    with serving(model.script) as backend:
        yield new_team(label_studio, backend, tmp_path_factory.mktemp("team"))


@pytest.fixture(scope="module")
def story(team: Team) -> Story:
    """All that becomes of them, killed nowhere."""
    return tell(team)


@pytest.fixture(scope="module")
def steps(story: Story) -> Steps:
    """Its steps."""
    return story.steps


class TestUndisturbed:
    def test_who_passes_the_exam_gets_a_tab_with_work_and_who_fails_gets_none(
        self, team: Team, steps: Steps
    ) -> None:
        assert states(team, steps["arrival"]) == dict.fromkeys(team.people, "in training")
        assert not any(asked(team, steps["arrival"]).values())
        assert states(team, steps["exam over"]) == {
            "nina": "active",
            "otto": "active",
            "carl": "active",
            "fred": "in training",
        }
        assert latest(team, steps["exam over"], "fred").reason.startswith("did not pass the exam")
        assert owners(steps["arrival"], "blind") == owners(steps["arrival"], "main") == set()
        let_in = {"Nina", "Otto", "Carl"}
        assert owners(steps["exam over"], "blind") == owners(steps["exam over"], "main") == let_in
        assert all(asked(team, steps["exam over"])[name.lower()] for name in let_in)
        assert ("Fred · result · Tandem", ("tasks:id",), ("failed 0",)) in steps["exam over"].state[
            "training: tabs"
        ]

    def test_the_test_of_skill_alone_has_carl_paused_and_his_open_items_move_on(
        self, team: Team, steps: Steps
    ) -> None:
        paused = latest(team, steps["careless answers"], "carl")
        assert (paused.state, paused.by) == ("paused", None)
        assert paused.evidence
        assert paused.evidence["right"] == 0
        assert paused.evidence["e_value"] >= 1 / paused.evidence["wrongly_paused"]
        before, after = asked(team, steps["exam over"]), asked(team, steps["careless answers"])
        his = before["carl"] - after["carl"]
        assert after["carl"] == set()
        assert len(his) > FEW
        moved = (after["nina"] - before["nina"]) | (after["otto"] - before["otto"])
        assert moved == his - answered(team, steps["careless answers"], "carl")

    def test_an_admin_takes_it_back_and_carl_is_asked_what_nobody_else_is_left_for(
        self, team: Team, steps: Steps
    ) -> None:
        assert latest(team, steps["resume"], "carl").by == team.studio.me().email
        assert asked(team, steps["resume"])["carl"] == set()
        assert len(asked(team, steps["resumed"])["carl"]) == FEW

    def test_without_his_votes_others_are_asked_until_they_count_again(
        self, team: Team, steps: Steps
    ) -> None:
        excluded = latest(team, steps["exclude"], "carl")
        assert (excluded.state, excluded.reason) == ("excluded", "he guesses")
        before, without = steps["exclude"], steps["excluded"]
        anew = {
            task
            for name in ("nina", "otto")
            for task in asked(team, without)[name] - asked(team, before)[name]
        }
        assert anew
        assert anew <= answered(team, before, "carl")
        assert asked(team, steps["taken back"]) == asked(team, before)
        assert states(team, steps["taken back"])["carl"] == "active"

    def test_nobody_s_annotations_are_touched_by_any_of_it(self, story: Story) -> None:
        for step, told in story.steps.items():
            assert {one: story.given.get(one) for one in told.before} == told.before, step
        assert len(story.given) > 80


class TestPages:
    def test_somebody_new_is_shown_what_is_right_passes_and_finds_work(
        self, logged_in: LogIn, team: Team, story: Story
    ) -> None:
        assert story
        team.restore("trained")
        page = logged_in(team.people["nina"].email, PASSWORD)
        open_stream(page, team, team.training, "nina")
        assert HEADS["training"] in text_on(page)
        assert "Right:" not in text_on(page)
        label = tick(page, right=False)
        page.get_by_text(f"Right: {label}").wait_for()
        assert EXPLANATIONS[label] in text_on(page)
        photograph(page, "training-explanation")
        next_item(page)
        tick(page, right=True)
        submit(page)

        team.finish("sync")
        open_stream(page, team, team.training, "nina")
        assert HEADS["exam"] in text_on(page)
        tick(page, right=True)
        page.get_by_text(NO_ANSWER).wait_for()
        assert "Right:" not in text_on(page)
        photograph(page, "training-exam")
        for _ in range(2):
            next_item(page)
            tick(page, right=True)
        submit(page)
        assert team.tab(team.blind_project, "nina") is None

        team.finish("sync")
        open_stream(page, team, team.training, "nina")
        assert NOTICES["passed"] in text_on(page)
        assert ticked(page) == []
        photograph(page, "training-passed")
        open_stream(page, team, team.blind_project, "nina")
        assert label_of(text_on(page), right=True)
        photograph(page, "training-first-work")

    def test_who_fails_is_told_so_there(self, logged_in: LogIn, team: Team, story: Story) -> None:
        assert story
        team.restore("at work")
        page = logged_in(team.people["fred"].email, PASSWORD)
        open_stream(page, team, team.training, "fred")
        assert NOTICES["failed"] in text_on(page)
        photograph(page, "training-failed")

    def test_nothing_on_the_page_but_a_number_tells_a_control_task_from_others(
        self, logged_in: LogIn, team: Team, story: Story
    ) -> None:
        assert story
        team.restore("at work")
        controls, seen = team.controls(), dict[bool, tuple[str, bytes]]()
        page = logged_in(team.people["nina"].email, PASSWORD)
        # Before the first item there is none to go back to, whatever it is.
        open_stream(page, team, team.blind_project, "nina")
        tick(page, right=True)
        submit(page)
        while len(seen) < 2:
            open_stream(page, team, team.blind_project, "nina")
            is_control = number_on(page) in controls
            photograph(page, f"work-{'control' if is_control else 'ordinary'}")
            answer = label_of(text_on(page), right=True)
            seen[is_control] = look_of(page)
            page.locator(f"label:has(input[name={answer}])").click()
            submit(page)
        assert seen[True] == seen[False]


class TestKilled:
    @pytest.mark.parametrize(
        ("step", "written", "progress", "visit"),
        KILLS,
        ids=[
            f"{step}, {visit} of {written}, {progress}" for step, written, progress, visit in KILLS
        ],
    )
    def test_a_killed_command_that_is_given_again_ends_as_if_undisturbed(
        self, team: Team, story: Story, step: Step, written: str, progress: Progress, visit: int
    ) -> None:
        expected, point = story.steps[step], Point(written, progress)
        assert expected.visits[point] >= visit, expected.visits
        team.restore(step)
        code = team.run(*COMMANDS[step], kill=Kill(point, visit))
        assert code == -signal.SIGKILL, errors_of_pass(team.folder)
        team.finish(*COMMANDS[step])
        ended, given = team.state(), team.given()
        for part, left in expected.state.items():
            assert ended[part] == left, part
        assert {one: given.get(one) for one in expected.before} == expected.before


def owners(told: Told, part: str) -> set[str | None]:
    """Whose tabs a project has by then."""
    return {owner_of(title) for title, *_ in told.state[f"{part}: tabs"]} - {None}


def latest(team: Team, told: Told, name: str) -> PersonEvent:
    """The last that became of somebody by then."""
    worker = team.people[name].id
    events: list[PersonEvent] = told.state["main: people"]
    return [one for one in events if one.worker == worker][-1]


def states(team: Team, told: Told) -> dict[str, str]:
    """What the four are by then."""
    return {name: latest(team, told, name).state for name in team.people}


def asked(team: Team, told: Told) -> dict[str, set[Any]]:
    """What waits for each of them in the blind project by then, but for control tasks."""
    return _assignments(team, told, "open")


def answered(team: Team, told: Told, name: str) -> set[Any]:
    """What somebody answered in the blind project by then, but for control tasks."""
    return _assignments(team, told, "done").get(name, set())


def _assignments(team: Team, told: Told, state: str) -> dict[str, set[Any]]:
    names = {one.id: name for name, one in team.people.items()}
    found = {name: set[Any]() for name in team.people}
    for (task, worker), now in told.state["blind: assignments"].items():
        if now == state and isinstance(task, int):
            found[names[worker]].add(task)
    return found


def open_stream(page: Page, team: Team, project: Studio, name: str) -> None:
    """Open the label stream of somebody's tab."""
    tab = team.tab(project, name)
    assert tab
    page.goto(f"{team.server.url}{tab_path(project.project_id, tab.id)}{LABELLING}")
    close_instruction(page)
    page.wait_for_selector("input.ant-checkbox-input")


def text_on(page: Page) -> str:
    return page.locator(".lsf-main-view__annotation").inner_text()


def number_on(page: Page) -> int:
    """The number of the task that the page shows."""
    number, _, _ = page.locator(".lsf-current-task__task-id").inner_text().partition("\n")
    return int(number.strip("#"))


def look_of(page: Page) -> tuple[str, bytes]:
    """What stands on the page and how it looks, but for the item's text and the task's number."""
    page.wait_for_selector("[data-testid=prev-task]:not([disabled])")
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.evaluate(
        """() => {
            document.querySelector('.lsf-richtext__line').textContent = 'An item.'
            document.querySelector('.lsf-current-task__task-id').textContent = 'Its number'
        }"""
    )
    return page.locator("body").inner_html(), settled_picture(page.locator(".lsf-main-view"))


def tick(page: Page, *, right: bool) -> str:
    """Tick the answer to the item that is shown, and return which is right."""
    text = text_on(page)
    page.locator(f"label:has(input[name={label_of(text, right=right)}])").click()
    return label_of(text, right=True)


def next_item(page: Page) -> None:
    """Submit what is ticked, and wait for the next item."""
    submit(page)
    page.wait_for_function("() => !document.querySelector('input.ant-checkbox-input:checked')")
    page.wait_for_selector("input.ant-checkbox-input")
