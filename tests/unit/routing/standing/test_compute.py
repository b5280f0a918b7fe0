"""The standing of a project: its populations' phases, its numbers, and what waits for whom."""

from dataclasses import replace

import pytest

from labeling.settings.policy_section import PolicySettings
from routing.ledger.records import Assignment, LedgerState, RecordedCheck
from routing.planning.review_rounds import pilot
from routing.standing.compute import standing_of
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.snapshots import (
    VERSION,
    asked,
    in_audit,
    piloted,
    prelabelled,
    snapshot_of,
    with_answers,
)

N = 600


class TestOpenPopulation:
    def test_is_unlabelled_until_the_model_answered(self) -> None:
        (one,) = standing_of(snapshot_of(replace(prelabelled(N), predictions=[]))).populations
        assert (one.phase, one.tasks, one.asked) == ("unlabelled", N, 0)

    def test_begins_with_a_pilot_of_which_no_round_is_forecast(self) -> None:
        told = standing_of(snapshot_of(prelabelled(N)))
        (one,) = told.populations
        assert (one.number, one.phase, one.asked, one.audit) == (1, "pilot", 0, None)
        assert told.forecast is None
        assert (told.model_version, told.answers_learned_from) == (VERSION, 0)
        assert told.undecided == N

    def test_counts_what_of_the_pilot_is_answered(self) -> None:
        state = prelabelled(N)
        sample = sorted(pilot(list(state.tasks), PolicySettings()))
        state = with_answers(state, sample, "pilot")
        state = replace(state, annotations=state.annotations[:12])
        (one,) = standing_of(snapshot_of(state)).populations
        assert (one.phase, one.asked, one.answered) == ("pilot", 60, 12)

    def test_is_reviewed_while_people_owe_answers(self) -> None:
        told = standing_of(snapshot_of(asked(piloted(N), 20)))
        (one,) = told.populations
        assert (one.phase, one.asked, one.answered) == ("reviews", 80, 60)
        assert told.forecast == {"reviews": 84, "audits": 90, "left": 240}
        assert told.decisions == {"pilot": 60, "review": 20}
        assert (told.human_labels, told.votes_owed) == (60, 20)
        assert told.spend
        assert told.spend.people == pytest.approx(60 * 0.08)
        assert told.spend.model == pytest.approx(N * 0.0002)
        to_come = told.human_labels_to_come
        assert to_come
        assert 20 < to_come["low"] <= to_come["expected"] <= to_come["high"] <= 2 * (N - 60)

    def test_is_due_once_people_answered_all_of_it(self) -> None:
        (one,) = standing_of(snapshot_of(piloted(N))).populations
        assert (one.phase, one.asked, one.answered) == ("due", 60, 60)


class TestFrozenPopulation:
    def test_is_told_by_its_bound_of_this_moment(self) -> None:
        state = in_audit(N, 20)
        first = len(state.checks) + 1
        task = min(state.tasks.keys() - state.decisions.keys())
        waiting = RecordedCheck(1, first, task, "audit", "waiting", None, NOON)
        told = standing_of(snapshot_of(replace(state, checks=[*state.checks, waiting])))
        (one,) = told.populations
        assert told.forecast is None, "nothing is open any more"
        assert (one.phase, one.tasks, one.target_error) == ("audits", N, 0.1)
        assert one.audit
        assert (one.audit.allowed, one.audit.unchecked) == (60, N - 81 + 1)
        assert one.audit.allowed < one.audit.bound <= N - 80
        assert one.audit.evidence < 1
        assert (one.audit.answered, one.audit.waiting) == (20, 1)
        assert one.audit.to_come > 1
        assert told.human_labels == 80
        assert told.human_labels_to_come
        assert told.human_labels_to_come["expected"] > 0

    def test_that_is_certified_is_bounded_by_what_may_be_wrong(self) -> None:
        told = standing_of(snapshot_of(in_audit(N, None)))
        (one,) = told.populations
        assert told.is_certified
        assert one.audit
        assert one.audit.bound <= one.audit.allowed
        assert (one.audit.evidence, one.audit.to_come) == (1, 0)
        assert told.human_labels_to_come == {"expected": 0, "low": 0, "high": 0}


class TestSeveralPopulations:
    @pytest.mark.parametrize(("later", "leading"), [(5, 1), (N + 5, 2)])
    def test_the_one_that_holds_the_most_tasks_leads(self, later: int, leading: int) -> None:
        state = in_audit(N, 20)
        more = {task: prelabelled(N + later).tasks[task] for task in range(N + 1, N + later + 1)}
        told = standing_of(snapshot_of(replace(state, tasks={**state.tasks, **more})))
        assert [one.number for one in told.populations] == [leading, 3 - leading]
        assert told.forecast is None, "the last round was about the tasks that are frozen"
        assert told.tasks == N + later
        assert not told.is_certified


class TestWork:
    def waiting(self, *pairs: tuple[int, int]) -> list[Assignment]:
        return [Assignment(task, worker, "open", NOON) for task, worker in pairs]

    def state(self, *pairs: tuple[int, int]) -> LedgerState:
        return replace(asked(piloted(N), 20), assignments=self.waiting(*pairs))

    def test_is_told_by_person_and_project(self) -> None:
        blind = replace(prelabelled(3), assignments=self.waiting((1, ADA), (2, BEN)))
        main = self.state((3, ADA), (6, ADA))
        told = standing_of(snapshot_of(main, blind)).work
        assert [(one.worker, one.tasks, one.is_blind) for one in told] == [
            ("ada@example.org", 1, True),
            ("ben@example.org", 1, True),
            ("ada@example.org", 2, False),
        ]
        assert told[0].address == "http://localhost:8080/projects/1/data"

    def test_that_is_done_since_the_last_pass_waits_no_more(self) -> None:
        answered = min(piloted(N).decisions)
        told = standing_of(snapshot_of(self.state((answered, ADA))))
        assert told.work == []

    def test_of_nobody_in_particular_is_anybody_s(self) -> None:
        snapshot = snapshot_of(asked(piloted(N), 20))
        nobody = replace(snapshot.people, reviewers=())
        facts = replace(snapshot.facts, reviewers=())
        (work,) = standing_of(replace(snapshot, people=nobody, facts=facts)).work
        assert (work.worker, work.tasks, work.is_blind) == (None, 20, False)


def test_what_cannot_be_read_is_counted_by_its_reason() -> None:
    state = piloted(N)
    result = [{"from_name": "gone", "to_name": "text", "type": "choices", "value": {}}]
    first, *others = [replace(a, answer=None, result=result) for a in state.annotations[:3]]
    seen = [*others, replace(first, was_cancelled=True)]
    told = standing_of(snapshot_of(replace(state, annotations=seen)))
    assert told.unreadable == 2
    assert told.unreadable_why == {"It answers 'gone', which the label config does not have": 2}
