"""Skill a label: how often each person recognises every label, and what they say instead."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.facts.label_skills import has_label_skills, project_label_skills
from routing.facts.project import ProjectFacts

MOST_LABELS = 8
"""Labels that are shown; of more, those with the most answers."""
ENOUGH_ANSWERS = 3.0
"""Answers on a label below which somebody's skill would be little but the crowd's."""
WORTH_SAYING = 0.1
"""A label that is said instead is named from this probability on."""


@dataclass(frozen=True, slots=True)
class LabelSkill:
    """How often somebody recognises a label.

    Attributes:
        label: The true label.
        answers: Answers that they gave on it, as expected.
        skill: The probability that they say it, in [0, 1].
        low: The lower end of its 95% interval.
        high: The upper end.
        instead: What else they say most often; None: nothing that is worth saying.
        confused: The probability of that.
    """

    label: str
    answers: float
    skill: float
    low: float
    high: float
    instead: str | None = None
    confused: float = 0.0


@dataclass(frozen=True, slots=True)
class SkillTable:
    """People's skills by label.

    Attributes:
        labels: The labels that are shown.
        left_out: How many others there are.
        people: Each person's skill on each of these; None: too few of their answers tell.
    """

    labels: Sequence[str]
    left_out: int
    people: Sequence[tuple[str, Sequence[LabelSkill | None]]]


def skill_table(facts: ProjectFacts) -> SkillTable | None:
    """Return people's skills by label.

    Args:
        facts: What is known of a project.

    Returns:
        A row a person; None where one label is not all that is asked, or nothing is known yet.
    """
    if not has_label_skills(facts.equivalence) or not facts.consensus.people:
        return None
    skills = project_label_skills(facts.consensus)
    order = np.argsort(-skills.answers.sum(axis=0), kind="stable")[:MOST_LABELS]
    shown, table = sorted(order.tolist()), skills.table()
    labels = [str(one) for one in skills.labels]
    known = table.to_numpy().reshape(len(skills.workers), len(labels), -1)
    rows: list[tuple[str, list[LabelSkill | None]]] = []
    for place, worker in enumerate(skills.workers):
        cells: list[LabelSkill | None] = []
        for y in shown:
            answers, skill, low, high = map(float, known[place, y])
            said = np.array(skills.confusions[place, y])
            said[y] = 0.0
            most = int(said.argmax())
            is_told = said[most] >= WORTH_SAYING
            cells.append(
                LabelSkill(
                    labels[y],
                    answers,
                    skill,
                    low,
                    high,
                    labels[most] if is_told else None,
                    float(said[most]) if is_told else 0.0,
                )
                if answers >= ENOUGH_ANSWERS
                else None
            )
        if any(cells):
            rows.append((str(worker), cells))
    shown_labels = [labels[y] for y in shown]
    return SkillTable(shown_labels, len(labels) - len(shown), rows) if rows else None


def label_skill_lines(table: SkillTable | None, worker: str) -> list[str]:
    """Return how often a person recognises each label, a line each.

    Args:
        table: Everybody's skills; None: nothing is known.
        worker: The name that their answers count under, which is their address.

    Examples:
        >>> bad = LabelSkill("sad", 20, 0.5, 0.31, 0.69, "angry", 0.4)
        >>> label_skill_lines(SkillTable(["sad"], 0, [("ann@x", [bad])]), "ann@x")
        ['sad: recognised 50% (31% to 69%) by 20 answers; says angry instead 40%']
    """
    cells = next((cells for name, cells in table.people if name == worker), ()) if table else ()
    return [
        f"{one.label}: recognised {one.skill:.0%} ({one.low:.0%} to {one.high:.0%})"
        f" by {one.answers:.0f} answers"
        + (f"; says {one.instead} instead {one.confused:.0%}" if one.instead else "")
        for one in cells
        if one is not None
    ]
