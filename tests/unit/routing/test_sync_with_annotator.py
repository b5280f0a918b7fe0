"""A pass asks the annotator before people, keeps what was paid for, and goes on without it."""

from pathlib import Path

import pytest

from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from labeling.settings.settings import Settings
from routing.facts.project import ProjectFacts, project_facts
from routing.ledger.records import LedgerState
from tests.support.memory_annotator import NAME, AnnotatingBackend, Killed, with_annotator
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

TASKS, PILOT = 150, 50


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """A project in which people have answered the pilot."""
    loop = new_memory_loop(
        tmp_path, TASKS, "ada@x", pilot=PILOT, max_votes=1, target_error=0.1, blind_share=0.0
    )
    loop.sync()
    answer_tabs(loop.studio, 1, right=1.0)
    return loop


def texts_of(state: LedgerState) -> list[str]:
    """The texts that the ledger holds a label of the annotator of."""
    return sorted(str(state.texts[task]) for task in state.annotator_labels)


def facts_of(loop: MemoryLoop, state: LedgerState) -> ProjectFacts:
    """What follows from what the ledger knows."""
    equivalence = Equivalence(parse(loop.studio.server.label_config), {})
    return project_facts(state, equivalence, Settings.model_validate(loop.sections))


def test_without_one_nothing_is_asked(loop: MemoryLoop) -> None:
    backend = with_annotator(loop, name=None)
    loop.sync()
    assert not backend.asked
    assert not loop.ledger.state().annotator_labels


def test_it_is_asked_once_people_are_done_and_never_twice(loop: MemoryLoop) -> None:
    backend = with_annotator(loop)
    report = loop.sync()
    state = loop.ledger.state()
    assert len(backend.asked) == len({*backend.asked}) > 0
    assert sorted(backend.asked) == texts_of(state)
    kept = [*state.annotator_labels.values()]
    assert {one.model for one in kept} == {NAME}
    drawn = {one.task for one in kept if one.is_drawn}
    assert drawn <= {one.task for one in state.annotations}, "people had answered these"
    assert {one.task for one in kept} - drawn, "and nobody these"
    assert not ({one.task for one in kept} - drawn) & {one.task for one in state.annotations}
    assert not report.warnings
    asked = len(backend.asked)
    loop.sync()
    assert len(backend.asked) == asked


def test_it_is_not_asked_before_people_answered(tmp_path: Path) -> None:
    loop = new_memory_loop(tmp_path, TASKS, "ada@x", pilot=PILOT)
    backend = with_annotator(loop)
    loop.sync()
    loop.sync()
    assert not backend.asked


def test_a_dry_run_asks_nothing(loop: MemoryLoop) -> None:
    backend = with_annotator(loop)
    loop.sync(dry_run=True)
    assert not backend.asked


def test_its_labels_move_what_is_predicted_of_open_texts(loop: MemoryLoop) -> None:
    with_annotator(loop)
    loop.sync()
    state = loop.ledger.state()
    facts = facts_of(loop, state)
    open_ = [task for task, one in state.annotator_labels.items() if not one.is_drawn]
    own, moved = facts.annotator.model.latest, facts.predictions.latest
    assert all(moved[task].confidence != own[task].confidence for task in open_)
    rest = own.keys() - {*open_}
    assert all(moved[task] is own[task] for task in rest)


def test_spending_stops_at_the_budget(loop: MemoryLoop) -> None:
    backend = with_annotator(loop, budget=0.5)
    for _ in range(3):
        loop.sync()
        answer_tabs(loop.studio, 2, right=1.0)
    assert len(backend.asked) == 50
    standing = loop.sync().standing.annotator
    assert standing
    assert standing.spent == pytest.approx(0.5)


@pytest.mark.parametrize("calls", [0, 1, 3])
def test_a_pass_that_is_killed_pays_for_nothing_twice_that_was_kept(
    loop: MemoryLoop, calls: int
) -> None:
    backend = with_annotator(loop)
    backend.answers_before_kill = calls
    with pytest.raises(Killed):
        loop.sync()
    kept = texts_of(loop.ledger.state())
    assert sorted(backend.asked) == kept
    backend.answers_before_kill = None
    loop.sync()
    assert len(backend.asked) == len({*backend.asked}) > len(kept)


def test_a_pass_goes_on_without_an_annotator_that_is_away(loop: MemoryLoop) -> None:
    backend = with_annotator(loop)
    backend.is_away = True
    report = loop.sync()
    [line] = [one for one in report.warnings if "annotator" in one]
    assert line.startswith("The annotator cannot be asked: ")
    assert report.decisions, "people are asked meanwhile"


def test_another_model_s_labels_are_not_taken_for_its_own(loop: MemoryLoop) -> None:
    with_annotator(loop, name="another-model")
    [line] = loop.sync().warnings
    assert "large-model, and the settings name another-model" in line
    assert not loop.ledger.state().annotator_labels


def finished(loop: MemoryLoop) -> LedgerState:
    """Play a project to its certificate."""
    for seed in range(40):
        report = loop.sync()
        if not report.remaining and report.standing.is_certified:
            return loop.ledger.state()
        answer_tabs(loop.studio, seed, right=1.0)
    raise AssertionError("The project is never certified")


def test_what_was_frozen_stays_and_people_alone_are_evidence(loop: MemoryLoop) -> None:
    backend: AnnotatingBackend = with_annotator(loop)
    state = finished(loop)
    facts = facts_of(loop, state)
    spoken = [
        task
        for task, one in state.annotator_labels.items()
        if not one.is_drawn and task not in facts.answers.votes
    ]
    assert spoken
    for task in spoken:
        member = state.members[task]
        assert facts.predictions.latest[task].answer == member.label
        assert facts.predictions.latest[task].confidence == pytest.approx(1 - (member.error or 0))
    checked = {one.task for one in state.checks if one.state == "answered"}
    assert checked <= facts.answers.votes.keys(), "every check is a person's answer"
    asked = len(backend.asked)
    loop.sync()
    assert len(backend.asked) == asked, "nothing is asked of what is frozen"
