"""A frame: what stands around an item's text in a prompt, rendered from a template once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError

from backend.engines.base import Prompt
from labeling.errors import SettingsError
from labeling.hashing import digest_of

_SLOT = "\ue000text\ue000"
"""Stands for the item while the template is rendered, so that no text is ever a template."""

LINE = "\x1e"
"""Parts the lines of what a prompt shows of an item. No text holds it once it is on one line."""

BEHIND = "\x1d"
"""Parts what a prompt shows of an item from which part of it is asked about. As `LINE`."""

SHARED = "\x1c"
"""Parts solved items that many prompts begin with from what is shown of one. As `LINE`."""

OWN = "\x1f"
"""Parts solved items that are for one item alone from what is shown of that. As `LINE`."""


@dataclass(frozen=True, slots=True)
class PromptFrame:
    """What stands around an item.

    Attributes:
        before: What stands before it.
        after: What stands behind it, without space at its end.
        lead: What a continuation begins with: a space, or nothing where one came before.
        chat: Whether the prompt goes through the model's chat template.
    """

    before: str
    after: str
    lead: str
    chat: bool

    @classmethod
    def render(cls, file: Path, *, chat: bool, **values: object) -> Self:
        """Render a template, in which `text` is the place of the item.

        Args:
            file: The template.
            chat: Whether the prompt goes through the model's chat template.
            values: What the template sees besides.

        Returns:
            What stands around the item.

        Raises:
            SettingsError: The template is missing, broken, or does not show the text once.
        """
        before, _, rest = _render(file, text=_SLOT, **values).partition(_SLOT)
        lead = "" if chat or rest != rest.rstrip(" ") else " "
        return cls(before, rest.rstrip(), lead, chat)

    def around(self, text: str) -> Prompt:
        """Put a text in, each part of it on one line, so that it cannot forge the lines around it.

        Args:
            text: One text, or several with `LINE` between them. What stands behind `BEHIND` goes
                before the question, so that questions about parts of a text are about one text.
                Before the text, and before `SHARED` or `OWN`, may stand what `solved` wrote: the
                first is for what all prompts begin with, so that it is read once.
        """
        rest, _, part = text.partition(BEHIND)
        shared, _, rest = rest.rpartition(SHARED)
        own, _, shown = rest.rpartition(OWN)
        after = f"\n{one_line(part)}{self.after}" if part else self.after
        return Prompt(self.before + shared, own + _lines(shown), after, self.chat)

    @property
    def opening(self) -> str:
        """What stands before the item on its own line, such as `Text: `."""
        return self.before.rpartition("\n")[2]

    def digest_with(self, *more: str) -> str:
        """Return SHA-256, in hex, over all that stands around the text, and more."""
        return digest_of(self.before, self.after, str(self.chat), *more)


def solved(text: str, answers: Sequence[tuple[PromptFrame, str]]) -> str:
    """Write a solved item, up to where the next item stands.

    Args:
        text: What prompts show of it; see `PromptFrame.around`.
        answers: What is asked of it, and what is answered, in order; one at least. The frames
            begin alike.

    Returns:
        What stands before the next item in a prompt of any of the frames.
    """
    said = "".join(f"{frame.after} {one_line(answer)}" for frame, answer in answers)
    return f"{_lines(text)}{said}\n\n{answers[0][0].opening}"


def readable(text: str) -> str:
    """Replace what is no character (half of a surrogate pair) so that every encoder reads it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def one_line(text: str) -> str:
    """Lay a text on one line."""
    return " ".join(readable(text).split())


def _lines(shown: str) -> str:
    """Lay each part of what is shown on a line of its own."""
    return "\n".join(one_line(line) for line in shown.split(LINE))


@lru_cache(maxsize=16)
def _compiled(source: str) -> Template:
    """Compile a template, once for all questions of all forms: that takes longer than all else."""
    environment = Environment(  # noqa: S701 - plain text for a model, no HTML
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=False,
        keep_trailing_newline=False,
    )
    return environment.from_string(source)


def _render(file: Path, **values: object) -> str:
    try:
        rendered = _compiled(file.read_text("utf-8")).render(**values)
    except (OSError, UnicodeDecodeError, TemplateError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(
            f"The prompt template cannot be used: {reason}", where=str(file)
        ) from error
    if rendered.count(_SLOT) != 1:
        raise SettingsError(
            f"The prompt template shows the text {rendered.count(_SLOT)} times",
            where=str(file),
            hint="Write {{ text }} in it, once.",
        )
    return rendered
