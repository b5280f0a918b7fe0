"""What the model is asked, so that it writes texts of a label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from backend.engines import GenerateRequest, Prompt
from backend.prompts.frame import one_line
from labeling.hashing import digest_of

PROPOSAL_TOKENS = 160
"""Tokens of a list of attributes or values."""

PROPOSAL_TEMPERATURE = 0.7


@dataclass(frozen=True, slots=True)
class Task:
    """What a project asks, as far as a writer has to know it.

    Attributes:
        instruction: What it tells its annotators; may be empty.
        shown: Each label as people see it, by the label as Label Studio stores it.
        hints: What a label means, by the label as Label Studio stores it; may lack some.
        chat: Whether the model's chat template goes around prompts.
    """

    instruction: str
    shown: Mapping[str, str]
    hints: Mapping[str, str]
    chat: bool = False


def writing_prompt(
    task: Task,
    label: str,
    attributes: Mapping[str, str] | None = None,
    parent: str = "",
    parent_label: str = "",
    rival: str = "",
) -> Prompt:
    """Ask for one text of a label.

    Args:
        task: What the project asks.
        label: The label, as Label Studio stores it.
        attributes: What the text is to be like, by attribute.
        parent: A real text that it is to be made of; empty: there is none.
        parent_label: That text's label; the same: a paraphrase is asked for, another one: a text
            that differs no more than it must.
        rival: A label that the text could be taken for; empty: any.

    Returns:
        The prompt. What people wrote stands in it on one line each, so that it cannot forge others.
    """
    rendered = _template("writing.jinja").render(
        instruction=task.instruction.strip(),
        label=task.shown[label],
        hint=task.hints.get(label, ""),
        others=[shown for value, shown in task.shown.items() if value != label],
        attributes=dict(attributes or {}),
        parent=one_line(parent),
        parent_label=task.shown.get(parent_label, ""),
        rival=task.shown.get(rival, ""),
        rival_hint=task.hints.get(rival, ""),
    )
    return Prompt(rendered, "", "", task.chat)


def propose_attributes(instruction: str, labels: Sequence[str]) -> GenerateRequest:
    """Ask for attributes in which texts of a project differ."""
    return _proposal("attributes.jinja", instruction=instruction.strip(), labels=labels)


def propose_values(instruction: str, labels: Sequence[str], attribute: str) -> GenerateRequest:
    """Ask for the values that an attribute may have."""
    return _proposal(
        "values.jinja",
        instruction=instruction.strip(),
        labels=labels,
        attribute=one_line(attribute),
    )


def prompt_digest(prompt: Prompt) -> str:
    """Return SHA-256, in hex, over all that the model reads."""
    return digest_of(prompt.before, prompt.text, prompt.after, str(prompt.chat))


def _proposal(name: str, **values: object) -> GenerateRequest:
    prompt = Prompt(_template(name).render(**values), "", "")
    return GenerateRequest(prompt, PROPOSAL_TOKENS, temperature=PROPOSAL_TEMPERATURE)


@lru_cache(maxsize=8)
def _template(name: str) -> Template:
    environment = Environment(  # noqa: S701 - plain text for a model, no HTML
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined
    )
    return environment.get_template(name)
