"""The training project's label config: the main project's, and what shows what is right. Pure.

The page shows a part of a form once a choice is made (`visibleWhen="choice-selected"`), and knows
nothing alike for other controls. So where a form asks for one choice, or one each of several, what
is right shows by itself as soon as all are made; elsewhere people open it once they have answered.
"""

from collections.abc import Sequence

from lxml import etree  # type: ignore[import-untyped]

from labeling.answers.types import AnswerType
from labeling.form.form import Form

HEAD = "tandem_head"
"""The field of a task's data that says what the task is, above the form."""

NOTE = "tandem_note"
"""The field of a task's data that says what is right and why, below the form."""

TO_OPEN = "Once you have answered: what is right, and why"
"""What stands on the panel that people open themselves."""

_BOX = (
    "margin: 16px 0; padding: 4px 16px; white-space: pre-wrap;"
    " border: 1px solid rgba(128, 128, 128, 0.6); border-radius: 8px"
)


def with_what_is_right(form: Form) -> str:
    """Return a form's label config with what a training project shows beside it.

    Args:
        form: The main project's.

    Returns:
        The label config, XML, whose controls are the same.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False)
    root = etree.fromstring(form.config.strip().encode(), parser)
    root.insert(0, etree.Element("Header", value=f"${HEAD}", size="6"))
    place = root
    for name in revealing_choices(form):
        place = etree.SubElement(place, "View", visibleWhen="choice-selected", whenTagName=name)
    if place is root:
        place = etree.SubElement(etree.SubElement(root, "Collapse"), "Panel", value=TO_OPEN)
    box = etree.SubElement(place, "View", style=_BOX)
    etree.SubElement(box, "Text", name=NOTE, value=f"${NOTE}")
    return str(etree.tostring(root, encoding="unicode"))


def revealing_choices(form: Form) -> Sequence[str]:
    """List the controls that what is right waits for; none: it must be opened by hand.

    What shows only beside another answer is not waited for, since it may never show.

    Args:
        form: The main project's.

    Returns:
        Names of all controls that always show, where each takes one choice.
    """
    always = [one for one in form.controls if not form.conditions.get(one.from_name)]
    takes_one = all(one.tag == "Choices" and one.answer_type is AnswerType.CLASS for one in always)
    return [one.from_name for one in always] if takes_one else []
