"""The control tags that Tandem answers: one file a tag, found by its name in `CONTROLS`."""

from labeling.controls.base import Candidate, Control, Region
from labeling.controls.choices import Choices

CONTROLS: dict[str, type[Control]] = {control.tag: control for control in (Choices,)}
"""Every control by the name of its tag. A new tag is a new file and its name here."""

__all__ = ["CONTROLS", "Candidate", "Choices", "Control", "Region"]
