"""People's answers held against the model's: where they say the same, and in whose words."""

from collections.abc import Mapping
from dataclasses import replace

from labeling.form.equivalence import Equivalence
from routing.facts.project import ProjectFacts
from routing.facts.settled import SettledLabel
from routing.ledger.records import LedgerAnnotation


def in_words_of(
    frozen: Mapping[int, str | None],
    settled: Mapping[int, SettledLabel],
    equivalence: Equivalence,
) -> dict[int, SettledLabel]:
    """Put what people say in the words of the frozen label, where it says the same.

    So whoever checks a certificate compares strings, and need not know how answers are compared.

    Args:
        frozen: The model's label at the freeze, by task; None where people had answered by then.
        settled: What people say, by task.
        equivalence: Says which answers are the same.

    Returns:
        `settled`, with the frozen label wherever it means the same.
    """
    return {
        task: replace(one, label=label)
        if (label := frozen.get(task)) is not None and equivalence.is_same_answer(label, one.label)
        else one
        for task, one in settled.items()
    }


def agreements(facts: ProjectFacts, *, blind: bool) -> list[bool]:
    """Return, of tasks that were to be reviewed, whether the first answer agrees with the model.

    Some of these are picked at random to be asked blind, so the two lists differ by what the
    pre-label did: see `aggregation.quality.anchoring`.

    Args:
        facts: What is known.
        blind: Of those that were asked blind; else of those that were asked beside the pre-label.

    Returns:
        One entry per task, by ascending id.
    """
    state, latest = facts.state, facts.predictions.latest
    kind = "blind" if blind else "review"
    first: dict[int, LedgerAnnotation] = {}
    for one in sorted(state.annotations, key=lambda one: (one.created_at, one.id)):
        if one.kind == "person" and one.answer is not None and one.blind == blind:
            first.setdefault(one.task, one)
    by_id = {one.id: one.answer for one in state.predictions}
    return [
        facts.equivalence.is_same_answer(
            one.answer or "", by_id.get(one.parent_prediction or 0, latest[task].answer) or ""
        )
        for task, one in sorted(first.items())
        if task in latest and task in state.decisions and state.asked_as(task) == kind
    ]
