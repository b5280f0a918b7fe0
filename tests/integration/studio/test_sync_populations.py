"""What becomes of a population: frozen, audited blind in the drawn order, certified, accepted."""

import pytest

from routing.guarantee import certificate_file
from tests.integration.studio.conftest import NewLoop
from tests.support.loops import Loop, Person

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("two_at_a_time")]

People = tuple[Person, Person, Person]
SIX = (0.95,) * 6
"""Two of six may be wrong: four audits in all, then the other two labels are certified."""


@pytest.fixture
def loop(new_loop: NewLoop) -> Loop:
    """A project of six tasks, frozen, whose first two audits are asked."""
    loop = new_loop(*SIX, target_error=0.4)
    loop.sync()
    return loop


def answer(loop: Loop, people: People, task: int, label: str) -> Person:
    """Have who is asked a task answer it."""
    (person,) = loop.waiting(*people)[task]
    person.answer(loop.place(task), label)
    return person


def finish(loop: Loop, people: People, label: str = "positive", passes: int = 4) -> None:
    """Have people answer whatever they are asked, until nothing remains."""
    for _ in range(passes):
        loop.answer_all(label, *people)
        if not loop.sync().remaining:
            return
    raise AssertionError("it does not come to an end")


class TestFreeze:
    def test_labels_are_frozen_and_the_first_audits_of_the_drawn_order_asked_blind(
        self, loop: Loop, people: People
    ) -> None:
        (population,) = loop.state.populations
        frozen = loop.frozen()
        assert (population.size, population.error, population.planned) == (6, 0.4, 4)
        assert (population.model_version, population.kept_at) == ("a-0", None)
        assert frozen.labels == dict.fromkeys(loop.studio.task_ids(), "positive")
        assert set(frozen.errors.values()) == {0.05}
        audited = frozen.order[:2]
        assert loop.kinds() == dict.fromkeys(audited, "audit")
        assert loop.checks() == [(task, "audit", "waiting", None) for task in audited]
        assert (loop.waiting_here(*people), sorted(loop.waiting(*people))) == ({}, sorted(audited))
        assert loop.annotations() == []

    def test_what_people_answered_by_then_is_in_it_and_needs_no_audit(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*SIX, target_error=0.4, pilot=2)
        loop.sync()
        pilot = list(loop.waiting(*people))
        finish(loop, people)
        frozen = loop.frozen()
        assert frozen.answered == pilot
        assert frozen.labels.keys() == set(loop.studio.task_ids()) - set(pilot)
        assert loop.kinds_counted() == {"pilot": 2, "audit": 2, "accept": 2}

    def test_labels_stay_though_the_model_moves(self, loop: Loop, people: People) -> None:
        frozen = loop.frozen()
        loop.model.name, loop.model.answer = "b", "negative"
        assert loop.sync().changes == []
        assert (loop.frozen(), len(loop.model.training_sets)) == (frozen, 1)
        loop.import_texts({"Later": 0.95})
        assert loop.sync().model_version == "b-0"
        assert loop.frozen() == frozen
        finish(loop, people)
        assert loop.accepted() == dict.fromkeys(frozen.order[4:], "positive")


def test_each_group_is_a_population_of_its_own(new_loop: NewLoop, people: People) -> None:
    loop = new_loop(target_error=0.4, groups="language")
    languages = {f"Text {n}": "en" if n % 3 else "de" for n in range(9)}
    loop.model.confidences.update(dict.fromkeys(languages, 0.95))
    loop.studio.import_tasks([{"text": text, "language": one} for text, one in languages.items()])
    loop.sync()
    frozen = [(str(one.group), one.size) for one in loop.state.populations]
    assert frozen == [("language: de", 3), ("language: en", 6)]
    finish(loop, people)
    assert all(one.kept_at for one in loop.state.populations)
    for task, shown in loop.shown().items():
        number = loop.state.members[task].population
        assert loop.state.populations[number - 1].group_value == shown.data["language"]


