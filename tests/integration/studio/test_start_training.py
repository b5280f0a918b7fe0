"""*Start training* in a real Label Studio: the next pass teaches, though nobody said more."""

import httpx
import pytest

from tests.integration.studio.conftest import NewLoop
from tests.support.loops import Person

pytestmark = pytest.mark.studio


@pytest.mark.usefixtures("two_at_a_time")
def test_start_training_has_the_next_pass_teach_once(
    new_loop: NewLoop, people: tuple[Person, Person, Person], raw: httpx.Client
) -> None:
    loop = new_loop(0.9, 0.6, 0.8, 0.5, 0.7)
    connection = loop.studio.save_backend(loop.model.url, loop.model.version)
    loop.sync()
    loop.answer_all("positive", *people)
    loop.sync()
    taught, rounds = len(loop.model.training_sets), loop.state.rounds
    assert loop.model.training_sets[-1]["answers"]
    loop.sync()
    assert len(loop.model.training_sets) == taught, "people said nothing new"

    raw.post(f"/api/ml/{connection.id}/train", json={}).raise_for_status()
    assert loop.model.is_training_wanted
    loop.sync()

    assert len(loop.model.training_sets) == taught + 1
    assert loop.model.training_sets[-1]["answers"] == loop.model.training_sets[-2]["answers"]
    assert loop.state.rounds == rounds
    loop.sync()
    assert len(loop.model.training_sets) == taught + 1
