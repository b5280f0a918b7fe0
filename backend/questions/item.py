"""An item as prompts show it: its texts, each on a line of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.confidence.priors import CONTENT_FREE
from backend.embedding import Vector
from backend.prompts.frame import LINE, one_line
from labeling.errors import TandemError
from labeling.form.config import readable_name
from labeling.form.form import Form
from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class PromptItem:
    """What a task shows.

    Attributes:
        key: The form's item, by which it is known.
        prompt: What prompts show of it.
        texts: The texts themselves, by the object that shows them.
        markable: Of those that are to be labelled in spans, the same with a blank for each
            character that cannot be.
        found: The answers to other questions about it, by their control, where one depends on them.
        embedding: Its embedding, shape (dims,), or why there is none; None: nothing reads it.
        opinions: What learners believe of it, probabilities of shape (labels,): by control, and by
            the learner's name.
    """

    key: str
    prompt: str
    texts: Mapping[str, str]
    markable: Mapping[str, str]
    found: Mapping[str, str] = field(default_factory=dict)
    embedding: Vector | TandemError | None = field(default=None, compare=False)
    opinions: Mapping[str, Mapping[str, Floats]] = field(default_factory=dict, compare=False)


def item_of(form: Form, key: str) -> PromptItem:
    """Prepare an item for prompts.

    Args:
        form: What the label config asks.
        key: The item, as the form writes it.

    Returns:
        The item, with nothing found of it yet.

    Raises:
        TaskError: It is no item of this form.
    """
    texts = form.shown(key)
    return PromptItem(key, shown(texts), texts, form.markable(key))


def content_free(form: Form) -> list[PromptItem]:
    """Return items that say nothing, for the contextual prior."""
    items = []
    for nothing in CONTENT_FREE:
        texts = dict.fromkeys(form.objects, nothing)
        items.append(PromptItem(shown(texts), shown(texts), texts, texts))
    return items


def shown(texts: Mapping[str, str]) -> str:
    """Lay texts out: one alone as it is, several each behind its name."""
    if len(texts) == 1:
        return one_line(next(iter(texts.values())))
    lines = [f"{readable_name(name)}: {one_line(text)}" for name, text in texts.items()]
    return LINE.join(lines)