class TestAudits:
    def test_the_next_ones_are_asked_once_the_last_are_answered(
        self, loop: Loop, people: People
    ) -> None:
        order = loop.frozen().order
        second = answer(loop, people, order[1], "positive")
        report = loop.sync()
        assert report.decisions == {}
        assert [state for _, _, state, _ in loop.checks()] == ["waiting", "answered"]
        answer(loop, people, order[0], "negative")
        assert loop.sync().decisions == {"audit": 2}
        assert [one[:3] for one in loop.checks()] == [
            (order[0], "audit", "answered"),
            (order[1], "audit", "answered"),
            (order[2], "audit", "waiting"),
            (order[3], "audit", "waiting"),
        ]
        copies = {one.task: one for one in loop.annotations()}
        assert copies.keys() == set(order[:2])
        assert copies[order[1]].completed_by == second.id

    def test_an_answer_beside_the_pre_label_is_none(self, loop: Loop, people: People) -> None:
        audited = loop.frozen().order[0]
        (person,) = loop.waiting(*people)[audited]
        person.answer(audited, "positive")
        loop.sync()
        assert loop.checks()[0] == (audited, "audit", "waiting", None)
        assert person not in loop.waiting(*people)[audited], "who saw the label is not blind"
        answer(loop, people, audited, "negative")
        loop.sync()
        assert loop.checks()[0] == (audited, "audit", "answered", "negative")

    def test_one_that_everybody_skips_is_lost_and_holds_up_nothing(
        self, loop: Loop, people: People
    ) -> None:
        lost = loop.frozen().order[0]
        for person in people:
            person.skip(loop.place(lost))
        assert loop.sync().given_up == 1
        finish(loop, people)
        assert loop.checks()[0] == (lost, "audit", "lost", None)
        assert len(loop.accepted()) == 2
        certificate_file.verify(loop.certificate())

    def test_one_of_a_deleted_task_is_lost(self, loop: Loop, people: People) -> None:
        lost, kept = loop.frozen().order[:2]
        people[0].delete_task(lost)
        loop.sync()
        assert loop.checks() == [(lost, "audit", "lost", None), (kept, "audit", "waiting", None)]
        finish(loop, people)
        certificate_file.verify(loop.certificate())


class TestReviews:
    def test_a_frozen_task_that_somebody_answers_unasked_leaves_the_population(
        self, loop: Loop, people: People
    ) -> None:
        order = loop.frozen().order
        made = people[0].answer(order[2], "negative")
        loop.sync()
        loop.sync()
        assert loop.checks()[2:] == [(order[2], "review", "answered", "negative")]
        finish(loop, people)
        audited = [task for task, kind, *_ in loop.checks() if kind == "audit"]
        assert audited == [*order[:2], order[3]]
        assert loop.accepted() == dict.fromkeys(order[4:], "positive")
        assert made in {one.id for one in loop.annotations()}
        certificate_file.verify(loop.certificate())

    def test_a_frozen_task_that_is_deleted_is_lost_to_it(self, loop: Loop, people: People) -> None:
        order = loop.frozen().order
        people[0].delete_task(order[-1])
        loop.sync()
        assert loop.checks()[2:] == [(order[-1], "review", "lost", None)]
        finish(loop, people)
        assert loop.accepted() == dict.fromkeys(order[3:5], "positive")
        certificate_file.verify(loop.certificate())


class TestCertified:
    def test_what_nobody_checked_is_accepted_in_the_name_of_the_model_s_user(
        self, loop: Loop, people: People
    ) -> None:
        order = loop.frozen().order
        finish(loop, people)
        assert loop.kinds_counted() == {"audit": 4, "accept": 2}
        assert loop.accepted() == dict.fromkeys(order[4:], "positive")
        shown = loop.shown()
        made = [one for one in loop.annotations() if one.completed_by == loop.model_user()]
        assert [one.parent_prediction for one in made] == [
            shown[one.task].predictions[0].id for one in made
        ]
        assert all(seen.is_labeled for seen in shown.values())
        assert loop.answers.votes.keys() == set(order[:4]), "the model's are no votes"
        assert loop.sync().standing.is_certified

    def test_errors_that_audits_find_are_people_s_answers_from_then_on(
        self, loop: Loop, people: People
    ) -> None:
        finish(loop, people, "negative")
        assert [answer for *_, answer in loop.checks()] == ["negative"] * 4
        assert len(loop.accepted()) == 2

    def test_it_stays_so_whatever_people_say_later(self, loop: Loop, people: People) -> None:
        finish(loop, people)
        certificate, kept_at = loop.certificate(), loop.state.populations[0].kept_at
        accepted = min(loop.accepted())
        people[0].answer(accepted, "negative")
        report = loop.sync()
        assert (report.decisions, report.remaining) == ({}, 0)
        assert loop.state.populations[0].kept_at == kept_at
        assert loop.certificate() == certificate
        assert accepted in loop.accepted()

    def test_tasks_that_come_later_are_a_population_with_a_promise_of_its_own(
        self, loop: Loop, people: People
    ) -> None:
        finish(loop, people)
        first, certificate = loop.studio.task_ids(), loop.certificate()
        loop.policy(target_error=0.5)
        later = loop.import_texts({"More 0": 0.9, "More 1": 0.9, "More 2": 0.9})
        report = loop.sync()
        first_standing, later_standing = report.standing.populations
        assert (first_standing.phase, first_standing.tasks) == ("certified", 6)
        assert (later_standing.phase, later_standing.target_error) == ("audits", 0.5)
        assert len(loop.model.training_sets[-1]["answers"]) == 4, "what audits said is learned from"
        finish(loop, people)
        one, other = loop.state.populations
        assert (one.size, one.error, other.size, other.error) == (6, 0.4, 3, 0.5)
        assert (one.model_version, other.model_version) == ("a-0", "a-4")
        assert set(loop.frozen(1).labels) == set(first)
        assert set(loop.frozen(2).labels) == set(later)
        assert loop.certificate(1) == certificate
        assert certificate_file.verify(loop.certificate(2)) != certificate_file.verify(certificate)
        assert len(loop.accepted()) == 3
