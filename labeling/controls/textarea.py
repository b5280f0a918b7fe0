"""`TextArea`: texts that somebody writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from xml.etree.ElementTree import Element

from typing_extensions import override

from labeling.answers.types import AnswerType, canonical_json, strings_of
from labeling.controls.base import Control, Region
from labeling.controls.elements import count_in, is_true, name_of, objects_of, require_one_answer
from labeling.errors import AnswerError


@dataclass(frozen=True)
class TextArea(Control):
    """A `TextArea` tag.

    Source: https://labelstud.io/tags/textarea

    Attributes:
        max_submissions: How many texts there may be; None for any number.
    """

    tag: ClassVar[str] = "TextArea"

    from_name: str
    to_name: str
    required: bool
    max_submissions: int | None

    @classmethod
    @override
    def parse(cls, tag: Element) -> "TextArea":
        """Read a `TextArea` tag.

        Raises:
            LabelConfigError: It is broken, or asked of regions.
        """
        require_one_answer(tag)
        return cls(
            from_name=name_of(tag),
            to_name=objects_of(tag)[0],
            required=is_true(tag, "required"),
            max_submissions=count_in(tag, "maxSubmissions"),
        )

    @property
    def answer_type(self) -> AnswerType:
        """Texts that somebody wrote."""
        return AnswerType.TEXT

    @override
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write the texts as one region of type `textarea`."""
        texts = strings_of(answer)
        if self._written(texts) != answer:
            raise self._refusal(answer)
        return [self._region({"text": texts})]

    @override
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the texts, of several regions in their order; None where all are blank."""
        contents = self._contents(regions, "text")
        lists = [[one] if isinstance(one, str) else one for one in contents]
        if not all(isinstance(one, list) for one in lists):
            raise AnswerError(f"A region of {self.from_name!r} holds no texts")
        texts = [text for one in lists for text in one]
        if not all(isinstance(text, str) for text in texts):
            raise AnswerError(f"A region of {self.from_name!r} holds what is no text")
        return self._written(texts)

    def _written(self, texts: Sequence[str]) -> str | None:
        given = [text for text in texts if text.strip()]
        if self.max_submissions is not None and len(given) > self.max_submissions:
            raise AnswerError(
                f"{len(given)} texts where at most {self.max_submissions} are asked for "
                f"{self.from_name!r}"
            )
        return canonical_json(given) if given else None
