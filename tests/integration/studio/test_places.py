"""A reviewer in a real browser who was told nothing but the project's address."""

from collections.abc import Iterator, Sequence
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, Response

from routing.guarantee.hash_random import hash_uniform
from tests.integration.studio.conftest import PASSWORD, NewLoop
from tests.support.browser import close_instruction, photograph, submit, ticked
from tests.support.browser_fixtures import LogIn
from tests.support.loops import Loop, Person

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]


@pytest.fixture
def ana_at_the_page(logged_in: LogIn, people: People) -> Iterator[Page]:
    """Ana, in a browser that never saw Label Studio before."""
    page = logged_in(people[0].email, PASSWORD)
    yield page
    page.close()


def go(page: Page, loop: Loop) -> str:
    """Go to a project's bare address; gives the title of the tab that opens."""
    page.goto(f"{loop.studio.url}/projects/{loop.studio.project_id}")
    opened = page.get_by_role("tab", selected=True)
    opened.wait_for()
    page.get_by_text("Submitted annotations:").wait_for()
    return str(opened.get_attribute("title"))


def seed_of_halves(tasks: Sequence[int]) -> int:
    """A seed by which half of these tasks are asked blind, whatever numbers they got."""
    return next(
        seed
        for seed in count()
        if 2 * sum(hash_uniform(seed, "blind", task) < 0.5 for task in tasks) == len(tasks)
    )


def titles(page: Page) -> list[str]:
    return [str(one.get_attribute("title")) for one in page.get_by_role("tab").all()]


def instruction(page: Page) -> Locator:
    """Open what stands behind the button above a label stream, at its end too."""
    shown = page.locator("[class*=modal-ls__content]")
    if shown.is_visible():
        close_instruction(page)
    page.get_by_role("button", name="Instructions").click()
    shown.get_by_text("Instructions", exact=True).wait_for()
    return shown


def label_all(page: Page) -> list[list[str]]:
    """Answer whatever the stream hands out; gives what was ticked on each page before."""
    seen: list[list[str]] = []
    while True:
        seen.append(ticked(page))
        if not seen[-1]:
            page.keyboard.press("1")
        with page.expect_response(_is_next_task) as told:
            submit(page)
        if not told.value.ok:
            page.get_by_text("No More Tasks Left in Queue").wait_for()
            return seen
        page.get_by_text(told.value.json()["data"]["text"], exact=True).wait_for()


def _is_next_task(response: Response) -> bool:
    return "id=next_task" in response.url


def test_who_knows_the_address_alone_finds_all_work_and_is_told_when_it_is_done(
    ana_at_the_page: Page, new_loop: NewLoop, people: People
) -> None:
    page, (ana, ben, _) = ana_at_the_page, people
    loop = new_loop(0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, blind_share=0.5)
    loop.staff(ben, ana)
    loop.policy(seed=seed_of_halves(loop.studio.task_ids()))
    loop.sync()
    blind_project = loop.blind_project
    assert blind_project is not None
    here, blind = len(loop.waiting_here(ana)), len(blind_project.waiting_here(ana))
    assert (here, blind, len(loop.waiting_here(ben))) == (2, 2, 2)

    assert go(page, loop) == "Default", "nobody lands in the tab of somebody else"
    assert titles(page)[1:] == [f"Ben · {here} left · Tandem", f"Ana · {here} left · Tandem"]
    photograph(page, "reviewer-landing")
    page.get_by_role("tab", name="Ana").click()
    page.get_by_role("button", name=f"Label {here} Tasks").click()
    page.get_by_text("Labeling Instructions", exact=True).wait_for()
    photograph(page, "reviewer-instruction")
    told = f"Ana: {here} left here, then {blind} in “Test · blind”."
    assert told in instruction(page).inner_text()
    close_instruction(page)
    assert label_all(page) == [["positive"]] * here, "each pre-label is seen"

    mine = instruction(page).get_by_role("paragraph").filter(has_text="Ana")
    mine.get_by_role("link").last.click()
    page.wait_for_url(f"**/projects/{blind_project.studio.project_id}/**")
    page.locator("input.ant-checkbox-input").first.wait_for()
    told = f"Ana: {blind} left here, then {here} in “Test”."
    assert told in instruction(page).inner_text()
    close_instruction(page)
    assert label_all(page) == [[]] * blind, "no pre-label is seen"
    photograph(page, "reviewer-end-of-stream")

    loop.sync()
    assert go(page, blind_project) == "Default"
    assert titles(page)[2] == "Ana · done for now · Tandem", "Ben is not done yet"
    loop.answer_all("positive", ben)
    assert loop.sync().remaining == 0
    assert go(page, loop) == "Default"
    assert titles(page)[1:] == ["Ben · done · Tandem", "Ana · done · Tandem"]
    page.get_by_role("tab", name="Ana").click()
    photograph(page, "reviewer-done")
    page.goto(f"{page.url}&labeling=1")
    page.get_by_text("No More Tasks Left in Queue").wait_for()
    assert "Ana: all is done, thank you." in instruction(page).inner_text()
    done = [
        sum(one.worker == ana.id and one.state == "done" for one in project.state.assignments)
        for project in (loop, blind_project)
    ]
    assert done == [here, blind], "nobody was handed out what was not theirs"


def test_an_empty_project_shows_its_own_page_and_no_error(
    ana_at_the_page: Page, new_loop: NewLoop
) -> None:
    page, loop = ana_at_the_page, new_loop()
    loop.sync()
    assert go(page, loop) == "Default"
    assert titles(page) == ["Default"]
    page.get_by_text("Import data to get your project started").wait_for()
    photograph(page, "empty-project")


def test_a_tab_of_a_project_without_predictions_shows_no_error(
    ana_at_the_page: Page, new_loop: NewLoop, people: People
) -> None:
    page, loop = ana_at_the_page, new_loop(0.6, 0.6, pilot=2)
    loop.staff(people[0])
    loop.sync()
    blind_project = loop.blind_project
    assert blind_project is not None
    go(page, blind_project)
    page.get_by_role("tab", name="Ana").click()
    page.get_by_role("button", name="Label 2 Tasks").wait_for()
    assert not page.get_by_text("Runtime error").is_visible()
