"""A project's label config, read once: which controls can be answered, and from which text."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from label_studio_sdk._legacy.exceptions import (
    LabelStudioValidationErrorSentryIgnored,
    LabelStudioXMLSyntaxErrorSentryIgnored,
    LSConfigParseException,
)
from label_studio_sdk.label_interface.interface import LabelInterface

from labeling.controls import CONTROLS, Control
from labeling.errors import LabelConfigError, TaskError

TEXT_TAGS = ("Text",)
"""Object tags whose content is plain text."""

_BROKEN = (
    LSConfigParseException,
    LabelStudioXMLSyntaxErrorSentryIgnored,
    LabelStudioValidationErrorSentryIgnored,
    SyntaxError,
    LookupError,
    ValueError,
    AttributeError,
    TypeError,
)
"""What the SDK raises on configs that it cannot read: its own errors, and slips on odd XML."""

LONGEST_TEXT = 1_000_000
"""Characters of one text beyond which a task is refused rather than read."""


@dataclass(frozen=True)
class Form:
    """What a label config asks.

    Attributes:
        config: The label config itself, XML.
        controls: The controls that Tandem answers, in the config's order; at least one.
        left_to_people: `Tag name` of each control that only people can answer.
        texts: For each object tag of plain text, its name and the task field that it shows.
    """

    config: str
    controls: tuple[Control, ...]
    left_to_people: tuple[str, ...]
    texts: Mapping[str, str]

    @property
    def control(self) -> Control:
        """The control that is answered: the first one that the config names."""
        return self.controls[0]

    @property
    def digest(self) -> str:
        """SHA-256 of the label config, in hex: equal configs ask the same."""
        return hashlib.sha256(self.config.encode()).hexdigest()

    def text_of(self, data: Mapping[str, Any]) -> str:
        """Read the text that the control is about out of a task's data.

        Numbers are read as their digits, since Label Studio shows them so.

        Raises:
            TaskError: The field is missing, null, empty, not a text, or too long.
        """
        field = self.texts[self.control.to_name]
        value = data.get(field)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if value is None:
            raise TaskError(f"The task has no field {field!r}", mend="Add it to the task's data.")
        if not isinstance(value, str):
            raise TaskError(f"The task's field {field!r} is not a text")
        if not value.strip():
            raise TaskError(f"The task's field {field!r} is empty")
        if len(value) > LONGEST_TEXT:
            raise TaskError(f"The task's field {field!r} is longer than {LONGEST_TEXT} characters")
        return value


def parse(config: str) -> Form:
    """Read a label config.

    Raises:
        LabelConfigError: The XML is broken, or no control in it can be answered from a text.
    """
    interface = _interface(config)
    texts = {
        tag.name: tag.value_name
        for tag in interface.objects
        if tag.tag in TEXT_TAGS and (tag.value or "").startswith("$")
    }
    *_, tree = interface.parse(config)
    elements = {element.get("name"): element for element in tree.iterfind(".//*[@toName]")}
    controls = []
    left_to_people = []
    for tag in interface.controls:
        control = CONTROLS[tag.tag].parse(elements[tag.name]) if tag.tag in CONTROLS else None
        if control is not None and texts.keys() >= set(control.to_names):
            controls.append(control)
        else:
            left_to_people.append(f"{tag.tag} {tag.name!r}")
    if not controls:
        found = ", ".join(left_to_people) or "no control at all"
        raise LabelConfigError(
            f"The label config holds no control that Tandem can answer, only {found}",
            where="label config",
            mend=f"Add a {' or '.join(CONTROLS)} tag on a Text tag.",
        )
    return Form(config, tuple(controls), tuple(left_to_people), texts)


def _interface(config: str) -> LabelInterface:
    if not config.strip():
        raise LabelConfigError(
            "The label config is empty",
            where="label config",
            mend="Set one under Settings, Labeling Interface.",
        )
    try:
        interface = LabelInterface(config)
        interface.validate()  # type: ignore[no-untyped-call]
    except _BROKEN as error:
        reason = " ".join(str(error).split())[:200]
        raise LabelConfigError(
            f"The label config cannot be read: {reason}",
            where="label config",
            mend="Mend it under Settings, Labeling Interface.",
        ) from error
    return interface
