"""How a synthetic text came about, and the text: what a file of them holds, a line each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias, get_args

from labeling.json_values import count, number, record, table, text

Method: TypeAlias = Literal["zero-shot", "attributes", "paraphrase", "counterfactual", "uncertain"]
"""The ways to have a model write texts of a label."""

METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one text came about; the same recipe gives the same text where the engine does.

    Attributes:
        method: The way.
        label: The label that it was written for, as Label Studio stores it.
        engine: The model's name and the first digits of its digest.
        prompt: SHA-256, in hex, over all that the model read.
        temperature: It was sampled at.
        seed: Of the sampling.
        attributes: Values of attributes that it was to have, by attribute.
        parent: The real text that it was made of; empty: none.
        parent_label: That text's label by people; empty: there is no such text.
        rival: The label that the text could be taken for; empty: none was named.
    """

    method: Method
    label: str
    engine: str
    prompt: str
    temperature: float
    seed: int
    attributes: Mapping[str, str]
    parent: str = ""
    parent_label: str = ""
    rival: str = ""


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A synthetic text.

    Attributes:
        id: Names its place in a run: see `backend.synthesis.generation.orders`.
        text: What the model wrote; empty: nothing of use.
        recipe: How it came about.
        read: Tokens of the prompt, estimated.
        written: Tokens that the model wrote; estimated where it does not tell.
    """

    id: str
    text: str
    recipe: Recipe
    read: int
    written: int

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types; `synthetic` is there for whoever meets the line elsewhere."""
        recipe = self.recipe
        return {
            "id": self.id,
            "text": self.text,
            "label": recipe.label,
            "synthetic": True,
            "recipe": {
                "method": recipe.method,
                "engine": recipe.engine,
                "prompt": recipe.prompt,
                "temperature": recipe.temperature,
                "seed": recipe.seed,
                "attributes": dict(recipe.attributes),
                "parent": recipe.parent,
                "parent_label": recipe.parent_label,
                "rival": recipe.rival,
            },
            "tokens": {"read": self.read, "written": self.written},
        }

    @classmethod
    def from_json(cls, content: Any) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(content, "id", "text", "label", "synthetic", "recipe", "tokens")
        own = record(
            found["recipe"],
            *("method", "engine", "prompt", "temperature", "seed"),
            *("attributes", "parent", "parent_label", "rival"),
        )
        if own["method"] not in METHODS:
            raise ValueError("there is no such way to write")
        tokens = record(found["tokens"], "read", "written")
        recipe = Recipe(
            own["method"],
            text(found["label"]),
            text(own["engine"]),
            text(own["prompt"]),
            number(own["temperature"]),
            count(own["seed"]),
            {text(name): text(value) for name, value in table(own["attributes"]).items()},
            text(own["parent"]),
            text(own["parent_label"]),
            text(own["rival"]),
        )
        return cls(
            text(found["id"]),
            text(found["text"]),
            recipe,
            count(tokens["read"]),
            count(tokens["written"]),
        )
