"""A template's task that a person puts right and submits on Label Studio's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Page

from labeling.controls import Region
from tests.support.browser import photograph, submit
from tests.support.form_looks import Looks
from tests.support.studio_pages import Sheet
from tests.support.template_projects import Project


@dataclass(frozen=True)
class Answered:
    """A task that a person answered on the page.

    Attributes:
        task: Its id.
        seen: How the form looked when the person opened it.
        expected: How it should have looked.
        filled: How it looked when the person submitted it.
        wanted: How the right answer looks.
        answer: The right answer.
        result: What the page made of it.
        prediction: The prediction that the page says it began with.
    """

    task: int
    seen: Looks
    expected: Looks
    filled: Looks
    wanted: Looks
    answer: str
    result: Sequence[Region]
    prediction: int | None


def answer_on_the_page(project: Project, page: Page, task: int) -> Answered:
    """Open a task, put its form right by hand, and submit it."""
    before, gold = project.pre_label(task), project.gold(task)
    page.goto(f"{project.studio.url}/projects/{project.studio.project_id}/data?task={task}")
    sheet = Sheet(page, project.form, project.item(task))
    kind = "blind" if before is None else "pre-label"
    seen = sheet.settled(before)
    photograph(page, f"template-{project.template}-{kind}")
    sheet.change(before, gold)
    filled = sheet.settled(gold)
    photograph(page, f"template-{project.template}-{kind}-corrected")
    made = submit(page)
    return Answered(
        task=task,
        seen=seen,
        expected=sheet.looks_of(before),
        filled=filled,
        wanted=sheet.looks_of(gold),
        answer=gold,
        result=made["result"],
        prediction=made["parent_prediction"],
    )
