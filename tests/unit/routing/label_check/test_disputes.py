"""Suspected labels of a project that people labelled long ago are given to people again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from aggregation.label_errors.suspicions import standing_labels, suspicions
from labeling.errors import SettingsError
from routing.label_check.disputes import DisputedLabels, dispute_labels
from routing.label_check.held_out_beliefs import BelievedProject, with_held_out_beliefs
from routing.label_check.outcome import errors_left, reviewed_labels
from routing.ledger.label_checks import label_checks
from tests.support.labelled_project import (
    DAN,
    FORMER,
    RIGHT,
    TASKS,
    WRONG,
    KnowingBackend,
    labelled_project,
    look,
    said,
)
from tests.support.memory_project import MemoryLoop


def checked(loop: MemoryLoop, backend: KnowingBackend | None = None) -> BelievedProject:
    return with_held_out_beliefs(look(loop, dry_run=True), cast(Any, backend or KnowingBackend()))


def reviewed(loop: MemoryLoop, count: int) -> DisputedLabels:
    consensus = checked(loop).facts.consensus
    standing = standing_labels(consensus)
    return dispute_labels(look(loop), suspicions(consensus, standing), standing, count)


def annotations(loop: MemoryLoop) -> Mapping[int, Any]:
    return {task.id: task.annotations for task in loop.studio.tasks()}


def wrong_tasks(loop: MemoryLoop) -> set[int]:
    return {task.id for task in list(loop.studio.tasks())[:WRONG]}


def answer_blind(loop: MemoryLoop) -> None:
    """Have Dan answer all that waits for him, right."""
    users = {one.email: one.id for one in loop.studio.users()}
    blind = look(loop, dry_run=True).blind_project
    assert blind is not None
    for one in blind.state.assignments:
        if one.state == "open":
            text = blind.state.texts[one.task]
            loop.blind.annotate(one.task, users[DAN], said(RIGHT[text or ""]))


def test_the_model_learns_from_all_labels_and_nothing_is_recorded(tmp_path: Path) -> None:
    loop, backend = labelled_project(tmp_path), KnowingBackend()
    before = loop.ledger.state()
    found = checked(loop, backend)
    assert len(backend.taught[0].answers) == TASKS
    assert found.without_belief == 0
    assert set(found.facts.beliefs) == {task.id for task in loop.studio.tasks()}
    after = loop.ledger.state()
    assert (after.decisions, after.rounds, after.held_out) == ({}, before.rounds, {})


def test_without_the_model_the_votes_speak_alone(tmp_path: Path) -> None:
    backend = KnowingBackend()
    backend.is_away = True
    found = checked(labelled_project(tmp_path), backend)
    assert found.without_belief == TASKS
    assert found.backend_problem is not None


def test_the_most_suspect_are_asked_blind_of_who_did_not_answer_them(tmp_path: Path) -> None:
    loop = labelled_project(tmp_path)
    before, wrong = annotations(loop), wrong_tasks(loop)
    given = reviewed(loop, 5)
    assert {one.task for one in given.new if not one.is_random} == wrong
    loop.sync()
    decisions = loop.ledger.state().decisions
    disputed = {task for task, one in decisions.items() if one.kind == "dispute"}
    assert disputed == {one.task for one in given.new}
    assert annotations(loop) == before


def test_repeating_it_gives_nothing_twice(tmp_path: Path) -> None:
    loop = labelled_project(tmp_path)
    first = reviewed(loop, 5)
    loop.sync()
    again = reviewed(loop, 5)
    assert (again.new, again.waiting) == ((), 5)
    more = reviewed(loop, 8)
    assert len(more.new) == 3
    assert not {one.task for one in more.new} & {one.task for one in first.new}
    assert [one.number for one in label_checks(loop.ledger)] == [1, 2]


def test_where_everybody_answered_before_it_is_said(tmp_path: Path) -> None:
    loop = labelled_project(tmp_path)
    loop.staff(*FORMER)
    with pytest.raises(SettingsError, match="answered all suspected labels before"):
        reviewed(loop, 5)
    assert label_checks(loop.ledger) == []


def test_what_people_say_then_is_told_with_what_is_left(tmp_path: Path) -> None:
    loop = labelled_project(tmp_path)
    given = reviewed(loop, 5)
    loop.sync()
    answer_blind(loop)
    loop.sync()
    facts, checks = look(loop, dry_run=True).facts, label_checks(loop.ledger)
    labels = {task.id: RIGHT[task.data["text"]] for task in loop.studio.tasks()}
    found = reviewed_labels(facts, checks, labels)
    states = {one.pick.task: one.state for one in found}
    assert {task for task, state in states.items() if state == "mended"} == wrong_tasks(loop)
    assert len(states) == len(given.new)
    estimate = errors_left(found, checks, seed=0)
    assert (estimate.mended, estimate.confirmed) == (WRONG, 1)
    assert estimate.before.expected >= WRONG > estimate.after.expected
