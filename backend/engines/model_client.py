"""The model as the rest of the backend sees it: requests in, one answer or error each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from backend.engines import Ability, Asked, GenerateRequest, Generation, Request, Scored
from labeling.errors import TandemError


@dataclass(frozen=True, slots=True)
class ModelClient:
    """What may be asked of the model.

    Attributes:
        ask: Answers requests of both kinds: for each, in order, what the model said or why it could
            not. Those of one text that stand side by side share its reading.
        abilities: Tells what its engine can do, as soon as that is loaded.
    """

    ask: Callable[[Sequence[Asked]], list[Any]]
    abilities: Callable[[], frozenset[Ability]]

    def score(self, requests: Sequence[Request]) -> list[Scored | TandemError]:
        """Score requests; see `ask`."""
        return self.ask(requests)

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | TandemError]:
        """Continue prompts; see `ask`."""
        return self.ask(requests)
