"""Where the annotator stands, in words: what it was asked, what that cost, how good it is. Pure."""

from routing.standing.annotator import AnnotatorStanding, LabelSkill
from tandem.standing.phrases import count, listed

MOST_SAID = 12
"""Labels whose skill is told one by one: those that it was judged by the most texts of."""


def annotator_lines(annotator: AnnotatorStanding | None) -> list[str]:
    """Say where the annotator stands, a sentence or two a line.

    Args:
        annotator: Where it stands; None: it never labelled anything.

    Returns:
        What it was asked and what that cost and saves, and how good it is; nothing of no annotator.
    """
    if annotator is None:
        return []
    known = sorted(annotator.skills, key=lambda one: -one.texts)[:MOST_SAID]
    return [
        f"The annotator {annotator.model} labelled {count(annotator.labelled, 'open text')}, and"
        f" {count(annotator.drawn, 'text')} that people had answered. That cost as much as"
        f" {annotator.spent:.1f} human labels, of {annotator.budget:g} that it may cost, and was"
        f" expected to save {annotator.saved:.0f}.",
        f"By what people say, it is right of {listed([_skill(one) for one in known])}. Beside the"
        f" model's belief its labels count {annotator.weight:.2f} times what they would if it erred"
        " independently of the model. They are nobody's votes: the promise counts people alone.",
    ]


def _skill(one: LabelSkill) -> str:
    return f"{one.label} in {one.accuracy:.0%} ({one.low:.0%} to {one.high:.0%}; {one.texts} texts)"
