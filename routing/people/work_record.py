"""The record of people's work that the rules are given, and what they say of it. Pure.

Rules (`aggregation.quality.rules`) look for signs of carelessness in how people work. They are
shown to the admin, and have somebody asked more control tasks; they decide nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from labeling.answers.types import AnswerType
from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerAnnotation
from routing.people.evidence import Flag

if TYPE_CHECKING:
    from aggregation.quality.rules.contract import Work


def flags_of(
    facts: ProjectFacts,
    control_answers: Sequence[LedgerAnnotation] = (),
    accepted: Mapping[int, Sequence[str]] | None = None,
) -> list[Flag]:
    """Return what rules say of people's work.

    Args:
        facts: What is known of the project.
        control_answers: People's answers to control tasks, each with the control task's number as
            its task.
        accepted: The accepted answers of control tasks, by number.

    Returns:
        The flags that stand over all people and rules, the clearest first; none where the form asks
        for anything but one choice or one text.
    """
    work = work_of(facts, control_answers, accepted)
    if work is None:
        return []
    from aggregation.quality.rules.registry import examine

    found = examine(work, facts.settings.quality.false_discoveries)
    return [
        Flag(
            int(one.finding.workers[0]),
            one.finding.rule,
            f"{one.finding.rule}: {one.finding.line}",
            one.adjusted,
        )
        for one in found
    ]


def work_of(
    facts: ProjectFacts,
    control_answers: Sequence[LedgerAnnotation] = (),
    accepted: Mapping[int, Sequence[str]] | None = None,
) -> "Work | None":
    """Return the record of people's work, as `flags_of` gives it to the rules.

    Returns:
        The record; None where nobody answered, or the form asks for anything but one choice or one
        text.
    """
    only = facts.equivalence.form.only
    is_text = only is not None and only.answer_type is AnswerType.TEXT
    if only is None or not (is_text or facts.equivalence.form.is_one_choice):
        return None
    rows = [
        *_asked_rows(facts),
        *(
            {
                **_row(one, _control(one.task)),
                "is_blind": True,
                "text": "",
                "asked_as": "control",
                "is_planned": True,
            }
            for one in control_answers
            if _is_answer(one)
        ),
    ]
    if not rows:
        return None
    # Here, since pandas and scipy would slow every command's start.
    import pandas as pd

    from aggregation.quality.rules.contract import Work

    return Work.of(
        pd.DataFrame(rows),
        labels=() if is_text else facts.labels,
        known={_control(number): set(answers) for number, answers in (accepted or {}).items()},
        is_free_text=is_text,
    )


def answers_given(facts: ProjectFacts) -> Counter[int]:
    """Count the answers that each person gave, control tasks left out, by user."""
    return Counter(one.worker_id for one in facts.state.annotations if _is_answer(one))


def _asked_rows(facts: ProjectFacts) -> Iterator[dict[str, object]]:
    """Yield a row an answer to what the project asks."""
    shown = {one.id: one.answer for one in facts.state.predictions}
    decisions, texts, planned = facts.state.decisions, facts.state.texts, _planned(facts)
    for one in filter(_is_answer, facts.state.annotations):
        decision = decisions.get(one.task)
        # What was asked in another round of learning is of another difficulty.
        why = f"{facts.state.asked_as(one.task)} {decision.model_version}" if decision else ""
        yield {
            **_row(one, one.task),
            "is_blind": one.blind,
            "text": texts.get(one.task) or "",
            "prelabel": _prelabel(one, shown),
            "asked_as": why,
            "confidence": decision.confidence if decision else None,
            "is_planned": one.id in planned,
        }


def _planned(facts: ProjectFacts) -> set[int]:
    """Return the answers that were planned before anybody answered their task.

    Each task is first given to `policy.votes` people; whoever is asked then is asked because of
    what these said. Before Tandem nobody was.
    """
    votes, met, planned = facts.settings.policy.votes, Counter[int](), set[int]()
    answers = filter(_is_answer, facts.state.annotations)
    for one in sorted(answers, key=lambda one: (one.created_at, one.id)):
        met[one.task] += 1
        if one.earlier or met[one.task] <= votes:
            planned.add(one.id)
    return planned


def _row(one: LedgerAnnotation, task: int | str) -> dict[str, object]:
    return {
        "task": str(task),
        "worker": str(one.worker_id),
        "label": one.answer,
        "seconds": one.lead_time,
        "submitted_at": one.created_at,
    }


def _control(number: int) -> str:
    return f"control {number}"


def _prelabel(one: LedgerAnnotation, shown: Mapping[int, str | None]) -> str | None:
    """Return the pre-label that was shown; None: none was, or it is not known any more."""
    return None if one.blind or one.parent_prediction is None else shown.get(one.parent_prediction)


def _is_answer(one: LedgerAnnotation) -> bool:
    return one.kind == "person" and one.answer is not None and not one.was_cancelled
