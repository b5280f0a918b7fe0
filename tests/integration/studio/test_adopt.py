"""A lost ledger is rebuilt from a real Label Studio: nobody is asked anew, nothing is promised."""

import pytest

from labeling.errors import SettingsError
from routing.adoption.account import account_of
from routing.adoption.adopt import Adoption, adopt, plan
from routing.ownership import mark
from tests.integration.studio.conftest import Elsewhere, NewLoop
from tests.support.blind_projects import blind_project_of, look
from tests.support.loops import Loop, Person

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("no_look_back")]

People = tuple[Person, Person, Person]


def planned(loop: Loop) -> Adoption:
    return plan(loop.studio, loop.ledger, loop.settings)


def test_people_go_on_where_they_were(
    new_loop: NewLoop, people: People, elsewhere: Elsewhere
) -> None:
    loop = new_loop(*[0.6] * 6, pilot=3)
    loop.sync()
    waiting = loop.waiting(*people)
    (first, [who]), (second, [skipper]), (third, [last]) = waiting.items()
    who.answer(loop.place(first), "negative")
    skipper.skip(loop.place(second))
    open_task = next(task for task in loop.studio.task_ids() if task not in waiting)
    people[0].answer(open_task, "positive")
    loop.sync()
    answered = {one.id: one for one in [*loop.annotations(), *blind_project_of(loop).annotations()]}
    waiting = loop.waiting(*people)

    found = elsewhere(loop)
    adoption = planned(found)
    told = {one.what: one.count for one in account_of(adoption)}
    assert told["answers of people"] == 1
    assert told["answers given blind"] == 2
    assert told["tasks that people were asked"] == 4
    assert told["certificates and frozen labels"] is None
    assert found.ledger.is_new, "a plan records nothing"

    adopt(adoption)
    identity = found.ledger.identity()
    for one in (found, blind_project_of(found)):
        assert mark.find(one.studio.project().description) == identity != loop.ledger.identity()
    with pytest.raises(SettingsError, match="keeps the project already"):
        planned(found)

    found.sync()
    assert found.waiting(*people) == waiting
    assert {one for pairs in waiting.values() for one in pairs} >= {last}
    assert third in waiting
    now = {one.id: one for one in [*found.annotations(), *blind_project_of(found).annotations()]}
    assert now == answered
    kinds = found.kinds()
    assert [kinds[task] for task in (first, second, third)] == ["pilot"] * 3
    assert kinds[open_task] == "review"
    assert not any(one.stray for one in look(found).state.annotations)
    assert found.sync().changes == []


@pytest.mark.usefixtures("two_at_a_time")
def test_a_promise_begins_anew(new_loop: NewLoop, people: People, elsewhere: Elsewhere) -> None:
    loop = new_loop(*[0.95] * 30, pilot=2, target_error=0.34)
    for _ in range(6):
        loop.sync()
        loop.answer_all("positive", *people)
    loop.sync()
    accepted = loop.accepted()
    assert loop.state.populations[0].kept_at
    assert accepted
    answered = loop.answers.votes

    found = elsewhere(loop)
    adopt(planned(found))
    found.sync()
    assert all(one.kept_at is None for one in found.state.populations)
    asked = found.waiting(*people)
    assert asked
    assert asked.keys().isdisjoint(answered), "what people answered is not asked again"
    for _ in range(6):
        found.answer_all("positive", *people)
        found.sync()
    [population] = found.state.populations
    assert population.kept_at
    assert found.accepted().items() <= accepted.items()
    assert found.sync().changes == []


def test_what_there_is_nothing_to_adopt_of_is_said(new_loop: NewLoop) -> None:
    loop = new_loop(0.9)
    with pytest.raises(SettingsError, match="nothing of Tandem's"):
        planned(loop)
