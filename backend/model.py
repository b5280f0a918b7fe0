"""The model as the rest of the backend sees it: requests in, one answer or error each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from backend.engines import Ability, GenerateRequest, Generation, Request, Scored
from labeling.errors import TandemError

Asked: TypeAlias = Request | GenerateRequest
Answer: TypeAlias = Scored | Generation

Score: TypeAlias = Callable[[Sequence[Request]], list[Scored | TandemError]]
"""Scores requests: for each, in order, what the model said or why it could not."""

Generate: TypeAlias = Callable[[Sequence[GenerateRequest]], list[Generation | TandemError]]
"""Continues prompts: for each, in order, what the model wrote or why it could not."""


@dataclass(frozen=True, slots=True)
class Model:
    """What may be asked of the model.

    Attributes:
        score: Scores requests.
        generate: Continues prompts.
        abilities: Tells what its engine can do, as soon as that is loaded.
    """

    score: Score
    generate: Generate
    abilities: Callable[[], frozenset[Ability]]
