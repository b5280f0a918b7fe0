"""The control tags that Tandem answers: one file a kind, found by the tag's name in `CONTROLS`."""

from labeling.controls.base import Candidate, Control, Region
from labeling.controls.choices import Choices
from labeling.controls.labels import HyperTextLabels, Labels, ParagraphLabels
from labeling.controls.number import Number
from labeling.controls.pairwise import Pairwise
from labeling.controls.rating import Rating
from labeling.controls.regions import OfRegions
from labeling.controls.taxonomy import Taxonomy
from labeling.controls.textarea import TextArea

_ALL: tuple[type[Control], ...] = (
    Choices,
    Taxonomy,
    Rating,
    Pairwise,
    Number,
    TextArea,
    Labels,
    HyperTextLabels,
    ParagraphLabels,
)

CONTROLS: dict[str, type[Control]] = {control.tag: control for control in _ALL}
"""Every control by the name of its tag. A new tag is a new file and its name here."""

__all__ = [
    "CONTROLS",
    "Candidate",
    "Choices",
    "Control",
    "HyperTextLabels",
    "Labels",
    "Number",
    "OfRegions",
    "Pairwise",
    "ParagraphLabels",
    "Rating",
    "Region",
    "Taxonomy",
    "TextArea",
]
