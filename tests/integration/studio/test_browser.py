"""A reviewer in a real browser: sees the pre-label, confirms, corrects, and the loop goes on."""

from pathlib import Path

import pytest

from labeling.settings.settings import Settings
from routing.ledger import Ledger
from routing.model.client import client_of
from routing.model.connect import connect
from routing.reviewers.tabs import LABELLING, owner_of, tab_path
from routing.studio import Studio
from routing.studio.models import StudioView
from routing.sync import sync
from tandem.servers.backend import BackendServer
from tandem.servers.label_studio import LabelStudioServer
from tests.integration.studio.conftest import PASSWORD
from tests.support.browser import close_instruction, photograph, submit, ticked
from tests.support.browser_fixtures import LogIn
from tests.support.label_configs import SENTIMENT

ROSA = "rosa@browser.localhost"
TEXTS = (
    "A wonderful, moving film. I would see it again tomorrow.",
    "Dull, loud and far too long.",
    "Great fun for everybody, the popcorn included.",
    "I walked out after an hour and have not regretted it.",
)
OTHER = {"positive": "negative", "negative": "positive"}


@pytest.fixture
def project(label_studio: LabelStudioServer) -> Studio:
    """A project of four reviews, and Rosa, who may log in."""
    admin = Studio(label_studio.url, label_studio.token)
    made = admin.create_project("Film reviews", SENTIMENT, "Is the review positive or negative?")
    studio = Studio(label_studio.url, label_studio.token, made.id)
    studio.import_tasks([{"text": text} for text in TEXTS])
    studio.create_user(ROSA, PASSWORD, "Rosa", "Reviewer")
    return studio


def tab_of_rosa(studio: Studio) -> StudioView:
    return next(view for view in studio.views() if owner_of(view.title) == "Rosa")


def test_one_is_confirmed_and_one_changed_and_the_next_sync_has_both(
    logged_in: LogIn,
    backend_server: BackendServer,
    project: Studio,
    label_studio: LabelStudioServer,
    tmp_path: Path,
) -> None:
    settings = Settings.model_validate(
        {
            "studio": {"url": label_studio.url},
            "backend": {"url": backend_server.url},
            # Not one error is allowed, so all goes to Rosa, beside the pre-label.
            "policy": {"pilot": 0, "blind_share": 0, "target_error": 0.01},
            "reviewers": [{"email": ROSA}],
        }
    )
    backend = client_of(settings)
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", project.project_id)
    ledger.upgrade()
    connect(project, backend, settings)
    assert sync(project, backend, ledger, settings).owed == len(TEXTS)
    predicted = {one.task: one for one in ledger.state().predictions}

    page = logged_in(ROSA, PASSWORD)
    tab = label_studio.url + tab_path(project.project_id, tab_of_rosa(project).id)
    page.goto(tab)
    page.get_by_text(TEXTS[1]).wait_for()
    photograph(page, "label-studio-tab")

    page.goto(tab + LABELLING)
    close_instruction(page)
    first_seen = ticked(page)
    photograph(page, "label-studio-pre-label")
    confirmed = submit(page)
    page.get_by_text(project_text(project, confirmed["task"])).wait_for(state="hidden")
    second_seen = ticked(page)
    page.locator(f"label:has(input[name={OTHER[second_seen[0]]}])").click()
    changed = submit(page)

    report = sync(project, backend, ledger, settings)
    state = ledger.state()
    rosa = next(user.id for user in project.users() if user.email == ROSA)
    given = {one.task: one for one in state.annotations}
    tasks = (confirmed["task"], changed["task"])

    doubtful_first = sorted(predicted, key=lambda task: predicted[task].confidence or 0)
    assert list(tasks) == doubtful_first[:2]
    assert first_seen == [predicted[tasks[0]].answer]
    assert second_seen == [predicted[tasks[1]].answer]
    assert given[tasks[0]].answer == predicted[tasks[0]].answer
    assert given[tasks[1]].answer == OTHER[predicted[tasks[1]].answer or ""]
    assert {(one.worker_id, one.kind, one.stray) for one in given.values()} == {
        (rosa, "person", False)
    }
    assert all(one.lead_time and one.parent_prediction for one in given.values())
    assert {one.task for one in state.assignments if one.state == "done"} == set(tasks)
    assert report.owed == len(TEXTS) - 2
    assert set(tab_of_rosa(project).task_ids) == set(doubtful_first[2:])
    ledger.close()


def project_text(project: Studio, task: int) -> str:
    return next(str(one.data["text"]) for one in project.tasks() if one.id == task)
