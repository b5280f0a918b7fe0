"""A draft for the instruction: a paragraph for each pair of labels, which the admin is to finish.

The words are a template's, not a model's: which of two labels is right in a case that divides good
people is the admin's to decide.
"""

from collections.abc import Mapping

from labeling.form.equivalence import Equivalence
from tandem.guidelines.disagreements import Disagreement, Disagreements, Example
from tandem.pages.formats import excerpt, percent
from tandem.report.wording import answer_in_words, item_in_words

MOST_PAIRS = 5
"""Paragraphs that a draft has at most."""

TO_DECIDE = "**To be decided:** when is it {one}, and when {other}?"


def draft(found: Disagreements, equivalence: Equivalence | None = None) -> str:
    """Write what the instruction should say more clearly, as Markdown.

    Args:
        found: Where good people disagree.
        equivalence: The form; None for one class.

    Returns:
        A line that says what it rests on, and a paragraph for each of the heaviest pairs.
    """
    lines = ["## Draft for the instruction", "", _basis(found)]
    for one in found.pairs[:MOST_PAIRS]:
        lines += ["", *_paragraph(one, equivalence)]
    return "\n".join(lines)


def _basis(found: Disagreements) -> str:
    if not found.shared:
        return (
            "No item has blind answers of two people whose skill is"
            f" {found.good:.0%} or more, so nothing is known of what the instruction leaves open."
        )
    left_out = (
        f" {found.left_out} {'person' if found.left_out == 1 else 'people'} below"
        f" {found.good:.0%} {'is' if found.left_out == 1 else 'are'} left out."
        if found.left_out
        else ""
    )
    return (
        f"{found.people} good people, asked blind, disagree on {found.divided} of {found.shared}"
        f" items that several of them answered.{left_out}"
        + ("" if found.pairs else " The instruction leaves nothing open that they differ in.")
    )


def _paragraph(one: Disagreement, equivalence: Equivalence | None) -> list[str]:
    text = one.examples[0].text
    first, second = (_label(label, equivalence, text) for label in one.labels)
    return [
        f"### {first} or {second}?",
        "",
        f"Of {one.either} items that were called one of the two, {one.items} were called both:"
        f" {percent(one.weight)} of all disagreement. These show it best:",
        "",
        *(f"- {_example(each, equivalence)}" for each in one.examples),
        "",
        TO_DECIDE.format(one=first, other=second),
    ]


def _example(example: Example, equivalence: Equivalence | None) -> str:
    said = _votes(example.votes, equivalence, example.text)
    text = excerpt(" ".join(item_in_words(equivalence, example.text).split()))
    return f"“{text}” ({said}; task {example.task})"


def _votes(votes: Mapping[str, int], equivalence: Equivalence | None, text: str | None) -> str:
    return ", ".join(
        f"{count} for {_label(label, equivalence, text)}" for label, count in votes.items()
    )


def _label(label: str, equivalence: Equivalence | None, text: str | None) -> str:
    return excerpt(answer_in_words(equivalence, label, text))
