"""The dashboard in a real browser: for everybody, on every screen, and it stays up to date."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import BaseWSGIServer

from routing.ledger.passes import PassRecord
from tandem.dashboard.app import create_app
from tandem.dashboard.data import ProjectLook
from tandem.dashboard.live import Seen
from tandem.dashboard.server import server_of
from tandem.words.dictionary import find
from tests.support.browser import PATIENCE, photograph
from tests.support.certified_population import with_tasks
from tests.support.dashboards import AT, LINKS, looked_at, waiting
from tests.support.page_checks import barriers
from tests.support.snapshots import asked, in_audit, piloted, prelabelled

pytestmark = pytest.mark.browser

N = 300
AWAY = "Label Studio does not answer (http://localhost:8080). Start it, or correct `studio.url`."
FAILED = PassRecord(8, AT - timedelta(minutes=9), AT - timedelta(minutes=9), 0, AWAY)
WENT_WELL = PassRecord(9, AT - timedelta(minutes=2), AT - timedelta(minutes=1), 14, None)
ADMIN, ADA = "/?token=the-admins", "/r/adas"
DESKTOP, PHONE = (1280, 800), (360, 740)

PHASES: dict[str, Callable[[], ProjectLook]] = {
    "empty": lambda: looked_at(prelabelled(0)),
    "pilot": lambda: looked_at(prelabelled(N), waiting(prelabelled(25), range(1, 21))),
    "reviews": lambda: looked_at(waiting(asked(piloted(N), 20), range(280, 301))),
    "audit": lambda: looked_at(
        with_tasks(in_audit(N, 20), *range(901, 906)), waiting(prelabelled(20), range(1, 12))
    ),
    "certified": lambda: looked_at(in_audit(N, None)),
}


@dataclass
class Shown:
    """A dashboard that shows what the test says."""

    url: str = ""
    seen: Seen[ProjectLook] = field(default_factory=Seen)
    passes: list[PassRecord] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[tuple[Shown, BaseWSGIServer]]:
    shown = Shown()
    server = server_of(
        create_app(lambda: shown.seen, lambda: LINKS, lambda: shown.passes), "127.0.0.1", 0
    )
    shown.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield shown, server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def shown(server: tuple[Shown, BaseWSGIServer]) -> Shown:
    return server[0]


def open_page(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> Page:
    width, height = size
    page = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    ).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    return page


@pytest.mark.parametrize("phase", PHASES)
def test_everybody_can_read_every_page_on_every_screen(
    browser: Browser, shown: Shown, phase: str
) -> None:
    shown.seen, shown.passes = Seen(PHASES[phase]()), [WENT_WELL, FAILED] * (phase != "empty")
    for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        for path, who in ((ADMIN, "admin"), (ADA, "reviewer")):
            page = open_page(browser, shown.url + path, size, scheme)
            photograph(page, f"dashboard-{phase}-{who}-{size[0]}")
            assert barriers(page) == {}, f"{who}, {size}, {scheme}"
            page.context.close()


def test_what_went_wrong_and_what_leads_nowhere_can_be_read_too(
    browser: Browser, shown: Shown
) -> None:
    shown.seen = Seen(PHASES["audit"](), AWAY)
    for path in (ADMIN, ADA, "/nowhere"):
        page = open_page(browser, shown.url + path, PHONE, "light")
        assert barriers(page) == {}, path
        page.context.close()


def test_a_word_says_what_it_means_to_the_keyboard(browser: Browser, shown: Shown) -> None:
    shown.seen = Seen(PHASES["audit"]())
    page = open_page(browser, shown.url + ADMIN, DESKTOP, "light")
    page.keyboard.press("Tab")
    while not page.evaluate("() => document.activeElement.classList.contains('term')"):
        page.keyboard.press("Tab")
    said = page.evaluate("() => getComputedStyle(document.activeElement, '::after').content")
    assert find("vote").plain in said.replace("\\", "")
    photograph(page, "dashboard-word")


def test_an_open_page_stays_up_to_date_by_itself(
    browser: Browser, server: tuple[Shown, BaseWSGIServer]
) -> None:
    shown, served = server
    shown.seen = Seen(PHASES["pilot"]())
    page = open_page(browser, shown.url + ADA, DESKTOP, "light")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.get_by_text("20 are left for you.").wait_for()
    page.evaluate("() => { window.isSamePage = true; }")
    page.get_by_role("link", name="Open").focus()

    look = looked_at(prelabelled(N), waiting(prelabelled(25), range(1, 19)))
    shown.seen = Seen(look)
    comes_back(page)
    page.get_by_text("18 are left for you.").wait_for()
    assert page.title().startswith("(18) ")
    assert page.evaluate("() => document.activeElement.textContent.trim()").startswith("Open")

    shown.seen = Seen(replace(look, reviewers=looked_at(piloted(N)).reviewers))
    comes_back(page)
    page.get_by_text("Done, thank you.").wait_for()
    assert page.evaluate("() => window.isSamePage"), "it was brought up to date, not loaded anew"
    assert complaints == []

    served.server_close()
    served.shutdown()
    comes_back(page)
    page.get_by_text("The dashboard does not answer any more").wait_for()


def comes_back(page: Page) -> None:
    """Have somebody come back to a page that they had left open."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
