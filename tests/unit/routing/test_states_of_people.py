"""What follows from the states of people, pass by pass: who is asked, and whose answers count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from aggregation.quality.control_answers import ControlAnswer
from labeling.errors import SettingsError
from labeling.settings.settings import Settings
from routing import sync as passes
from routing.clock import system_clock
from routing.ledger.people import PersonState, person_events, record_person_events, states_of
from routing.people.states import next_event
from routing.snapshot.observe import observe
from routing.studio.models import StudioAnnotation
from routing.sync import SyncReport
from tests.support.control_answers import answered
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

ANN, BEN, CARL, DAN = "ann@x", "ben@x", "carl@x", "dan@x"
PLAIN = {"pilot": 0, "target_error": 0.01, "blind_share": 0, "max_votes": 1}
"""One vote settles each task, beside the pre-label."""
TASKS = 12


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """Twelve posts that three people answer, one each."""
    loop = new_memory_loop(tmp_path, TASKS, ANN, BEN, CARL, DAN, **PLAIN)
    loop.staff(ANN, BEN, CARL)
    loop.sync()
    return loop


def user(loop: MemoryLoop, email: str) -> int:
    return next(one.id for one in loop.studio.users() if one.email == email)


def missing(report: SyncReport) -> list[str]:
    """What a pass says of people who are missing."""
    return [one for one in report.standing.notices if "policy.votes" in one]


def give_word(loop: MemoryLoop, email: str, state: PersonState) -> None:
    """The admin says what somebody is."""
    events, by = person_events(loop.ledger), "admin@x"
    event = next_event(events, user(loop, email), state, "said so", system_clock(), by=by)
    record_person_events(loop.ledger, [event])


def open_work(loop: MemoryLoop) -> Counter[str]:
    names = {one.id: one.email for one in loop.studio.users()}
    assigned = loop.ledger.state().assignments
    return Counter(names[one.worker] for one in assigned if one.state == "open")


def annotations(loop: MemoryLoop) -> list[StudioAnnotation]:
    return [one for task in loop.studio.tasks() for one in task.annotations]


def answer(loop: MemoryLoop) -> None:
    answer_tabs(loop.studio, 1, right=1.0)


def with_control_answers(monkeypatch: pytest.MonkeyPatch, answers: Sequence[ControlAnswer]) -> None:
    """Have passes see these answers to control tasks."""

    def seen(*doors: Any, **how: Any) -> Any:
        return replace(observe(*doors, **how), control_answers=answers)

    monkeypatch.setattr(passes, "observe", seen)


class TestPaused:
    def test_who_fails_known_answers_is_paused_and_their_open_items_move_on(
        self, loop: MemoryLoop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert open_work(loop) == {ANN: 4, BEN: 4, CARL: 4}
        with_control_answers(monkeypatch, answered(user(loop, CARL), "-" * 8))
        report = loop.sync()
        assert [(one.worker, one.state) for one in report.person_events] == [
            (user(loop, CARL), "paused")
        ]
        assert open_work(loop) == {ANN: 6, BEN: 6}
        assert loop.sync().person_events == []

    def test_a_dry_run_says_so_and_records_nothing(
        self, loop: MemoryLoop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with_control_answers(monkeypatch, answered(user(loop, CARL), "-" * 8))
        report = loop.sync(dry_run=True)
        [carl] = [one for one in report.standing.people if one.state == "paused"]
        assert (carl.email, carl.controls, carl.right) == (CARL, 8, 0)
        assert report.changes, "tabs would change"
        assert person_events(loop.ledger) == []
        assert open_work(loop) == {ANN: 4, BEN: 4, CARL: 4}

    def test_a_pass_that_was_killed_right_after_it_was_recorded_ends_the_same(
        self, loop: MemoryLoop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with_control_answers(monkeypatch, answered(user(loop, CARL), "-" * 8))
        with monkeypatch.context() as patch:
            patch.setattr(passes, "learn_and_label_if_up", _killed)
            with pytest.raises(KeyboardInterrupt):
                loop.sync()
        assert states_of(person_events(loop.ledger))[user(loop, CARL)].state == "paused"
        assert open_work(loop)[CARL] == 4, "nothing followed yet"
        assert loop.sync().person_events == []
        assert open_work(loop) == {ANN: 6, BEN: 6}
        assert len(person_events(loop.ledger)) == 1

    def test_their_answers_count_and_votes_wait_where_nobody_else_is_left(
        self, loop: MemoryLoop
    ) -> None:
        answer(loop)
        for email in (ANN, BEN, CARL):
            give_word(loop, email, "paused")
        loop.studio.import_tasks([{"text": "One more"}])
        report = loop.sync()
        assert (report.owed, report.given_up, report.unassigned) == (1, 0, 1)
        assert not open_work(loop)
        assert report.standing.of_excluded == 0
        give_word(loop, BEN, "active")
        loop.sync()
        assert open_work(loop) == {BEN: 1}

    def test_an_idle_project_notices_the_admins_word(self, loop: MemoryLoop) -> None:
        report = loop.sync()
        for _ in range(3):
            loop.studio.server.moment += loop.studio.paging.look_back * 2
            report = loop.sync(last=report)
        assert report.idle is not None
        give_word(loop, CARL, "paused")
        loop.sync(last=report)
        assert open_work(loop)[CARL] == 0


class TestExcluded:
    @pytest.fixture
    def excluded(self, loop: MemoryLoop) -> SyncReport:
        """All was answered, and then Carl was excluded."""
        answer(loop)
        assert loop.sync().remaining == 0
        self.before = annotations(loop)
        give_word(loop, CARL, "excluded")
        return loop.sync()

    def test_what_they_answered_is_asked_of_others(
        self, loop: MemoryLoop, excluded: SyncReport
    ) -> None:
        assert excluded.owed == 4
        assert open_work(loop) == {ANN: 2, BEN: 2}
        assert excluded.standing.of_excluded == 4
        assert excluded.standing.unreadable == 0
        assert excluded.standing.human_labels == TASKS, "they were given, and paid for"

    def test_nobody_s_annotation_is_touched(self, loop: MemoryLoop, excluded: SyncReport) -> None:
        assert excluded.owed
        assert annotations(loop) == self.before

    def test_labels_and_skills_are_without_them(
        self, loop: MemoryLoop, excluded: SyncReport
    ) -> None:
        assert excluded.owed
        facts = _facts(loop)
        assert len(facts.consensus.labels) == TASKS - 4
        assert CARL not in facts.consensus.skills

    def test_resumed_their_answers_count_again(
        self, loop: MemoryLoop, excluded: SyncReport
    ) -> None:
        assert excluded.owed
        give_word(loop, CARL, "active")
        assert loop.sync().owed == 0
        assert len(_facts(loop).consensus.labels) == TASKS
        assert not open_work(loop)

    def test_where_nobody_is_left_their_votes_wait_for_somebody_who_is_named(
        self, loop: MemoryLoop
    ) -> None:
        answer(loop)
        loop.sync()
        for email in (ANN, BEN, CARL):
            give_word(loop, email, "excluded")
        report = loop.sync()
        assert (report.owed, report.unassigned, report.given_up) == (TASKS, TASKS, 0)
        loop.staff(ANN, BEN, CARL, DAN)
        report = loop.sync()
        assert (report.owed, report.unassigned, report.given_up) == (TASKS, 0, 0)
        assert open_work(loop) == {DAN: TASKS}


class TestTooFewAreLeft:
    """Two people are asked of every item, and of three who are named two are left, then one."""

    @pytest.fixture
    def loop(self, tmp_path: Path) -> MemoryLoop:
        policy = {**PLAIN, "votes": 2, "max_votes": 2}
        loop = new_memory_loop(tmp_path, TASKS, ANN, BEN, CARL, DAN, **policy)
        loop.staff(ANN, BEN, CARL)
        loop.sync()
        answer(loop)
        assert loop.sync().remaining == 0
        return loop

    def test_the_pass_goes_on_and_what_nobody_can_give_waits(self, loop: MemoryLoop) -> None:
        give_word(loop, CARL, "excluded")
        assert loop.sync().owed == 8
        give_word(loop, BEN, "excluded")
        report = loop.sync()
        # Ann gave one vote of most items, is asked for it of the others, and gives no second one.
        asked_of_ann = open_work(loop)[ANN]
        assert (report.owed, report.unassigned) == (asked_of_ann + TASKS, TASKS)
        assert report.given_up == 0

    def test_it_says_who_is_missing_and_what_to_do(self, loop: MemoryLoop) -> None:
        give_word(loop, CARL, "excluded")
        assert missing(loop.sync()) == [], "two are left"
        give_word(loop, BEN, "paused")
        report = loop.sync()
        [said] = missing(report)
        assert said.startswith("4 votes wait for somebody: every item is asked of 2 people")
        assert f"1 is left ({BEN} is paused, {CARL} is excluded)" in said
        assert "tandem people resume" in said
        assert (report.standing.votes_missing, report.standing.without_room) == (4, 0)

    def test_who_is_named_or_taken_back_gives_them(self, loop: MemoryLoop) -> None:
        for email in (BEN, CARL):
            give_word(loop, email, "excluded")
        assert loop.sync().unassigned == TASKS
        give_word(loop, CARL, "active")
        report = loop.sync()
        assert (report.unassigned, missing(report)) == (0, [])
        give_word(loop, CARL, "excluded")
        loop.staff(ANN, BEN, CARL, DAN)
        report = loop.sync()
        assert (report.unassigned, missing(report)) == (0, [])
        assert open_work(loop)[DAN] == TASKS

    def test_no_audit_is_lost_by_it(self, tmp_path: Path) -> None:
        policy = {"pilot": 8, "votes": 2, "max_votes": 2, "target_error": 0.2, "blind_share": 0}
        loop = new_memory_loop(tmp_path, 60, ANN, BEN, **policy)
        for _ in range(6):
            loop.sync()
            if loop.ledger.state().checks:
                break
            answer(loop)
        assert loop.ledger.state().checks
        give_word(loop, BEN, "excluded")
        loop.sync()
        answer(loop)
        loop.sync()
        assert {one.state for one in loop.ledger.state().checks} == {"waiting"}

    def test_naming_too_few_is_a_fault_of_the_settings(self, loop: MemoryLoop) -> None:
        loop.staff(ANN)
        with pytest.raises(SettingsError, match="2 votes are asked of 1 reviewers"):
            loop.sync()


def test_blind_answers_of_the_excluded_and_their_copies_count_no_more(tmp_path: Path) -> None:
    policy = {"pilot": 6, "target_error": 0.01, "max_votes": 1, "votes": 1}
    loop = new_memory_loop(tmp_path, 12, ANN, BEN, CARL, **policy)
    loop.sync()
    answer(loop)
    loop.sync()
    carl = user(loop, CARL)
    blind = [one for task in loop.blind.tasks() for one in task.annotations]
    copies = [one for one in annotations(loop) if one.completed_by == carl]
    assert {one.completed_by for one in blind} >= {carl}
    assert len(copies) == 2
    give_word(loop, CARL, "excluded")
    report = loop.sync()
    assert report.standing.of_excluded == 2
    assert report.owed >= 2
    assert [one for one in annotations(loop) if one.completed_by == carl] == copies
    assert [one for task in loop.blind.tasks() for one in task.annotations] == blind
    give_word(loop, CARL, "active")
    assert loop.sync().standing.of_excluded == 0


def _facts(loop: MemoryLoop) -> Any:
    settings = Settings.model_validate(loop.sections)
    return observe(cast(Any, loop.studio), loop.ledger, settings, dry_run=True).facts


def _killed(*_: object) -> Any:
    raise KeyboardInterrupt
