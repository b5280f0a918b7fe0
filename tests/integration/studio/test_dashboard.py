"""The dashboard of a real project: it shows each phase, leads a reviewer, and only reads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from routing.ledger.passes import last_passes, recorded_pass
from routing.studio import Studio
from tandem.dashboard.app import create_app
from tandem.dashboard.data import ProjectLook
from tandem.dashboard.links import Links
from tandem.dashboard.live import Seen
from tandem.dashboard.look import take_look
from tandem.dashboard.server import server_of
from tandem.servers.label_studio import LabelStudioServer
from tandem.session import Session
from tandem.standing.next_step import next_step
from tandem.status import status_of
from tests.integration.studio.conftest import PASSWORD, NewLoop
from tests.support.browser import new_page, photograph, submit, ticked
from tests.support.browser_fixtures import LogIn
from tests.support.loops import Loop, Person
from tests.support.page_checks import barriers

pytestmark = [
    pytest.mark.studio,
    pytest.mark.browser,
    pytest.mark.usefixtures("two_at_a_time"),
]

People = tuple[Person, Person, Person]
SIX = (0.95,) * 6
"""Two of six may be wrong: people label two as a pilot, and audits follow."""


def session_of(loop: Loop) -> Session:
    return Session(loop.settings, loop.studio, loop.backend, loop.ledger)


@contextmanager
def dashboard_of(loop: Loop, who: Person) -> Iterator[str]:
    """Serve the dashboard of a loop, which looks anew whenever a page is asked for."""
    links, looking = Links("admin", {who.email: "hers"}), threading.Lock()

    def latest() -> Seen[ProjectLook]:
        with looking:
            return Seen(take_look(session_of(loop)))

    app = create_app(latest, lambda: links, lambda: last_passes(loop.ledger, 5))
    server = server_of(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_pass(loop: Loop) -> int:
    """Make a pass as the command does, which records it; gives what remains."""
    with recorded_pass(loop.ledger) as outcome:
        report = loop.sync()
        outcome.writes = len(report.changes)
    return report.remaining


def see(page: Page, loop: Loop, phase: str) -> str:
    """Open the admin's page again, look at it, and return what it says of the population."""
    page.reload()
    photograph(page, f"dashboard-studio-{phase}")
    assert barriers(page) == {}, phase
    said = page.locator("#standing .next").inner_text().removeprefix("Next: ")
    expected = next_step(status_of(session_of(loop)).standing)
    assert said == expected.replace("`", ""), "as status says it"
    return page.locator("#populations tbody").inner_text()


def everything(studio: Studio) -> list[Any]:
    """All that Label Studio holds of a project, and its users."""
    return [studio.project(), list(studio.tasks()), studio.views(), studio.users()]


def test_a_reviewer_is_led_through_while_the_admin_watches(
    new_loop: NewLoop,
    people: People,
    browser: Browser,
    logged_in: LogIn,
    label_studio: LabelStudioServer,
) -> None:
    ana = people[0]
    loop = new_loop(*SIX, target_error=0.4, pilot=2)
    loop.sections["studio"]["url"] = label_studio.url
    loop.staff(ana)
    with dashboard_of(loop, ana) as url:
        admin, page = new_page(browser), logged_in(ana.email, PASSWORD)
        admin.goto(f"{url}/?token=admin")
        assert "not labelled yet" in see(admin, loop, "nothing-yet")

        make_pass(loop)
        before = everything(loop.studio)
        assert "pilot" in see(admin, loop, "pilot")
        page.goto(f"{url}/r/hers")
        page.get_by_text("2 are left for you.").wait_for()
        photograph(page, "dashboard-studio-reviewer")
        assert everything(loop.studio) == before, "it only reads"

        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Open").click()
        work = opened.value
        work.get_by_text("2 left here").wait_for()
        work.locator(".lsf-modal-ls button").click()
        assert ticked(work) == [], "asked blind, the page says nothing of the model's answer"
        photograph(work, "dashboard-studio-stream")
        work.locator("label:has(input[name=positive])").click()
        submit(work)
        work.close()
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
        page.get_by_text("1 is left for you.").wait_for()
        assert loop.blind_project
        answered = {one.task for one in loop.blind_project.annotations()}
        [left] = set(loop.places().values()) - answered
        ana.answer(left, "positive")
        page.reload()
        page.get_by_text("Done, thank you.", exact=True).wait_for()
        assert "2" in page.locator("#mine dl").inner_text()

        make_pass(loop)
        assert "in audit" in see(admin, loop, "audit")
        page.reload()
        page.get_by_text("are left for you.").wait_for()
        loop.answer_all("positive", ana)
        assert make_pass(loop) == 0
        assert "certified" in see(admin, loop, "certified")
        page.reload()
        page.get_by_text("All done, thank you.").wait_for()
        photograph(page, "dashboard-studio-thank-you")
        assert "well" in admin.locator("#passes tbody").inner_text()


def test_an_empty_project_says_what_to_do(
    new_loop: NewLoop, people: People, browser: Browser, label_studio: LabelStudioServer
) -> None:
    loop = new_loop(0.9)
    loop.sections["studio"]["url"] = label_studio.url
    for task in loop.studio.task_ids():
        people[0].delete_task(task)
    with dashboard_of(loop, people[0]) as url:
        admin = new_page(browser)
        admin.goto(f"{url}/?token=admin")
        address = f"{label_studio.url}/projects/{loop.studio.project_id}/data"
        admin.get_by_text(f"Import tasks at {address}").wait_for()
        photograph(admin, "dashboard-studio-empty")
        admin.goto(f"{url}/r/hers")
        admin.get_by_text("Nothing waits for you yet.").wait_for()
