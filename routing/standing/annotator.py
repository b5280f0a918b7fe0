"""Where the annotator stands: what it was asked, what that cost and saves, and how good it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.facts.project import ProjectFacts


@dataclass(frozen=True, slots=True)
class LabelSkill:
    """How good the annotator is on texts of one label.

    Attributes:
        label: The label, by people.
        texts: Texts that it was judged by.
        right: Those of them that it labelled so, too.
        accuracy: How often it is expected to be right, in [0, 1].
        low: The lower end of the interval, which holds that with 95%.
        high: The upper end.
    """

    label: str
    texts: int
    right: int
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AnnotatorStanding:
    """Where the annotator stands.

    Attributes:
        model: What the settings call it; of several one after the other, the last that answered.
        labelled: Open texts that it labelled.
        drawn: Texts that it labelled after people had, so that its skill is known.
        spent: What all its labels cost, in human labels.
        budget: What they may cost in all.
        saved: Human labels that they were expected to save when it was asked.
        weight: How much its labels count beside the model's belief; 1 where its errors are
            independent of the model's.
        skills: How good it is, by label, in the form's order.
    """

    model: str
    labelled: int
    drawn: int
    spent: float
    budget: float
    saved: float
    weight: float
    skills: Sequence[LabelSkill]


def annotator_standing(facts: ProjectFacts) -> AnnotatorStanding | None:
    """Return where the annotator stands; None where it never labelled anything."""
    labels = [*facts.state.annotator_labels.values()]
    if not labels:
        return None
    model = max(labels, key=lambda one: (one.at, one.task)).model
    own = [one for one in labels if one.model == model]
    skill = facts.annotator.skill(model)
    intervals = skill.intervals()
    return AnnotatorStanding(
        model=model,
        labelled=sum(not one.is_drawn for one in own),
        drawn=sum(one.is_drawn for one in own),
        spent=sum(one.price for one in labels),
        budget=facts.settings.annotator.budget,
        saved=sum(one.worth for one in labels),
        weight=skill.weight,
        skills=[
            LabelSkill(
                label=label,
                texts=int(skill.texts[place]),
                right=int(skill.right[place]),
                accuracy=float(skill.accuracies[place]),
                low=float(intervals[place, 0]),
                high=float(intervals[place, 1]),
            )
            for place, label in enumerate(facts.annotator.offered)
        ],
    )
