"""The record of people's work that the rules are given, and what they say of it. Pure.

Rules (`aggregation.quality.rules`) look for signs of carelessness in how people work. They are
shown to the admin, and have somebody asked more control tasks; they decide nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from labeling.answers.types import AnswerType
from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerAnnotation
from routing.people.evidence import Flag


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
    only = facts.equivalence.form.only
    is_text = only is not None and only.answer_type is AnswerType.TEXT
    if only is None or not (is_text or facts.equivalence.form.is_one_choice):
        return []
    rows = [
        *_asked_rows(facts),
        *(
            {**_row(one, _control(one.task)), "is_blind": True, "asked_as": "control"}
            for one in control_answers
            if _is_answer(one)
        ),
    ]
    if not rows:
        return []
    # Here, since pandas and scipy would slow every command's start.
    import pandas as pd

    from aggregation.quality.rules.contract import Work
    from aggregation.quality.rules.registry import examine

    work = Work.of(
        pd.DataFrame(rows),
        labels=() if is_text else facts.labels,
        known={_control(number): set(answers) for number, answers in (accepted or {}).items()},
        is_free_text=is_text,
    )
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


def answers_given(facts: ProjectFacts) -> Counter[int]:
    """Count the answers that each person gave, control tasks left out, by user."""
    return Counter(one.worker_id for one in facts.state.annotations if _is_answer(one))


def _asked_rows(facts: ProjectFacts) -> Iterator[dict[str, object]]:
    """Yield a row an answer, each task's in the order in which they were given."""
    shown = {one.id: one.answer for one in facts.state.predictions}
    decisions, texts = facts.state.decisions, facts.state.texts
    votes, met = facts.settings.policy.votes, Counter[int]()
    for one in sorted(facts.state.annotations, key=lambda one: (one.created_at, one.id)):
        if not _is_answer(one):
            continue
        met[one.task] += 1
        decision = decisions.get(one.task)
        yield {
            **_row(one, one.task),
            "is_blind": one.blind,
            "text": texts.get(one.task) or "",
            "prelabel": _prelabel(one, shown),
            # What was asked in another round of learning is of another difficulty.
            "asked_as": f"{facts.state.asked_as(one.task)} {decision.model_version}"
            if decision
            else "",
            "confidence": decision.confidence if decision else None,
            "is_planned": one.earlier or met[one.task] <= votes,
        }


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
