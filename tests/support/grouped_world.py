"""A project without servers whose model is good in one language and bad in another, and as sure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from labeling.mathtypes import Indices
from labeling.settings.settings import Settings
from routing.facts.populations import promise_of, unchecked
from routing.facts.project import ProjectFacts
from tandem.replay.beliefs import Beliefs
from tandem.replay.people import SimulatedPeople
from tandem.replay.project import SimulatedProject

LANGUAGES = ("en", "de")
WRONG = (0.02, 0.5)
"""How often the model is wrong in each language."""

SIZES = (120, 30)
"""Tasks of each language."""

POLICY = {"target_error": 0.1, "risk": 0.1, "max_votes": 1, "blind_share": 0.0}


class GroupedWorld:
    """A campaign in that world, whose people never err.

    Args:
        seed: Of items, model and audits.
        sizes: Tasks of each language.
        languages: What the languages are called; None: their tasks do not state any.
        policy: What the policy says beside `POLICY`.
    """

    def __init__(
        self,
        seed: int,
        sizes: tuple[int, int] = SIZES,
        languages: tuple[str | None, str | None] = LANGUAGES,
        **policy: Any,
    ) -> None:
        rng = np.random.default_rng([seed, 11])
        group = rng.permutation(np.repeat([0, 1], sizes))
        errors = np.clip(rng.beta(0.8, 6, len(group)), 0.005, 0.45)
        answers = rng.integers(0, 2, len(group))
        is_wrong = rng.random(len(group)) < np.array(WRONG)[group]
        self._gold: Indices = np.where(is_wrong, 1 - answers, answers).astype(np.intp)
        believed = np.where(np.arange(2) == answers[:, None], 1 - errors[:, None], errors[:, None])
        beliefs = Beliefs("simulated", "simulated", "", np.log(believed), self._gold, None)
        settings = Settings.model_validate({"policy": {**POLICY, "seed": seed, **policy}})
        people = SimulatedPeople(lambda item, _: int(self._gold[item]), 1)
        self.group = {task: languages[place] for task, place in enumerate(group.tolist(), start=1)}
        self._project = SimulatedProject(beliefs, people, settings)
        state = self._project.facts.state
        tasks = {
            task: replace(one, group_value=self.group[task]) for task, one in state.tasks.items()
        }
        self._project.facts = self.facts.with_state(replace(state, tasks=tasks))

    @property
    def facts(self) -> ProjectFacts:
        """What is known."""
        return self._project.facts

    def passes(self) -> Iterator[ProjectFacts]:
        """Make passes, each of whose questions people answer, until every promise is certified."""
        while True:
            self._project.make_pass()
            yield self.facts
            answered = self._project.answer()
            if not answered and all(one.kept_at for one in self.facts.state.populations):
                return

    def end(self) -> ProjectFacts:
        """Play it to its end."""
        *_, last = self.passes()
        return last

    @property
    def wrong(self) -> list[int]:
        """The tasks whose label is wrong and that nobody checked."""
        state, names = self.facts.state, self._project.names
        return [
            one.task
            for population in state.populations
            for one in unchecked(state, population)
            if one.label != names[self._gold[one.task - 1]]
        ]

    @property
    def broken(self) -> set[str | None]:
        """The languages whose promise is certified and broken; None: that of all tasks."""
        state = self.facts.state
        wrong = Counter(state.members[task].population for task in self.wrong)
        return {
            one.group_value
            for one in state.populations
            if one.kept_at is not None and wrong[one.number] > promise_of(one).allowed
        }
