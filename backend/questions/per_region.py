"""What is asked of each labelled span: one question, put about every span by itself."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backend.calibration.control_model import ControlModel
from backend.engines import Ability
from backend.engines.model_client import Abilities
from backend.engines.steps import Steps
from backend.prompts.frame import BEHIND, one_line
from backend.questions.base import Parts, Question
from backend.questions.choice import ChoiceQuestion
from backend.questions.item import PromptItem
from backend.questions.multi_choice import MultiChoiceQuestion
from labeling.answers.types import Span, canonical_json, canonical_regions
from labeling.controls import OfRegions
from labeling.errors import TandemError
from labeling.hashing import digest_of
from labeling.predictions.prediction import Part, Provenance

ABOUT = "About “{}”:"
"""Names the span that a question is about, on a line between the text and the question."""

ABOUT_ONE = "About “{}” in “{}”:"
"""Names one of several that read the same, by what is around it."""

AROUND = 40
"""Characters before and behind it that tell it from the others."""


@dataclass(frozen=True)
class PerRegionQuestion(Question):
    """A control that is asked of each span that another one labels.

    It is asked of the spans that were found, and its probability is that of what it says of
    them, given that they are right. All are right where each is, as if they erred on their own;
    what they do together is left to the calibration of whole forms.

    Attributes:
        control: The control.
        engine: See `Question`.
        inner: Puts what is asked of each span.
    """

    control: OfRegions
    engine: str
    inner: Question

    @classmethod
    def of(cls, control: OfRegions, inner: Question) -> "PerRegionQuestion":
        """Make it of the question that puts `control.inner` about a text.

        Args:
            control: The control.
            inner: The question about a whole text.

        Returns:
            The question about each span.
        """
        if isinstance(inner, ChoiceQuestion | MultiChoiceQuestion):
            # What says nothing has a span that says nothing.
            nothing = tuple(
                _below(one, ABOUT.format(one_line(one.texts[control.to_name])))
                for one in inner.nothing
            )
            inner = replace(inner, nothing=nothing)
        return cls(control, inner.engine, inner)

    @property
    def prompt(self) -> str:
        """See `Question`."""
        return digest_of(self.inner.prompt, ABOUT, ABOUT_ONE, str(AROUND))

    @property
    def digest(self) -> str:
        """See `Question`."""
        return digest_of(self.inner.digest, self.prompt)

    @property
    def needs(self) -> dict[str, frozenset[Ability]]:
        """See `Question`."""
        return self.inner.needs

    def steps(
        self, items: Sequence[PromptItem], control_model: ControlModel, abilities: Abilities
    ) -> Steps[Parts]:
        """Ask about all spans of all items at once; see `Question`."""
        about = self._about_all(items)
        asked = [one for of_item in about for one in of_item.values()]
        parts: Parts = []
        if asked:
            parts = yield from self.inner.steps(asked, control_model, abilities)
        rest = iter(parts)
        return [
            self._joined({span: next(rest) for span in of_item}, control_model) for of_item in about
        ]

    def _about_all(self, items: Sequence[PromptItem]) -> list[dict[Span, PromptItem]]:
        """Make the items that ask about each span that was found in each item."""
        return [
            {
                span: self.about(item, span)
                for span in self.control.asked_in(
                    item.found.get(self.control.marks.from_name, "[]")
                )
            }
            for item in items
        ]

    def about(self, item: PromptItem, span: Span) -> PromptItem:
        """Make the item that asks about a span of another one.

        Args:
            item: The item that the span is of.
            span: First character, the one behind the last, and the label.

        Returns:
            An item of its own.
        """
        named = name_of(item.texts[self.control.to_name], span)
        return replace(_below(item, named), key=canonical_json([item.key, *span]), embedding=None)

    def _joined(
        self, parts: Mapping[Span, Part | TandemError], control_model: ControlModel
    ) -> Part | TandemError:
        """Join the answers about the spans of one item."""
        answered: dict[Span, Part] = {}
        for span, part in parts.items():
            if isinstance(part, TandemError):
                return part
            answered[span] = part
        return Part(
            answer=canonical_regions({span: part.answer for span, part in answered.items()}),
            confidence=math.prod((part.confidence for part in answered.values()), start=1.0),
            distribution={
                canonical_json([*span, part.answer]): part.confidence
                for span, part in answered.items()
            },
            raw_score=math.prod((part.raw_score for part in answered.values()), start=1.0),
            provenance=self._provenance(
                [part.provenance for part in answered.values()], control_model
            ),
        )

    def _provenance(self, behind: Sequence[Provenance], control_model: ControlModel) -> Provenance:
        calibrator = control_model.description
        none = Provenance(self.engine, self.prompt[:12], "none", calibrator)
        return replace(
            behind[0] if behind else none,
            prompt=self.prompt[:12],
            truncated=any(one.truncated for one in behind),
            missing=max((one.missing for one in behind), default=0.0),
        )


def name_of(text: str, span: Span) -> str:
    """Name a span of a text so that it is clear which is meant.

    Args:
        text: The text.
        span: First character, the one behind the last, and the label.

    Returns:
        A line that names it, with what is around it where another part reads the same.
    """
    start, end, _ = span
    words = text[start:end]
    if text.count(words) == 1:
        return ABOUT.format(one_line(words))
    around = text[max(0, start - AROUND) : end + AROUND]
    return ABOUT_ONE.format(one_line(words), one_line(around))


def _below(item: PromptItem, line: str) -> PromptItem:
    """Put a line below what prompts show of an item, before what is asked."""
    return replace(item, prompt=f"{item.prompt}{BEHIND}{line}")
