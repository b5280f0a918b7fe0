"""One consensus: the exported label of an audited item is the one that the certificate counted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.classification.registry import METHODS
from routing.facts.freeze import freeze
from routing.facts.project import ProjectFacts
from routing.guarantee.audit_test import Promise
from routing.ledger.records import (
    Decision,
    DecisionKind,
    LedgerAnnotation,
    LedgerState,
    RecordedCheck,
)
from routing.lifecycle import advance
from tandem.export.outcome import dataset_of
from tests.support.ledger_states import answer, decision, prediction, state, task
from tests.support.observed_tasks import NOON
from tests.support.snapshots import facts_of

AUDITED, REVIEWED = range(1, 6), range(6, 11)
WORKERS = (2, 3, 4, 5)
NEWCOMERS = (6, 7, 8)
LABELS = ("positive", "negative")

Votes = list[tuple[int, int, str]]
"""Task, worker, label."""


def votes_on(tasks: Sequence[int], workers: Sequence[int]) -> st.SearchStrategy[Votes]:
    """Draw at most one vote of each worker on each task."""
    pairs = st.tuples(st.sampled_from(tasks), st.sampled_from(workers))
    given = st.dictionaries(pairs, st.sampled_from(LABELS), min_size=5)
    return given.map(lambda votes: [(*pair, label) for pair, label in votes.items()])


def annotations(given: Votes, first: int = 1) -> list[LedgerAnnotation]:
    """These votes: blind ones, where the task is audited."""
    return [
        replace(
            answer(number, task, worker, label, timedelta(minutes=number)),
            blind=task in AUDITED,
        )
        for number, (task, worker, label) in enumerate(given, start=first)
    ]


def audited(given: Sequence[LedgerAnnotation]) -> LedgerState:
    """A project whose frozen labels are audited by all that voted on them."""
    asked: dict[int, DecisionKind] = {
        **dict.fromkeys(AUDITED, "audit"),
        **dict.fromkeys(REVIEWED, "review"),
    }
    count = {one: sum(vote.task == one for vote in given) for one in asked}
    decisions: list[Decision] = [
        decision(kind, count[one] or 1, one) for one, kind in asked.items()
    ]
    tasks = [task(one) for one in asked]
    known = state(tasks, given, decisions, [prediction(one, one, LABELS[0]) for one in asked])
    population, members = freeze(
        known,
        dict.fromkeys(AUDITED, (LABELS[0], 0.2)),
        Promise(len(asked), 0.01, 0.05),
        planned=5,
        seed=1,
        model_version="m",
        reason="why",
        at=NOON,
    )
    checks = [
        RecordedCheck(1, number, one, "audit", "waiting", None, NOON)
        for number, one in enumerate(AUDITED, start=1)
    ]
    by_task = {one.task: one for one in members}
    return replace(known, populations=[population], members=by_task, checks=checks)


def facts_by(method: str, known: LedgerState) -> ProjectFacts:
    """What is known, where whoever answered first has the last word."""
    policy = {"votes": 1, "max_votes": 1}
    return facts_of(known, aggregation={"method": method}, policy=policy)


def certified(facts: ProjectFacts) -> dict[int, str]:
    """The labels that the certificate counts."""
    return {one.task: one.answer for one in facts.state.checks if one.answer is not None}


def exported(facts: ProjectFacts) -> dict[int, str]:
    """The labels that are exported."""
    dataset = dataset_of(facts)
    return dict(zip(dataset["task"], dataset["label"], strict=True))


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=8, deadline=None)
@given(
    first=votes_on([*AUDITED, *REVIEWED], WORKERS),
    later=votes_on([*AUDITED, *REVIEWED], NEWCOMERS),
)
def test_the_exported_label_of_an_audited_item_is_the_label_in_the_certificate(
    method: str, first: Votes, later: Votes
) -> None:
    facts = advance(facts_by(method, audited(annotations(first))))
    counted = certified(facts)
    labels = exported(facts)
    assert {one: labels[one] for one in counted} == counted

    given_later = [*facts.state.annotations, *annotations(later, first=1_000)]
    moved = exported(facts.with_state(replace(facts.state, annotations=given_later)))
    assert {one: moved[one] for one in counted} == counted, "whatever is answered later"


@pytest.mark.parametrize("method", METHODS)
def test_most_audited_items_are_counted_at_all(method: str) -> None:
    given = [(one, worker, LABELS[one % 2]) for one in AUDITED for worker in WORKERS]
    counted = certified(advance(facts_by(method, audited(annotations(given)))))
    assert counted == {one: LABELS[one % 2] for one in AUDITED}
