"""The blind project on a real Label Studio: what is asked there is answered blind."""

from collections.abc import Sequence
from typing import Any

import pytest

from routing.ledger.converters import SOURCE
from routing.progress import Progress
from routing.snapshot import task_mapping
from routing.studio import Studio
from routing.studio.models import NewAnnotation
from tests.integration.studio.conftest import NewLoop
from tests.support.blind_projects import (
    ONE,
    PILOT,
    People,
    blind_project_of,
    blind_projects,
    look,
    of_people,
    sources,
)
from tests.support.killing.state import state_of

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("no_look_back")]


class TestMaking:
    def test_it_has_the_same_form_and_none_of_the_model_s_answers(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 4, **PILOT)
        loop.studio.update_project(expert_instruction="Be kind")
        loop.sync()
        blind_project = blind_project_of(loop)
        main, blind = loop.studio.project(), blind_project.studio.project()
        assert blind.title == "Test · blind"
        assert (blind.label_config, blind.instruction) == (main.label_config, "Be kind")
        assert (blind.prediction_count, blind.model_version) == (0, "")
        assert blind_project.studio.backends() == []
        asked = [task for task, kind in loop.kinds().items() if kind == "pilot"]
        assert sources(blind_project) == asked
        texts = {task: seen.data for task, seen in loop.shown().items()}
        for counterpart in blind_project.shown().values():
            source = counterpart.data[SOURCE]
            assert counterpart.data == {**texts[source], SOURCE: source}
        assert loop.waiting_here(*people) == {}
        assert list(loop.waiting(*people)) == asked

    def test_nothing_is_made_where_nothing_is_asked_blind(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.9, 0.5)
        loop.sync()
        assert blind_projects(loop) == []

    def test_a_second_pass_writes_nothing(self, new_loop: NewLoop) -> None:
        loop = new_loop(*[0.6] * 3, **PILOT)
        loop.sync()
        before = state_of(loop.studio, loop.ledger)
        blind_project = blind_project_of(loop)
        before_there = state_of(blind_project.studio, blind_project.ledger)
        assert loop.sync().changes == []
        assert state_of(loop.studio, loop.ledger) == before
        assert state_of(blind_project.studio, blind_project.ledger) == before_there

    def test_a_dry_run_tells_what_would_be_made_and_makes_nothing(self, new_loop: NewLoop) -> None:
        loop = new_loop(*[0.6] * 3, **PILOT)
        foretold = loop.sync(dry_run=True)
        kinds = [one.kind for one in foretold.changes if one.kind != "tab"]
        assert kinds == ["project.create", "task.create", "task.create"]
        assert blind_projects(loop) == []

    def test_what_comes_later_joins_it(self, new_loop: NewLoop, people: People) -> None:
        loop = new_loop(0.9, blind_share=1)
        loop.sync()
        first = blind_projects(loop)
        loop.answer_all("positive", *people)
        (later,) = loop.import_texts({"More": 0.95})
        loop.sync()
        assert blind_projects(loop) == first
        assert later in sources(blind_project_of(loop))
        assert loop.sync().changes == []

    @pytest.mark.usefixtures("two_at_a_time")
    def test_the_room_that_people_have_is_shared_and_blind_tasks_come_first(
        self, new_loop: NewLoop, people: People
    ) -> None:
        ana, *_ = people
        loop = new_loop(*[0.9] * 6, target_error=0.4)
        loop.staff(ana, capacity=3)
        loop.sync()
        loop.policy(target_error=0.01)
        loop.import_texts(dict.fromkeys(("More 0", "More 1"), 0.5))
        report = loop.sync()
        first = blind_project_of(loop).waiting_here(ana)
        assert (len(first), len(loop.waiting_here(ana))) == (2, 1)
        assert (report.owed, report.unassigned) == (4, 1)
        assert loop.sync().changes == []
        for counterpart in first:
            ana.answer(counterpart, "positive")
        loop.sync()
        assert (len(blind_project_of(loop).waiting_here(ana)), len(loop.waiting_here(ana))) == (
            2,
            1,
        )


