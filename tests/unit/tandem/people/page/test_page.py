"""A person's page tells of their own work alone, and of others no more than how many they were."""

import re
from dataclasses import replace
from typing import Any

import pytest

from routing.ledger.records import LedgerState
from routing.reviewers.users import People
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import StudioUser
from tandem.people.page.data import PersonPage, person_page
from tandem.people.page.page import render
from tests.support.certified_population import frozen
from tests.support.crowd_answers import PEOPLE, Votes, answered_by
from tests.support.observed_tasks import NOON
from tests.support.snapshots import snapshot_of

P, N = "positive", "negative"
ADA = 11
VOTES: Votes = {
    **{id_: (P, P, P, N) if id_ % 2 else (N, N, N, P) for id_ in range(1, 21)},
    21: (N, P, P),  # Ada differs from two others
    22: (N, P),  # nobody may read off what Ben said
    23: (None, N, P, N),  # not hers
}


def snapshot(state: LedgerState, **sections: Any) -> Snapshot:
    users = {id_: StudioUser(id_, email, _name(email)) for id_, email in PEOPLE}
    people = People(users, (), None)
    return replace(snapshot_of(state, **sections), people=people)


def _name(email: str) -> str:
    return email.partition("@")[0].replace(".", " ").title()


def page_of(worker: int = ADA, votes: Votes = VOTES, **sections: Any) -> PersonPage:
    return person_page(snapshot(answered_by(votes, seconds=36.0), **sections), worker)


def test_it_tells_what_they_did_and_earned() -> None:
    page = page_of(costs={"human_label": 0.1})
    assert page.answers == 22
    assert page.work.hours == pytest.approx(0.22)
    assert page.line is not None
    assert str(page.line.pay.earned) == "2.20"
    assert [(one.answers, one.day.isoformat()) for one in page.days] == [(22, "2026-01-01")]
    assert len(page.work.sessions) == 1


def test_it_shows_where_they_and_the_consensus_differ_and_why() -> None:
    page = page_of()
    (one,) = page.differences
    assert (one.task, one.own, one.consensus, one.others, one.agreeing) == (21, N, P, 2, 2)
    assert 0.5 < one.probability <= 1
    assert page.compared == 21
    html = render(page)
    assert "Text 21" in html
    assert "2 of 2 others say so" in html


def test_agreement_is_with_the_majority_of_the_others() -> None:
    share = page_of().with_others
    assert share is not None
    assert (round(share.value * share.total), share.total) == (20, 22)
    assert share.low < share.value < share.high


def test_it_holds_nobody_elses_answers_names_or_addresses() -> None:
    html = render(page_of())
    for id_, email in PEOPLE[1:]:
        for word in (email, email.partition("@")[0], *_name(email).split(), f"user {id_}"):
            assert word.lower() not in html.lower()
    # Items that she did not answer, and such as one other answered alone, are not on it.
    assert not re.search(r"Text (22|23)\b", html)


def test_two_pages_of_the_same_project_share_no_address() -> None:
    for id_, email in PEOPLE:
        html = render(page_of(id_))
        assert [one for _, one in PEOPLE if one in html] == [email]


def test_items_of_a_promise_that_is_still_checked_are_not_shown() -> None:
    state = answered_by(VOTES)
    assert [one.task for one in person_page(snapshot(state), ADA).differences] == [21]
    in_audit = frozen(state, {21: (P, 0.1)}, 0.1)
    assert person_page(snapshot(in_audit), ADA).differences == []
    promise = replace(in_audit.populations[0], kept_at=NOON)
    certified = replace(in_audit, populations=[promise])
    assert [one.task for one in person_page(snapshot(certified), ADA).differences] == [21]


def test_below_the_fair_hour_the_page_blames_the_price_not_the_person() -> None:
    # 0.01 for 36 seconds is 1 an hour, for everybody.
    html = render(page_of(costs={"human_label": 0.01, "fair_per_hour": 12.0}))
    assert "it is the price's fault, not yours" in html
    assert "A fair price is $0.120 a label" in html


def test_who_did_nothing_has_a_page_that_says_so() -> None:
    page = page_of(14, {1: (P, P)})
    assert page.line is None
    assert "You have answered nothing yet." in render(page)


def test_texts_are_escaped() -> None:
    state = answered_by(VOTES)
    state = replace(state, texts={**state.texts, 21: "<script>alert(1)</script>"})
    html = render(person_page(snapshot(state), ADA))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
