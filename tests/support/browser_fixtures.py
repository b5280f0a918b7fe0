"""A Chromium for the tests of a file, and pages of it on which somebody is logged in.

It does not outlive its file: while Playwright runs, its event loop occupies the thread.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, Page

from tandem.servers.label_studio import LabelStudioServer
from tests.support.browser import find_chromium, log_in, new_page, run_browser
from tests.support.installed import skip_without

LogIn: TypeAlias = Callable[[str, str], Page]
"""Opens a page for the user of an e-mail address and a password."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    program = find_chromium()
    if program is None:
        skip_without("Chromium is not installed, so no page can be looked at")
    with run_browser(program) as browser:
        yield browser


@pytest.fixture(scope="module")
def logged_in(browser: Browser, label_studio: LabelStudioServer) -> LogIn:
    """Opens a page on which a user of Label Studio is logged in, with cookies of its own."""

    def open_page(email: str, password: str) -> Page:
        page = new_page(browser)
        log_in(page, label_studio.url, email, password)
        return page

    return open_page