class TestAnswers:
    def test_they_are_blind_votes_and_copied_in_the_name_of_who_gave_them(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 2, **PILOT)
        loop.sync()
        (answered, (one,)), _ = loop.waiting(*people).items()
        one.answer(loop.place(answered), "negative", lead_time=12.5)
        report = loop.sync()
        assert [change.kind for change in report.changes].count(task_mapping.COPY) == 1
        (copy,) = loop.annotations()
        assert (copy.task, copy.completed_by, copy.lead_time) == (answered, one.id, 12.5)
        assert copy.result[0]["value"] == {"choices": ["negative"]}
        assert loop.shown()[answered].is_labeled
        snapshot = look(loop)
        assert snapshot.facts.answers.votes == {answered: ("negative",)}
        assert snapshot.facts.answers.blind_votes == {answered: ("negative",)}
        (counted,) = of_people(snapshot)
        assert (counted.blind, counted.stray) == (True, False)
        assert (report.owed, loop.sync().changes) == (1, [])

    def test_those_of_several_people_are_copied_one_after_another_and_all_counted(
        self, new_loop: NewLoop, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        loop = new_loop(*[0.6] * 2, votes=3, max_votes=3, **PILOT)
        loop.sync()
        loop.answer_all("negative", *people)
        together, plainly = [], Studio.create_annotations

        def create(studio: Studio, new: Sequence[NewAnnotation], progress: Progress) -> Any:
            together.append([one.task for one in new])
            return plainly(studio, new, progress)

        monkeypatch.setattr(Studio, "create_annotations", create)
        loop.sync()
        assert together == [loop.studio.task_ids()] * 3
        assert len(loop.annotations()) == 6
        assert all(seen.is_labeled for seen in loop.shown().values())
        assert loop.sync().changes == []

    def test_a_skip_moves_on_and_is_not_copied(self, new_loop: NewLoop, people: People) -> None:
        loop = new_loop(0.6, **ONE)
        loop.sync()
        ((task, (first,)),) = loop.waiting(*people).items()
        first.skip(loop.place(task))
        loop.sync()
        ((_, (second,)),) = loop.waiting(*people).items()
        assert second != first
        assert loop.annotations() == []

    def test_one_beside_the_pre_label_is_a_vote_but_no_blind_one(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.6, **ONE)
        loop.sync()
        ((task, (asked,)),) = loop.waiting(*people).items()
        asked.answer(task, "negative")
        loop.sync()
        snapshot = look(loop)
        assert snapshot.facts.answers.votes == {task: ("negative",)}
        assert snapshot.facts.answers.blind_votes == {}
        ((_, (other,)),) = loop.waiting(*people).items()
        assert other != asked, "who saw the pre-label can no longer answer blind"
        other.answer(loop.place(task), "positive")
        loop.sync()
        snapshot = look(loop)
        assert sorted(snapshot.facts.answers.votes[task]) == ["negative", "positive"]
        assert snapshot.facts.answers.blind_votes == {task: ("positive",)}
        settled = snapshot.facts.settled
        assert settled[task].label == "positive"
        assert {one.completed_by for one in loop.annotations()} == {asked.id, other.id}
        assert loop.sync().changes == []

    def test_both_answers_of_one_person_stay_and_the_latest_is_the_vote(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.6, **ONE)
        loop.sync()
        ((task, (one,)),) = loop.waiting(*people).items()
        seen = one.answer(task, "negative")
        one.answer(loop.place(task), "positive")
        loop.sync()
        assert [kept.id for kept in loop.annotations()] == [seen], "none is copied beside it"
        snapshot = look(loop)
        assert snapshot.facts.answers.votes == {task: ("positive",)}
        assert snapshot.facts.answers.blind_votes == {task: ("positive",)}
        assert loop.sync().changes == []

    def test_a_copy_that_its_owner_changes_is_an_answer_given_beside_the_pre_label(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.6, **ONE)
        loop.sync()
        ((task, (one,)),) = loop.waiting(*people).items()
        one.answer(loop.place(task), "negative")
        loop.sync()
        (copy,) = loop.annotations()
        one.edit(copy.id, "positive")
        loop.sync()
        snapshot = look(loop)
        assert snapshot.facts.answers.votes == {task: ("positive",)}
        assert snapshot.facts.answers.blind_votes == {task: ("negative",)}
        assert loop.annotations()[0].result[0]["value"] == {"choices": ["positive"]}

    def test_a_copy_that_its_owner_deletes_is_not_made_again(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.6, **ONE)
        loop.sync()
        ((task, (one,)),) = loop.waiting(*people).items()
        one.answer(loop.place(task), "negative")
        loop.sync()
        (copy,) = loop.annotations()
        one.delete(copy.id)
        loop.sync()
        assert loop.annotations() == []
        assert look(loop).facts.answers.blind_votes == {task: ("negative",)}
        assert loop.sync().changes == []


def test_everybody_who_reviews_has_a_tab_there(new_loop: NewLoop, people: People) -> None:
    loop = new_loop(0.6, **PILOT)
    loop.sync()
    assert blind_project_of(loop).tabs().keys() == {one.id for one in people}
