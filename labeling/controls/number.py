"""`Number`: a number within bounds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from xml.etree.ElementTree import Element

from typing_extensions import override

from labeling.answers.types import AnswerType, shortest
from labeling.controls.base import Control, Region
from labeling.controls.elements import (
    broken,
    is_true,
    name_of,
    number_in,
    objects_of,
    require_one_answer,
)


@dataclass(frozen=True)
class Number(Control):
    """A `Number` tag.

    Source: https://labelstud.io/tags/number

    Attributes:
        min: The smallest number, or None.
        max: The largest number, or None.
        step: What lies between a number and the next, counted from `min` or 0; None for anything.
    """

    tag: ClassVar[str] = "Number"

    from_name: str
    to_name: str
    required: bool
    min: float | None
    max: float | None
    step: float | None

    @classmethod
    @override
    def parse(cls, tag: Element) -> "Number":
        """Read a `Number` tag.

        Raises:
            LabelConfigError: It is broken, or asked of regions.
        """
        require_one_answer(tag)
        least, most, step = (number_in(tag, name) for name in ("min", "max", "step"))
        if least is not None and most is not None and least > most:
            raise broken(tag, "The min is above the max", "Swap them.")
        if step is not None and step <= 0:
            raise broken(tag, "The step is not above 0", "Write a larger one.")
        return cls(
            from_name=name_of(tag),
            to_name=objects_of(tag)[0],
            required=is_true(tag, "required"),
            min=least,
            max=most,
            step=step,
        )

    @property
    def answer_type(self) -> AnswerType:
        """A number."""
        return AnswerType.NUMBER

    @override
    def encode(self, answer: str, text: str = "") -> list[Region]:
        """Write the number as one region of type `number`."""
        try:
            number = float(answer)
        except ValueError:
            raise self._refusal(answer) from None
        if self._written(number) != answer:
            raise self._refusal(answer)
        return [self._region({"number": int(number) if number.is_integer() else number})]

    @override
    def decode(self, regions: Sequence[Region]) -> str | None:
        """Read the number; None where there is none, or a null, which its page takes for none too.

        Of a number that was deleted again, Label Studio's page makes 0, which cannot be told from
        a 0 that was written.
        """
        if [value.get("number", "none") for value in self._own(regions)] == [None]:
            return None
        number = self._content(regions, "number")
        if number is None:
            return None
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise self._refusal(number)
        try:
            return self._written(float(number))
        except OverflowError:
            raise self._refusal(number) from None

    def _written(self, number: float) -> str:
        """Write a number as short as can be.

        Raises:
            AnswerError: It is not finite, out of bounds, or between two steps.
        """
        is_low = self.min is not None and number < self.min
        is_high = self.max is not None and number > self.max
        if not math.isfinite(number) or is_low or is_high or not self._is_step(number):
            raise self._refusal(number)
        return shortest(number)

    def _is_step(self, number: float) -> bool:
        if self.step is None:
            return True
        steps = (number - (self.min or 0.0)) / self.step
        # Decimal steps are not exact: 0.3 / 0.1 is 2.9999999999999996.
        return math.isfinite(steps) and math.isclose(
            steps, round(steps), rel_tol=1e-9, abs_tol=1e-9
        )
