"""A project that several people answered blind, made by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from routing.ledger.records import Decision, LedgerAnnotation, LedgerState
from tests.support.ledger_states import answer, state, task
from tests.support.observed_tasks import NOON

Votes = Mapping[int, Sequence[str | None]]
"""The labels of each task, the first by the first person; None: that person did not answer."""

PEOPLE = (
    (11, "ada.lovelace@example.org"),
    (12, "ben.okri@example.org"),
    (13, "cyd.charisse@example.org"),
    (14, "dan.dare@example.org"),
)


def answered_by(votes: Votes, *, seconds: float = 10.0, blind: bool = True) -> LedgerState:
    """What is known once these people answered, a task a minute."""
    annotations = [
        _answer(id_, worker, label, seconds, blind=blind)
        for id_, labels in votes.items()
        for worker, label in zip(PEOPLE, labels, strict=False)
        if label is not None
    ]
    decisions = [
        Decision(id_, 1, "blind", len([one for one in labels if one]), "why", None, None, NOON)
        for id_, labels in votes.items()
    ]
    return state([task(id_) for id_ in votes], annotations, decisions)


def _answer(
    id_: int, person: tuple[int, str], label: str, seconds: float, *, blind: bool
) -> LedgerAnnotation:
    worker, email = person
    made = answer(100 * id_ + worker, id_, worker, label, timedelta(minutes=id_))
    return replace(made, worker=email, lead_time=seconds, blind=blind)
