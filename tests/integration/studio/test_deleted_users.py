"""A user who was deleted leaves answers without an owner: they are kept, and stop nothing."""

import httpx
import pytest

from routing.studio.users import legacy_token
from tests.integration.studio.conftest import PASSWORD, NewLoop
from tests.support.loops import Loop, Person

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]


def leaving_person(loop: Loop, email: str) -> Person:
    """A user of Label Studio who is going to be deleted."""
    user = loop.studio.create_user(email, PASSWORD)
    token = legacy_token(loop.studio.url, email, PASSWORD)
    return Person(loop.studio.url, token, email, user.id)


def delete(raw: httpx.Client, user: int | None) -> None:
    raw.delete(f"/api/users/{user}/").raise_for_status()


def rest(loop: Loop, *people: Person) -> None:
    """Make passes, and have people answer, until nothing is left to do."""
    for _ in range(12):
        report = loop.sync()
        if not report.changes and not report.remaining:
            return
        loop.answer_all("positive", *people)
    raise AssertionError(f"the passes do not come to rest: {report}")


def test_nobodys_answer_is_kept_and_has_no_say(
    new_loop: NewLoop, people: People, raw: httpx.Client
) -> None:
    loop = new_loop(*[0.9] * 4, pilot=2, target_error=0.5)
    loop.staff(*people)
    zoe = leaving_person(loop, "zoe@loop.localhost")
    first, second, *_ = loop.studio.task_ids()
    kept = {zoe.answer(first, "negative"), zoe.answer(second, "negative")}
    delete(raw, zoe.id)
    before = {one.id: one for one in loop.annotations() if one.id in kept}
    rest(loop, *people)
    assert {one.id: one for one in loop.annotations() if one.id in kept} == before
    assert {one.kind for one in loop.state.annotations if one.id in kept} == {"nobody"}
    assert all("negative" not in votes for votes in loop.answers.votes.values())
    assert all(task.is_labeled for task in loop.shown().values())


def test_who_answered_for_tandem_and_was_deleted_still_counts(
    new_loop: NewLoop, people: People, raw: httpx.Client
) -> None:
    ana, *_ = people
    loop = new_loop(0.5, 0.5)
    yan = leaving_person(loop, "yan@loop.localhost")
    loop.staff(ana, yan)
    loop.sync()
    loop.answer_all("negative", yan)
    loop.sync()
    given = sum(one.worker == yan.email for one in loop.state.annotations)
    assert given
    delete(raw, yan.id)
    loop.staff(ana)
    rest(loop, ana)
    assert sum(one.worker == yan.email for one in loop.state.annotations) == given
    assert len(loop.answers.votes) == 2


def test_a_deleted_models_user_is_made_again_and_its_answers_stay_the_models(
    new_loop: NewLoop, people: People, raw: httpx.Client
) -> None:
    loop = new_loop(*[0.9] * 4, pilot=2, target_error=0.5)
    loop.staff(*people)
    rest(loop, *people)
    accepted = [one.id for one in loop.state.annotations if one.kind == "model"]
    assert accepted
    delete(raw, loop.model_user())
    assert loop.sync().changes == []
    assert loop.sync(dry_run=True).changes == []
    assert [one.id for one in loop.state.annotations if one.kind == "model"] == accepted
    assert loop.model_user() is not None
