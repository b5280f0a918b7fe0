"""Which plans of examples are tried: of people's surest answers, short texts, balanced, diverse."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from backend.engines.token_estimate import tokens_in
from backend.learning.samples import LabeledItem
from backend.prompts.examples import (
    ExampleBank,
    ExamplePlan,
    RetrievedExamples,
    SolvedItem,
    StaticExamples,
)
from backend.prompts.examples.bank import distinct
from backend.questions.solved_items import label_of
from labeling.controls import Control
from labeling.errors import AnswerError
from labeling.mathtypes import Floats

NUMBERS = (4, 8)
"""Examples that are tried, beside one and two a label."""

LARGEST_BANK = 500
"""Items that examples are retrieved from at most: the surest, of equally sure ones the shortest."""

MOST_TOKENS = 1000
"""Tokens of all examples before a text at most, as estimated: so that a text that is too long for
the model is cut in its own middle, and reading stays affordable."""

FEWEST_IN_A_POOL = 8
"""Answers of a label among which the static examples are picked at least, as far as there are."""


@dataclass(frozen=True, slots=True)
class ExampleCandidate:
    """A plan that is tried.

    Attributes:
        name: How it is called in reports.
        plan: The plan.
    """

    name: str
    plan: ExamplePlan


def candidates(
    control: Control, answers: Sequence[LabeledItem], vectors: Mapping[str, Floats] | None
) -> list[ExampleCandidate]:
    """List the plans that are worth a trial. The same answers, in any order, give the same.

    Args:
        control: Whose answers are shown.
        answers: People's answers.
        vectors: Embeddings, shape (dims,) each, by item; None: nothing is retrieved.

    Returns:
        The candidates, those with the fewest examples first.
    """
    solved = _surest_first(control, answers)
    labels = len({one.label for one in solved})
    numbers = sorted({labels, 2 * labels, *NUMBERS})
    return [*_static(solved, vectors, numbers), *_retrieved(solved, vectors)]


def _surest_first(control: Control, answers: Sequence[LabeledItem]) -> list[SolvedItem]:
    """Read answers, each text once, the surest answer first, of equally sure ones the shortest."""
    order = sorted(answers, key=lambda a: (-a.probability, len(a.item.key), a.item.key, a.answer))
    solved = []
    for one in order:
        try:
            label = label_of(control, one.answer)
        except AnswerError:
            continue
        solved.append(SolvedItem(one.item.key, one.answer, label))
    return distinct(solved)


def _static(
    solved: Sequence[SolvedItem],
    vectors: Mapping[str, Floats] | None,
    numbers: Sequence[int],
) -> Iterator[ExampleCandidate]:
    """Yield static plans of each number, in two orders: labels take turns, forwards or back."""
    pools = _pools(solved)
    most = -(-max(numbers) // max(len(pools), 1))
    ranked = [_ranked(pool, vectors, most + 1) for pool in pools]
    seen = set()
    for number in numbers:
        turns = [one for turn in zip_longest(*ranked) for one in turn if one][:number]
        for order, shown in (("", turns), (", reversed", turns[::-1])):
            plan = StaticExamples(tuple(shown), tuple(_spare(one, ranked, turns) for one in shown))
            is_affordable = sum(tokens_in(one.key) for one in shown) <= MOST_TOKENS
            if len(shown) == number and is_affordable and plan.shown not in seen:
                seen.add(plan.shown)
                yield ExampleCandidate(f"{number} for all{order}", plan)


def _pools(solved: Sequence[SolvedItem]) -> list[list[SolvedItem]]:
    """Return each label's surest half, of that the shorter half; the most frequent label first."""
    by_label: dict[str, list[SolvedItem]] = {}
    for one in solved:
        by_label.setdefault(one.label, []).append(one)
    order = sorted(by_label, key=lambda label: (-len(by_label[label]), label))
    pools = []
    for label in order:
        surest = by_label[label][: max(FEWEST_IN_A_POOL, len(by_label[label]) // 2)]
        shortest = sorted(surest, key=lambda one: (len(one.key), one.key))
        pools.append(shortest[: max(FEWEST_IN_A_POOL, len(shortest) // 2)])
    return pools


def _ranked(
    pool: Sequence[SolvedItem], vectors: Mapping[str, Floats] | None, number: int
) -> list[SolvedItem]:
    """Return a label's most typical items, unlike each other; without vectors, its shortest."""
    known = [one for one in pool if vectors is not None and one.key in vectors]
    if vectors is None or not known:
        return [*pool[:number]]
    return [*ExampleBank.of(known, vectors).typical(number)]


def _spare(
    one: SolvedItem, ranked: Sequence[Sequence[SolvedItem]], shown: Sequence[SolvedItem]
) -> SolvedItem | None:
    """Return what may stand in an example's place: one of its label that is not shown."""
    unused = [other for own in ranked for other in own if other not in shown]
    return next((other for other in unused if other.label == one.label), None)


def _retrieved(
    solved: Sequence[SolvedItem], vectors: Mapping[str, Floats] | None
) -> Iterator[ExampleCandidate]:
    """Yield plans that pick the examples for each text."""
    if vectors is None:
        return
    for number in NUMBERS:
        short = [one for one in solved if tokens_in(one.key) <= MOST_TOKENS / number]
        kept = [one for one in short if one.key in vectors][:LARGEST_BANK]
        if number < len(kept):
            bank = ExampleBank.of(kept, vectors)
            yield ExampleCandidate(f"{number} for each", RetrievedExamples(bank, number))
