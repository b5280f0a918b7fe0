"""The page shows people their control tasks once nobody is asked these any more, and not before."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from routing.ledger import Ledger
from routing.ledger.control_tasks import ControlTask
from routing.people.states import next_event
from routing.reviewers.users import People
from routing.snapshot.bank import Bank
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import StudioUser
from tandem.people.page.data import person_page
from tandem.people.page.page import render
from tests.support.certified_population import frozen
from tests.support.control_answers import answered
from tests.support.crowd_answers import PEOPLE, Votes, answered_by
from tests.support.known_answers import known_answer, retire
from tests.support.observed_tasks import NOON
from tests.support.snapshots import snapshot_of

P, N = "positive", "negative"
ADA, BEN = PEOPLE[0][0], PEOPLE[1][0]
VOTES: Votes = dict.fromkeys(range(1, 10), (P, P, P)) | {21: (N, P, P), 22: (N, P, P)}
CONTROLS = (
    known_answer(0, P, "“Again tomorrow” is praise.", text="Known zero"),
    known_answer(1, P, text="Known one"),
    known_answer(2, P, "Nothing good is said.", text="Known two"),
    known_answer(3, P, text="Known three"),
)


def snapshot(controls: Sequence[ControlTask], ada: str = "+-+-", ben: str = "----") -> Snapshot:
    """A project in which Ada and Ben answered these control tasks, in order."""
    ledger = Ledger("sqlite://", 1)
    ledger.upgrade()
    users = {id_: StudioUser(id_, email, email) for id_, email in PEOPLE}
    return replace(
        snapshot_of(answered_by(VOTES)),
        ledger=ledger,
        people=People(users, (), None),
        bank=Bank(controls),
        control_answers=[*answered(ADA, ada), *answered(BEN, ben)],
    )


def in_use(one: ControlTask) -> ControlTask:
    return one


def withdrawn(one: ControlTask) -> ControlTask:
    return replace(one, retired_at=NOON, retired_because="withdrawn")


def disputed(one: ControlTask) -> ControlTask:
    return replace(one, retired_at=NOON, retired_because="disputed")


def test_those_that_nobody_is_asked_any_more_are_shown_the_wrong_ones_first() -> None:
    zero, one, two, three = CONTROLS
    page = person_page(snapshot([retire(zero), retire(one), retire(two), three]), ADA)
    assert [(each.text, each.own, each.is_right) for each in page.controls] == [
        ("Known one", N, False),
        ("Known zero", P, True),
        ("Known two", P, True),
    ]
    assert page.controls[1].accepted == [P]
    html = render(page)
    assert "“Again tomorrow” is praise." in html
    assert "2 that you got right" in html
    assert "Known three" not in html


@pytest.mark.parametrize("become", [in_use, disputed, withdrawn])
def test_one_that_may_be_asked_again_or_was_taken_back_is_not_shown(
    become: Callable[[ControlTask], ControlTask],
) -> None:
    page = person_page(snapshot([become(one) for one in CONTROLS]), ADA)
    assert page.controls == []
    assert not re.search(r"Known (zero|one|two|three)", render(page))


@pytest.mark.parametrize("by", ["task", "text"])
def test_no_item_of_a_control_task_in_use_stands_among_the_differences(by: str) -> None:
    item = "Text 21"
    control = known_answer(0, P, text=item if by == "text" else "The same, as it was then")
    control = replace(control, task=21 if by == "task" else None)
    assert [one.task for one in person_page(snapshot([]), ADA).differences] == [21, 22]
    for hidden in (control, disputed(control)):
        page = person_page(snapshot([hidden]), ADA)
        assert [one.task for one in page.differences] == [22]
        assert item not in render(page)
    used_up = person_page(snapshot([retire(control)]), ADA)
    assert [one.task for one in used_up.differences] == [21, 22]


def test_one_of_a_promise_that_is_still_checked_is_not_shown() -> None:
    seen = snapshot([retire(replace(CONTROLS[0], task=21))])
    assert len(person_page(seen, ADA).controls) == 1
    in_audit = seen.with_state(frozen(seen.state, {21: (P, 0.1)}, 0.1))
    assert person_page(in_audit, ADA).controls == []


def test_what_others_said_of_a_control_task_is_not_on_it() -> None:
    controls = [retire(one) for one in CONTROLS]
    alone = snapshot(controls)
    alone = replace(
        alone, control_answers=[one for one in alone.control_answers if one.worker == ADA]
    )
    both = render(replace(person_page(snapshot(controls), ADA), at=NOON))
    assert both == render(replace(person_page(alone, ADA), at=NOON))
    assert not person_page(snapshot(controls, ada=""), ADA).controls


def test_skill_is_by_all_control_tasks_since_somebody_was_last_resumed() -> None:
    seen = snapshot(CONTROLS, ada="+++-")
    skill = person_page(seen, ADA).skill
    assert skill
    assert (round(skill.value, 2), skill.total) == (0.67, 4)
    assert skill.low < skill.value < skill.high
    assert "4 answers" in render(person_page(seen, ADA))
    resumed = next_event([], ADA, "active", "so", NOON + timedelta(minutes=1), by="admin")
    later = person_page(replace(seen, person_events=[resumed]), ADA).skill
    assert later
    assert later.total == 2


def test_who_answered_none_is_told_so() -> None:
    assert "You have answered none." in render(person_page(snapshot(CONTROLS, ada=""), ADA))
