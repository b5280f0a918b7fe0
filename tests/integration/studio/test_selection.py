"""A strategy on a real Label Studio and the real backend, whose embeddings it chooses by."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.decisions.decide import DRAWN
from routing.ledger import Ledger
from routing.tunables import Tunables
from tandem.servers.backend import BackendServer
from tandem.session import Session
from tandem.standing.learning import learning_lines
from tandem.status import status_of
from tests.support.loop_model import Model
from tests.support.loops import MODEL_USER, PLAIN_POLICY, Loop, Person
from tests.support.studio_fixtures import NewStudio

pytestmark = [pytest.mark.studio, pytest.mark.model]

TASKS, PILOT, ROUND, ROUNDS = 36, 10, 4, 3


@pytest.fixture
def loop(
    new_studio: NewStudio,
    backend_server: BackendServer,
    people: tuple[Person, Person, Person],
    tmp_path: Path,
) -> Iterator[Loop]:
    """A project that the bundled model labels; rounds are of four, of which chance draws two."""
    studio, model = new_studio(TASKS), Model()
    model.url = backend_server.url
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3", studio.project_id)
    ledger.upgrade()
    loop = Loop(studio, model, ledger, tunables=Tunables(round_least=ROUND))
    loop.sections["studio"] = {"model_user": MODEL_USER}
    loop.sections["backend"] = {"url": model.url}
    loop.sections["policy"] = PLAIN_POLICY | {
        "pilot": PILOT,
        "selection": "auto",
        "random_share": 0.5,
    }
    loop.staff(*people)
    yield loop
    ledger.close()


def test_a_strategy_chooses_chance_draws_and_both_are_told(
    loop: Loop, people: tuple[Person, Person, Person], caplog: pytest.LogCaptureFixture
) -> None:
    loop.sync()
    asked = {*loop.state.decisions}
    for _ in range(ROUNDS):
        for number, (task, (person,)) in enumerate(loop.waiting(*people).items()):
            person.answer(loop.place(task), "negative" if number % 2 else "positive")
        with caplog.at_level("INFO"):
            loop.sync()
        fresh = [one for task, one in loop.state.decisions.items() if task not in asked]
        assert {one.kind for one in fresh} == {"review"}
        assert [one.reason == DRAWN for one in fresh].count(True) == ROUND // 2
        assert len(fresh) == ROUND
        assert {*loop.waiting(*people)} == {one.task for one in fresh}
        asked |= {one.task for one in fresh}
    said = [one.message for one in caplog.records if "planned reviews" in one.message]
    assert [one.split(" of ")[0] for one in said] == ["auto (typiclust) chose 2"] * ROUNDS
    status = status_of(Session(loop.settings, loop.studio, loop.backend, loop.ledger))
    [watched] = [
        one for one in learning_lines(status.standing.learning) if "teaches more than chance" in one
    ]
    assert watched.startswith("Whether auto teaches more than chance cannot be told")
    assert "by 2 texts that chance drew" in watched
