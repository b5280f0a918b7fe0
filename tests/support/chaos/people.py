"""People who answer what they are asked; each act follows from the text and the person alone."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from tests.support.loops import Person

Act: TypeAlias = Literal["answer", "edit", "delete", "skip"]

ACTS: Mapping[Act, int] = {"answer": 85, "edit": 6, "delete": 5, "skip": 4}
"""How often a person simply answers, answers and edits that, takes it back first, or skips."""

MISTAKEN = 0.03
LATE = 0.2
"""How often a person is wrong, and how often they answer while a pass is under way."""

OTHER = {"positive": "negative", "negative": "positive"}


class Asked(NamedTuple):
    """A question to a person.

    Attributes:
        place: The task under which it is asked.
    """

    person: Person
    place: int
    text: str


class Standing(NamedTuple):
    """An annotation as its person left it.

    Attributes:
        label: None: skipped.
    """

    task: int
    person: int
    label: str | None


@dataclass
class Crew:
    """Simulated people, with a book of all that they left.

    Attributes:
        truth: The right label, by text.
        book: What stands of theirs, by annotation.
        deleted: Annotations that they took back.
        acts: How often they did what.
    """

    persons: tuple[Person, ...]
    truth: Mapping[str, str]
    book: dict[int, Standing] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    acts: Counter[Act] = field(default_factory=Counter)
    _met: set[tuple[str, int]] = field(default_factory=set)

    def is_late(self, asked: Asked) -> bool:
        """Tell whether the person answers only while the next pass is under way."""
        return _draw(asked, "late").random() < LATE

    def work(self, questions: Iterable[Asked]) -> None:
        """Have each person do with a question what they do with it."""
        for asked in questions:
            self._act(asked)

    def _act(self, asked: Asked) -> None:
        person, place, text = asked
        draw = _draw(asked, "act")
        [act] = draw.choices(list(ACTS), list(ACTS.values()))
        right = self.truth[text]
        label = OTHER[right] if draw.random() < MISTAKEN else right
        if act == "skip" and (text, person.id) not in self._met:
            self._met.add((text, person.id))
            self.acts["skip"] += 1
            self.book[person.skip(place)] = Standing(place, person.id, None)
            return
        self.acts[act if act != "skip" else "answer"] += 1
        made = person.answer(place, OTHER[label] if act == "edit" else label)
        if act == "edit":
            person.edit(made, label)
        if act == "delete":
            person.delete(made)
            self.deleted.add(made)
            made = person.answer(place, label)
        self.book[made] = Standing(place, person.id, label)


def _draw(asked: Asked, purpose: str) -> random.Random:
    return random.Random(f"{purpose} {asked.text} {asked.person.email}")
