"""A reviewer at a real browser: logs in, opens a tab, answers what its label stream hands out."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Response, sync_playwright

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
"""Where screenshots are kept, for a person to look at."""

PATIENCE = 120_000
"""Milliseconds that a page may take on a busy machine."""

OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Return the browser's program: `CHROMIUM`, else what is on the path."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def run_browser(program: str) -> Iterator[Browser]:
    """Run a browser until the end of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


def new_page(browser: Browser) -> Page:
    """Open a page that shares no cookie with any other."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(PATIENCE)
    return page


def log_in(page: Page, url: str, email: str, password: str) -> None:
    """Log in to Label Studio."""
    page.goto(f"{url}/user/login/")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "login" not in address)


def ticked(page: Page) -> list[str]:
    """Return the choices that are ticked on the page."""
    page.wait_for_selector("input.ant-checkbox-input")
    return [
        str(box.get_attribute("name"))
        for box in page.locator("input.ant-checkbox-input").all()
        if box.is_checked()
    ]


def submit(page: Page) -> dict[str, Any]:
    """Submit what is ticked, and return the annotation that Label Studio made of it."""
    with page.expect_response(_is_new_annotation) as told:
        page.click("[data-testid=bottombar-submit-button]")
    made: dict[str, Any] = told.value.json()
    return made


def settled_picture(part: Locator) -> bytes:
    """Return a screenshot of a part of a page once two in a row are the same."""
    before, now = b"", part.screenshot(animations="disabled")
    while now != before:
        before, now = now, part.screenshot(animations="disabled")
    return now


def photograph(page: Page, name: str) -> None:
    """Keep a screenshot, with nothing in the middle of a movement."""
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png", animations="disabled")


def _is_new_annotation(response: Response) -> bool:
    return response.request.method == "POST" and "/annotations" in response.url


def close_instruction(page: Page) -> None:
    """Close the window with the instruction, which opens when a label stream begins."""
    window = page.locator("[class*=modal-ls__content]")
    window.wait_for()
    page.keyboard.press("Escape")
    window.wait_for(state="hidden")
