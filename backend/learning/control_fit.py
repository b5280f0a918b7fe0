"""What fitting one control came to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.calibration.control_model import ControlModel
from backend.learning.material import Material


@dataclass(frozen=True, slots=True)
class ControlFit:
    """What fitting one control came to.

    Attributes:
        control_model: What was fitted.
        report: The figures behind it, in JSON's types.
        content: All that moved what was fitted, in JSON's types, for its digest; empty: nothing.
        material: What was learned from, as further learners are given it; None: it is not theirs to
            learn, or nothing was learned.
    """

    control_model: ControlModel = field(default_factory=ControlModel)
    report: dict[str, Any] = field(default_factory=dict)
    content: Sequence[Any] = ()
    material: Material | None = None
