"""Decisions on control tasks: what they make of a known answer, and those that experts give. Pure.

A decision is an admin's word, or that of an expert who answered the very item. It ends a dispute:
answers so far are held against it, and later ones alone can put the known answer in doubt anew.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from labeling.form.equivalence import Equivalence
from routing.control_tasks.judging import is_right
from routing.ledger.control_decisions import ControlDecision, Verdict
from routing.ledger.control_tasks import ControlTask, FirstAnswer
from routing.ledger.records import LedgerAnnotation


def by_control(decisions: Iterable[ControlDecision]) -> Mapping[int, list[ControlDecision]]:
    """Return the decisions on each control task, in their order; none on most."""
    found: dict[int, list[ControlDecision]] = defaultdict(list)
    for one in sorted(decisions, key=lambda one: (one.control, one.number)):
        found[one.control].append(one)
    return found


def accepted_too(decisions: Sequence[ControlDecision]) -> list[str]:
    """Return the answers that were accepted beside the source's, since it alone last counted.

    Args:
        decisions: Those on one control task, in their order.
    """
    found: list[str] = []
    for one in decisions:
        if one.verdict == "accept" and one.answer is not None:
            found.append(one.answer)
        elif one.verdict == "keep":
            found.clear()
    return found


def next_decision(
    decisions: Iterable[ControlDecision],
    control: int,
    verdict: Verdict,
    answer: str | None,
    by: str,
    at: datetime,
) -> ControlDecision:
    """Return the decision that follows those so far.

    Args:
        decisions: All that were taken.
        control: The control task's number.
        verdict: What is decided.
        answer: What is accepted too, or what an expert said; None: nothing.
        by: Whose word it is.
        at: When.
    """
    number = max((one.number for one in decisions if one.control == control), default=0) + 1
    return ControlDecision(control, number, verdict, answer, by, at)


def words_of_experts(
    in_doubt: Iterable[ControlTask],
    given: Collection[FirstAnswer],
    annotations: Collection[LedgerAnnotation],
    experts: Mapping[int, str],
    equivalence: Equivalence,
    decisions: Collection[ControlDecision],
    at: datetime,
) -> list[ControlDecision]:
    """Return what experts decided by answering an item whose known answer is in doubt.

    One who says what is accepted keeps it; one who says otherwise has that accepted too, so that
    nobody loses by it. What an expert said decides once: later doubts ask for another word.

    Args:
        in_doubt: The control tasks in doubt.
        given: What people first said of control tasks.
        annotations: What people said of the main project's own tasks.
        experts: What experts are called, by user.
        equivalence: The form, and which of its answers say the same.
        decisions: All decisions so far.
        at: The moment.

    Returns:
        At most one decision a control task, by the order of `in_doubt`.
    """
    heard = {(one.control, one.by, one.answer) for one in decisions}
    found = []
    for one in in_doubt:
        said = [
            *(
                (word.at, experts[word.worker], word.answer)
                for word in given
                if word.control == one.number and word.worker in experts
            ),
            *(
                (word.created_at, experts[word.worker_id], word.answer)
                for word in annotations
                if word.task == one.task and word.worker_id in experts and word.kind == "person"
            ),
        ]
        new = [
            (moment, by, answer)
            for moment, by, answer in said
            if answer is not None and (one.number, by, answer) not in heard
        ]
        if new:
            _, by, answer = max(new)
            verdict: Verdict = "keep" if is_right(equivalence, answer, one.accepted) else "accept"
            found.append(next_decision(decisions, one.number, verdict, answer, by, at))
    return found
