"""The object tags that Tandem reads: one file a tag, found by its name in `OBJECTS`."""

from labeling.objects.base import LONGEST_TEXT, ObjectTag, Value
from labeling.objects.hypertext import HyperText
from labeling.objects.paragraphs import Paragraphs
from labeling.objects.text import Text

OBJECTS: dict[str, type[ObjectTag]] = {one.tag: one for one in (Text, HyperText, Paragraphs)}
"""Every object by the name of its tag. A new tag is a new file and its name here."""

__all__ = ["LONGEST_TEXT", "OBJECTS", "HyperText", "ObjectTag", "Paragraphs", "Text", "Value"]
