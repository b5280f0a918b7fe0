"""A project with a past: the loop comes to rest in it, and all that others left stays as it was."""

import httpx
import pytest

from routing.model.connect import connect
from tests.integration.studio.conftest import NewLoop
from tests.support.loops import Person
from tests.support.messy_project import REMOVED_LABEL, TEXTS, make_messy, traces_of
from tests.support.passes import until_rest

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]


def test_the_loop_comes_to_rest_and_leaves_untouched_what_others_left(
    new_loop: NewLoop, people: People, raw: httpx.Client
) -> None:
    ana, ben, _ = people
    loop = new_loop(pilot=3, target_error=0.4)
    make_messy(loop, people, raw)
    before = traces_of(loop, raw)
    assert (len(before.annotations), len(before.drafts), len(before.predictions)) == (11, 1, 13)
    loop.staff(ana, ben)
    connect(loop.studio, loop.backend, loop.settings)
    until_rest(loop, ana, ben)
    after = traces_of(loop, raw, before.annotations)
    assert after.annotations == before.annotations
    assert after == before
    known = loop.state.annotations
    assert before.annotations.keys() <= {one.id for one in known}, "none is nowhere"
    (removed,) = (one for one in known if one.result and REMOVED_LABEL in str(one.result))
    assert (removed.answer, removed.kind) == (None, "person")
    assert all(task.is_labeled for task in loop.shown().values())
    assert len(loop.state.decisions) == len(TEXTS)
