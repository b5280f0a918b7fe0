"""Any of several labels: of each, whether it applies, asked on its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from backend.engines import Ability, Request, Scored
from backend.learning.taught import Taught
from backend.model import Asked, Model
from backend.prompts import PromptBuilder
from backend.questions.base import digest_of
from backend.questions.item import Item
from backend.questions.open import LIKELY, Found, OpenQuestion
from labeling.answers import strings_of, written
from labeling.controls import Candidate, Control
from labeling.errors import TandemError

YES_NO = (Candidate("yes", "Yes"), Candidate("no", "No"))


@dataclass(frozen=True)
class SeveralQuestion(OpenQuestion):
    """A control of which any candidates make the answer.

    Each label is asked about in a prompt that names no other one, so what is said of it does not
    hang on what else can be picked. What the model says of a label whatever the text is taken out:
    its mean log-odds on content-free texts (Zhao et al., "Calibrate Before Use", ICML 2021).

    Attributes:
        control: The control.
        engine: See `Question`.
        builders: One a label, each asking for `Yes` or `No`.
        nothing: Items that say nothing.
    """

    control: Control
    engine: str
    builders: tuple[PromptBuilder, ...]
    nothing: tuple[Item, ...]

    prior = "contextual"

    @cached_property
    def prompt(self) -> str:
        """See `Question`."""
        return digest_of(*(builder.digest for builder in self.builders))

    @property
    def needs(self) -> dict[str, frozenset[Ability]]:
        """The probabilities of `Yes` and `No`."""
        return {
            f"{self.control.tag} {self.control.from_name!r}": frozenset({Ability.LABEL_LOGPROBS})
        }

    def asked(self, items: Sequence[Item], taught: Taught | None) -> list[Asked]:  # noqa: ARG002
        """List all requests; see `Question`."""
        return [*self._requests([*self.nothing, *items])]

    def find(self, items: Sequence[Item], model: Model) -> list[Found | TandemError]:
        """Ask about every label; see `OpenQuestion`."""
        everything = [*self.nothing, *items]
        scored = model.score(self._requests(everything))
        labels = len(self.builders)
        rows = [scored[at : at + labels] for at in range(0, len(scored), labels)]
        extra = len(self.nothing)
        neutral = np.mean([_log_odds(_all_scored(row)) for row in rows[:extra]], axis=0)
        return [self._found(row, neutral) for row in rows[extra:]]

    def made_of(self, entries: Mapping[str, float]) -> str:
        """Pick the likely labels, and the likeliest where one is required."""
        picked = {name for name, p in entries.items() if p > LIKELY}
        if self.control.required and not picked:
            picked = {max(entries, key=lambda name: entries[name])}
        values = [one.value for one in self.control.candidates]
        return written([value for value in values if value in picked])

    def entries_in(self, answer: str) -> frozenset[str]:
        """Give the labels that were picked."""
        return frozenset(strings_of(answer))

    def _requests(self, items: Sequence[Item]) -> list[Request]:
        return [builder.request(item.prompt) for item in items for builder in self.builders]

    def _found(
        self,
        row: Sequence[Scored | TandemError],
        neutral: NDArray[np.float64],
    ) -> Found | TandemError:
        error = next((one for one in row if isinstance(one, TandemError)), None)
        if error:
            return error
        scored = _all_scored(row)
        probabilities = expit(_log_odds(scored) - neutral)
        values = [candidate.value for candidate in self.control.candidates]
        entries = dict(zip(values, map(float, probabilities), strict=True))
        return Found(
            self.made_of(entries),
            1.0,
            entries,
            truncated=any(one.truncated for one in scored),
            missing=max(one.missing for one in scored),
        )


def _all_scored(row: Sequence[Scored | TandemError]) -> list[Scored]:
    """Give the scores, or raise the error that stands in the place of one."""
    for one in row:
        if isinstance(one, TandemError):
            raise one
    return [one for one in row if isinstance(one, Scored)]


def _log_odds(row: Sequence[Scored]) -> NDArray[np.float64]:
    """Give the log-odds of Yes against No, in nats, shape (labels,)."""
    return np.array([one.loglikelihoods[0] - one.loglikelihoods[1] for one in row])
