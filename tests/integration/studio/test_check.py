"""Labels that people gave before Tandem came are checked, and the wrong ones given to people again.

The language model finds all labels equally probable, so that what is believed is learned from
people's labels and the texts' embeddings alone: real, out of fold, and there at once.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from backend.service import create_app
from bench.serving import serving
from labeling.settings.settings import Settings
from routing.facts.answers import AnswerFacts
from routing.ledger import Ledger
from routing.ledger.records import LedgerState
from routing.snapshot import task_mapping
from routing.studio import Studio
from routing.studio.models import NewAnnotation, StudioUser
from tandem.demo.posts import label_config, posts
from tandem.servers.label_studio import LabelStudioServer
from tests.integration.studio.conftest import PASSWORD
from tests.support.commands import tandem, the_object
from tests.support.even_engine import EvenEngine
from tests.support.loops import Person

pytestmark = pytest.mark.studio

TASKS, WRONG, AGREED_WRONG, SLIPS = 200, 20, 8, 30
"""Of the wrong labels some have everybody's vote; of the right ones some have one against them."""


@dataclass(frozen=True)
class LabelledProject:
    """A project that three people labelled.

    Attributes:
        wrong: The tasks whose label was made wrong.
        fresh: Who answered nothing yet.
    """

    studio: Studio
    settings: Path
    wrong: set[int]
    fresh: StudioUser

    def texts(self) -> dict[int, str]:
        return {task.id: task.data["text"] for task in self.studio.tasks()}

    def annotations(self) -> dict[int, Any]:
        return {task.id: task.annotations for task in self.studio.tasks()}

    @property
    def blind(self) -> Studio:
        """The blind project."""
        found = task_mapping.find(self.studio.descriptions(), self.studio.project_id)
        assert found is not None
        return self.studio.beside(found)

    def asked(self) -> dict[int, int]:
        """What waits in the blind project for the one who answered nothing yet, by its task."""
        state = self.state(self.blind)
        sources = {task.id: task.source for task in state.tasks.values()}
        waiting = [one.task for one in state.assignments if one.worker == self.fresh.id]
        return {source: task for task in waiting if (source := sources[task]) is not None}

    def state(self, studio: Studio) -> LedgerState:
        ledger = Ledger(f"sqlite:///{self.settings.parent}/ledger.sqlite3", studio.project_id)
        state = ledger.state()
        ledger.close()
        return state


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[str]:
    app = create_app(Settings(data_dir=tmp_path / "data"), lambda _: EvenEngine())
    with serving(app) as url:
        yield url
    app.extensions["tandem"].close()


@pytest.fixture
def project(
    label_studio: LabelStudioServer,
    people: tuple[Person, Person, Person],
    backend: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> LabelledProject:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", label_studio.token)
    admin = Studio(label_studio.url, label_studio.token)
    number = admin.create_project("Labelled by people", label_config()).id
    studio = Studio(label_studio.url, label_studio.token, number)
    fresh = studio.create_user("dora@loop.localhost", PASSWORD, "Dora")
    wrong = import_labelled(label_studio, number, people)
    settings = tmp_path / "tandem.yaml"
    emails = [*(one.email for one in people), fresh.email]
    content = {
        "studio": {"url": label_studio.url, "project": number},
        "backend": {"url": backend},
        "data_dir": str(tmp_path / "controller"),
        "ledger": f"sqlite:///{tmp_path}/ledger.sqlite3",
        "reviewers": [{"email": email, "capacity": 100} for email in emails],
    }
    settings.write_text(json.dumps(content), "utf-8")  # which is YAML, too
    places = {task.data["text"]: task.id for task in studio.tasks()}
    return LabelledProject(studio, settings, {places[text] for text in wrong}, fresh)


def import_labelled(
    server: LabelStudioServer, project: int, people: tuple[Person, Person, Person]
) -> set[str]:
    """Import the demo's texts with three answers each; gives the texts labelled wrong."""
    chance = random.Random(0)
    labels = sorted({post.gold for post in posts()})
    wrong: set[str] = set()
    tasks = []
    for place, post in enumerate(posts()[:TASKS]):
        other = chance.choice([label for label in labels if label != post.gold])
        is_wrong = place % (TASKS // WRONG) == 0
        is_against = 0 if len(wrong) < AGREED_WRONG else 1
        said = [other] * (3 - is_against) + [post.gold] * is_against
        if is_wrong:
            wrong.add(post.text)
        else:
            said = [other if place % 6 == 1 else post.gold, post.gold, post.gold]
        chance.shuffle(said)
        answers = [
            {"completed_by": person.id, "result": region(label)}
            for person, label in zip(people, said, strict=True)
        ]
        tasks.append({"data": {"text": post.text}, "annotations": answers})
    headers = {"Authorization": f"Token {server.token}"}
    url = f"{server.url}/api/projects/{project}/import"
    httpx.post(url, json=tasks, headers=headers, timeout=120).raise_for_status()
    return wrong


def region(label: str) -> list[dict[str, Any]]:
    found = {"from_name": "desk", "to_name": "text", "type": "choices"}
    return [{**found, "value": {"choices": [label]}}]


def test_most_wrong_labels_are_disputed_and_the_answers_count_beside_all_others(
    project: LabelledProject,
) -> None:
    before, words = project.annotations(), ("check", "--json", "-s", str(project.settings))
    found = the_object(tandem(*words))
    assert (found["labels"], found["without_belief"], found["review"]) == (TASKS, 0, None)
    assert project.annotations() == before
    assert project.studio.project().description == ""

    review = the_object(tandem(*words, "--review", "40"))["review"]
    given = {one["task"] for one in review["given"]}
    assert len(given) == 40
    assert len(given & project.wrong) >= 15
    asked = project.asked()
    assert given <= asked.keys()
    assert project.annotations() == before

    task = min(given & project.wrong)
    right = next(one.gold for one in posts() if one.text == project.texts()[task])
    votes = AnswerFacts(project.state(project.studio).annotations).votes[task]
    answer = NewAnnotation(asked[task], region(right), project.fresh.id, str(uuid4()))
    project.blind.create_annotation(answer)
    tandem("sync", "--json", "-s", str(project.settings))
    state = project.state(project.studio)
    assert state.decisions[task].kind == "dispute"
    assert AnswerFacts(state.annotations).votes[task] == (*votes, right)
    after = project.annotations()
    assert after[task][:-1] == before[task]
    assert after[task][-1].completed_by == project.fresh.id
