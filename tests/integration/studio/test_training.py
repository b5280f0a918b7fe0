"""Who is new, in a real browser: is trained, sees what is right, is examined, and let in or not."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page

from routing.ledger.people import person_events, states_of
from routing.reviewers.tabs import LABELLING, owner_of, tab_path
from routing.training.items import PART
from routing.training.wording import HEADS, NO_ANSWER, NOTICES
from tandem.servers.label_studio import LabelStudioServer
from tests.integration.studio.conftest import PASSWORD, NewLoop
from tests.support.blind_projects import People
from tests.support.browser import close_instruction, photograph, submit, ticked
from tests.support.browser_fixtures import LogIn
from tests.support.loops import Loop
from tests.support.training import TrainedProject, known_answers, label_of

EXPLANATIONS = {"positive": "“Again tomorrow” is praise.", "negative": "“Far too long” is blame."}


@pytest.fixture
def loop(new_loop: NewLoop, people: People, tmp_path: Path) -> Loop:
    """A project of four tasks, whose reviewers Ana and Ben are new."""
    file = tmp_path / "known.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["text", "answer", "explanation"])
        for one in known_answers(20):
            writer.writerow([one.data["text"], one.accepted[0], one.explanation])
    loop = new_loop(*[0.6] * 4)
    loop.staff(*people[:2])
    loop.sections["quality"] = {
        "known_answers": str(file),
        "training": "both",
        "training_items": 2,
        "exam_controls": 6,
        "exam_skill": 0.5,
        "exam_probability": 0.9,
    }
    return loop


@pytest.fixture
def trained(loop: Loop, label_studio: LabelStudioServer) -> TrainedProject:
    """The door to its training project."""
    main = loop.studio.project_id
    return TrainedProject(label_studio.url, label_studio.token, main, "", {}, ())


def open_stream(page: Page, trained: TrainedProject, name: str) -> None:
    """Open the label stream of somebody's tab in the training project."""
    path = tab_path(trained.training.project_id, trained.tab(name).id)
    page.goto(f"{trained.url}{path}{LABELLING}")
    close_instruction(page)
    page.wait_for_selector("input.ant-checkbox-input")


def text_on(page: Page) -> str:
    return page.locator(".lsf-main-view__annotation").inner_text()


def answer(page: Page, *, right: bool) -> str:
    """Tick the answer to the item that is shown, and return which is right."""
    text = text_on(page)
    page.locator(f"label:has(input[name={label_of(text, right=right)}])").click()
    return label_of(text, right=True)


def asked_here(loop: Loop, worker: int) -> list[int]:
    return [
        one.task for one in loop.state.assignments if one.worker == worker and one.state == "open"
    ]


def test_somebody_new_is_shown_what_is_right_passes_and_gets_work(
    logged_in: LogIn, loop: Loop, trained: TrainedProject, people: People
) -> None:
    ana = people[0]
    loop.sync()
    assert asked_here(loop, ana.id) == []
    assert trained.tab("Ana").title == "Ana · 2 left · Tandem"

    page = logged_in(ana.email, PASSWORD)
    open_stream(page, trained, "Ana")
    assert HEADS["training"] in text_on(page)
    assert "Right:" not in text_on(page)
    label = answer(page, right=False)
    page.get_by_text(f"Right: {label}").wait_for()
    assert EXPLANATIONS[label] in text_on(page)
    photograph(page, "training-explanation")
    first = submit(page)["task"]
    page.wait_for_function("() => !document.querySelector('input.ant-checkbox-input:checked')")
    answer(page, right=True)
    assert submit(page)["task"] != first

    loop.sync()
    assert trained.tab("Ana").title == "Ana · 5 left · Tandem"
    open_stream(page, trained, "Ana")
    assert HEADS["exam"] in text_on(page)
    answer(page, right=True)
    page.get_by_text(NO_ANSWER).wait_for()
    assert "Right:" not in text_on(page)
    photograph(page, "training-exam")
    submit(page)
    trained.answer("Ana", ana.id, right=True)

    report = loop.sync()
    [passed] = [one for one in report.person_events if one.worker == ana.id]
    assert (passed.state, passed.reason) == ("active", "passed the exam: 3 of 3 right")
    assert len(asked_here(loop, ana.id)) == 4
    [tab] = [one for one in loop.studio.views() if owner_of(one.title) == "Ana"]
    assert tab.title == "Ana · 4 left · Tandem"
    open_stream(page, trained, "Ana")
    assert NOTICES["passed"] in text_on(page)
    assert ticked(page) == []
    photograph(page, "training-passed")


def test_somebody_who_fails_is_told_so_and_asked_nothing(
    logged_in: LogIn, loop: Loop, trained: TrainedProject, people: People
) -> None:
    ben = people[1]
    loop.sync()
    for _ in range(3):
        trained.answer("Ben", ben.id, right=False)
        loop.sync()
    latest = states_of(person_events(loop.ledger))[ben.id]
    assert latest.state == "in training"
    assert latest.reason.startswith("did not pass the exam: 0 of")
    assert latest.reason.endswith("may not try again")
    assert asked_here(loop, ben.id) == []
    listed = trained.tab("Ben").task_ids
    [notice] = [one for one in trained.training.tasks() if one.id in listed]
    assert notice.data[PART] == "failed"
    page = logged_in(ben.email, PASSWORD)
    open_stream(page, trained, "Ben")
    assert NOTICES["failed"] in text_on(page)
    photograph(page, "training-failed")
    assert not [one for one in loop.sync().person_events if one.worker == ben.id]
