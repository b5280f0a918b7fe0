"""Audits of people who are excluded later: a certificate stays, what is in audit is asked anew."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest

from routing.facts.answers import without_excluded
from routing.facts.excluded_answers import ExcludedAudits
from routing.facts.populations import checks_of, frozen_of, proven
from routing.guarantee import certificate_file
from routing.ledger.records import LedgerAnnotation, LedgerState, RecordedCheck
from routing.lifecycle import advance
from routing.standing.compute import standing_of
from tandem.standing.sentences import population_sentence
from tests.support.observed_tasks import ADA, BEN
from tests.support.snapshots import PEOPLE, facts_of, in_audit, snapshot_of

TASKS = 400
ONE_VOTE = {"max_votes": 1, "blind_share": 0.0}
CARL = 77
OTHER = {"positive": "negative", "negative": "positive"}


def by_carl(state: LedgerState, tasks: Collection[int]) -> LedgerState:
    """The same, had Carl answered these tasks in Ada's place."""
    return replace(
        state,
        annotations=[
            replace(one, worker_id=CARL, worker="carl") if one.task in tasks else one
            for one in state.annotations
        ],
    )


def excluded(state: LedgerState) -> LedgerState:
    """The same once Carl is excluded."""
    return replace(state, annotations=without_excluded(state.annotations, {CARL}))


def also_said(state: LedgerState, labels: Mapping[int, str]) -> LedgerState:
    """The same once Ben was asked some tasks too."""
    return replace(
        state,
        annotations=[
            *state.annotations,
            *(_by_ben(one, labels[one.task]) for one in state.annotations if one.task in labels),
        ],
    )


def _by_ben(one: LedgerAnnotation, label: str) -> LedgerAnnotation:
    return replace(
        one, id=one.id + 10_000, worker_id=BEN, worker=PEOPLE[BEN], answer=label, excluded=False
    )


def audits(state: LedgerState) -> list[RecordedCheck]:
    return list(checks_of(state, state.populations[0]))


def foreseen(state: LedgerState) -> LedgerState:
    """The state to which the next pass would bring it."""
    return advance(facts_of(state, policy=ONE_VOTE)).state


def of_excluded(state: LedgerState) -> ExcludedAudits:
    audit = standing_of(snapshot_of(state, policy=ONE_VOTE)).populations[0].audit
    assert audit is not None
    return audit.of_excluded


class TestInAudit:
    @pytest.fixture
    def state(self) -> LedgerState:
        """Twenty audits were answered, the first five of them by Carl."""
        state = in_audit(TASKS)
        return by_carl(state, [one.task for one in audits(state)[:5]])

    def test_nothing_is_asked_anew_while_nobody_is_excluded(self, state: LedgerState) -> None:
        assert foreseen(state).checks[:20] == state.checks

    def test_what_only_the_excluded_said_is_asked_anew(self, state: LedgerState) -> None:
        after = audits(foreseen(excluded(state)))
        assert [(one.state, one.answer) for one in after[:5]] == [("waiting", None)] * 5
        assert after[5:] == audits(state)[5:], "the others stay, and nothing is drawn beside them"
        assert [one.task for one in after] == [one.task for one in audits(state)]

    def test_they_are_owed_one_blind_vote_each(self, state: LedgerState) -> None:
        facts = facts_of(foreseen(excluded(state)), policy=ONE_VOTE)
        owed = {one.task: 1 for one in audits(state)[:5]}
        assert dict(facts.votes_owed) == owed
        assert owed.keys() <= facts.asked_blind

    def test_nothing_is_proved_beyond_the_first_that_waits(self, state: LedgerState) -> None:
        after = foreseen(excluded(state))
        assert len(proven(state, state.populations[0])) == 20
        assert proven(after, after.populations[0]) == []

    def test_it_is_settled_by_what_somebody_else_says(self, state: LedgerState) -> None:
        first = audits(state)[:5]
        said = {one.task: one.answer or "" for one in first}
        said[first[0].task] = OTHER[said[first[0].task]]
        settled = audits(foreseen(also_said(foreseen(excluded(state)), said)))[:5]
        assert [one.answer for one in settled] == list(said.values())

    def test_where_somebody_else_said_the_same_nothing_changes(self, state: LedgerState) -> None:
        said = {one.task: one.answer or "" for one in audits(state)[:5]}
        both = also_said(state, said)
        assert audits(foreseen(excluded(both)))[:20] == audits(state)

    def test_a_pass_that_is_made_again_changes_nothing(self, state: LedgerState) -> None:
        once = foreseen(excluded(state))
        assert foreseen(once).checks == once.checks

    def test_resumed_the_same_is_recorded_again(self, state: LedgerState) -> None:
        asked_anew = foreseen(excluded(state))
        resumed = replace(asked_anew, annotations=state.annotations)
        assert audits(foreseen(resumed))[:20] == audits(state)


class TestCertified:
    @pytest.fixture
    def state(self) -> LedgerState:
        """A promise is certified; Carl had answered the first five audits."""
        state = in_audit(TASKS, None)
        return by_carl(state, [one.task for one in audits(state)[:5]])

    def test_the_certificate_stays_what_it_is(self, state: LedgerState) -> None:
        before, after = certificate(state), certificate(foreseen(excluded(state)))
        assert after == before
        assert certificate_file.verify(after).startswith("Of 400 labels")

    def test_the_labels_are_asked_anew(self, state: LedgerState) -> None:
        facts = facts_of(foreseen(excluded(state)), policy=ONE_VOTE)
        assert set(facts.votes_owed) == {one.task for one in audits(state)[:5]}

    def test_how_many_of_its_audits_these_are_is_told(self, state: LedgerState) -> None:
        assert of_excluded(state) == ExcludedAudits()
        assert of_excluded(excluded(state)) == ExcludedAudits(5, 0, 0)
        first, second, *_ = audits(state)
        said = {first.task: first.answer or "", second.task: OTHER[second.answer or ""]}
        anew = also_said(excluded(state), said)
        assert of_excluded(anew) == ExcludedAudits(5, 1, 1)
        standing = standing_of(snapshot_of(anew, policy=ONE_VOTE))
        assert (
            "; 5 audits had an answer of somebody who is excluded now (somebody else says the same"
            " in 1, otherwise in 1, 3 are asked anew)"
        ) in population_sentence(standing.populations[0], standing)

    def test_the_label_is_what_others_say_then(self, state: LedgerState) -> None:
        first = audits(state)[0]
        other = OTHER[first.answer or ""]
        anew = facts_of(also_said(excluded(state), {first.task: other}), policy=ONE_VOTE)
        assert anew.task_labels.people[first.task] == other
        beside = facts_of(also_said(state, {first.task: other}), policy=ONE_VOTE)
        assert beside.task_labels.people[first.task] == first.answer, "while Carl's word counts"


def test_answers_of_ada_are_nobody_else_s() -> None:
    state = excluded(in_audit(TASKS))
    assert {one.worker_id for one in state.annotations} == {ADA}
    assert not any(one.excluded for one in state.annotations)


def certificate(state: LedgerState) -> bytes:
    population = state.populations[0]
    return certificate_file.write(frozen_of(state, population), proven(state, population))
