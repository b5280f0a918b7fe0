"""Two projects: one set of answers, in the terms of the main project and of its blind project."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.facts.vote_demands import VoteDemand, blind_alone, vote_demands
from routing.ledger.records import BLIND_ALONE, DecisionKind, LedgerState, Write
from routing.snapshot.task_mapping import (
    asked,
    copies_of,
    counterparts,
    description,
    find,
    join,
    marker,
    title,
)
from routing.studio.models import StudioProject
from tests.support.ledger_states import TASK, answer, decision, state, task
from tests.support.observed_tasks import ADA, BEN, NOON

COUNTERPART = 101
COPIED = {"task": TASK, "completed_by": ADA, "answer": "negative"}


def demands(known: LedgerState) -> list[VoteDemand]:
    return vote_demands(known.decisions, known.annotations, blind_alone(known))


class TestFinding:
    def test_it_is_found_by_its_mark_alone_and_the_oldest_counts(self) -> None:
        main = StudioProject(1, "Posts", "", "", "", "", 0, 0, 0)
        described = {
            7: description(main),
            5: f"Changed by somebody\n{marker(1)}",
            4: marker(12),
            3: f"about {marker(1)}",
            1: "",
        }
        assert find(described, 1) == 5
        del described[5], described[7]
        assert find(described, 1) is None

    @given(st.text(min_size=3, max_size=50))
    def test_its_title_fits_and_says_what_it_is(self, of: str) -> None:
        assert len(title(of)) <= 50
        assert title(of).endswith(" · blind")


class TestJoining:
    blind_project = state([task(COUNTERPART, TASK)], [answer(11, COUNTERPART)])

    def test_blind_answers_are_answers_to_the_main_project_s_tasks(self) -> None:
        (one,) = join({TASK}, [], self.blind_project, {})
        assert (one.id, one.task, one.blind) == (11, TASK, True)

    def test_what_stands_in_the_main_project_is_not_blind(self) -> None:
        stray = answer(12, TASK, BEN)
        assert join({TASK}, [stray], self.blind_project, {})[0] == stray
        assert join({TASK}, [stray], None, {}) == [stray]

    def test_a_copy_is_left_out_while_its_original_is_there(self) -> None:
        told = copies_of([Write("copy:11", "annotation.copy", "task 1", None, COPIED, NOON)])
        joined = join({TASK}, [answer(12, TASK)], self.blind_project, told)
        assert [one.id for one in joined] == [11]

    def test_a_copy_whose_original_is_gone_is_the_blind_answer(self) -> None:
        told = {(TASK, ADA): "negative"}
        for blind_project in (None, state([])):
            (one,) = join({TASK}, [answer(12, TASK)], blind_project, told)
            assert (one.id, one.blind) == (12, True)

    def test_a_copy_that_was_changed_is_an_answer_of_its_own(self) -> None:
        changed = answer(12, TASK, label="positive", at=timedelta(hours=1))
        joined = join({TASK}, [changed], self.blind_project, {(TASK, ADA): "negative"})
        assert [(one.id, one.blind) for one in joined] == [(12, False), (11, True)]

    def test_a_task_that_is_gone_has_no_answers(self) -> None:
        assert join({2}, [], self.blind_project, {}) == []
        assert join({TASK}, [], state([task(COUNTERPART)], [answer(11, COUNTERPART)]), {}) == []


class TestAsking:
    def test_blind_decisions_are_the_counterparts_and_the_others_are_not(self) -> None:
        blind_project = state([task(COUNTERPART, TASK), task(COUNTERPART + 1, 2)])
        main = state([task(1), task(2)], [], [decision("audit"), decision("review", of=2)])
        assert asked(main, blind_project).decisions == {
            COUNTERPART: replace(decision("audit"), task=COUNTERPART)
        }

    def test_of_two_counterparts_the_older_is_asked(self) -> None:
        assert counterparts(state([task(103, TASK), task(COUNTERPART, TASK), task(102)])) == {
            TASK: COUNTERPART
        }

    @pytest.mark.parametrize("kind", BLIND_ALONE)
    def test_both_projects_see_the_same_need(self, kind: DecisionKind) -> None:
        blind_project = state([task(COUNTERPART, TASK)], [answer(11, COUNTERPART)])
        main = state([task(TASK)], [], [decision(kind, votes=2)])
        stray = answer(12, TASK, BEN)
        main = replace(main, annotations=join(main.tasks, [stray], blind_project, {}))
        (here,), (there,) = demands(main), demands(asked(main, blind_project))
        assert here.votes == 1
        assert (set(here.answered), set(here.skipped)) == ({ADA}, {BEN})
        assert there == replace(here, task=COUNTERPART)

    @pytest.mark.parametrize("kind", ["review", "dispute"])
    def test_a_reviewed_or_disputed_task_takes_every_answer(self, kind: DecisionKind) -> None:
        blind = replace(answer(11, TASK), blind=True)
        (demand,) = demands(state([task(TASK)], [blind, answer(12, TASK, BEN)], [decision(kind)]))
        assert (demand.votes, set(demand.answered)) == (0, {ADA, BEN})
