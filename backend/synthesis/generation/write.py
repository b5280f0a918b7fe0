"""Orders go to the model a few at a time, and what comes back onto the disk before the next ones.

Killed anywhere and run again, nothing is asked twice but what was under way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from backend.engines import Engine, GenerateRequest, Generation
from backend.engines.token_estimate import tokens_in
from backend.synthesis.generation.budget import Spending, WritingBudget
from backend.synthesis.generation.orders import Order
from backend.synthesis.generation.prompts import Task, prompt_digest, writing_prompt
from backend.synthesis.generation.recipe import Recipe, WrittenText
from backend.synthesis.generation.text_file import TextFile
from labeling.errors import EngineError
from labeling.hashing import digest_of

AT_ONCE = 16
"""Texts that are asked for together."""

Told: TypeAlias = Callable[[int, int], None]
"""Is told how many texts are there, and how many there will be."""

_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u2018", "\u2019"), ("«", "»"))


@dataclass(frozen=True, slots=True)
class Sampling:
    """How texts are sampled.

    Attributes:
        temperature: The temperature; 0: greedily, so that texts of one prompt are all the same.
        max_tokens: Tokens after which a text ends.
        seed: The run's.
    """

    temperature: float = 1.0
    max_tokens: int = 64
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Writing:
    """What a run came to.

    Attributes:
        new: Texts that were written now.
        known: Texts of the plan that were there before.
        failed: Texts that the model could not write, which a next run asks for again.
        why_failed: What it said of the first of them; empty: none failed.
        is_within_budget: Whether the whole plan could be asked for.
    """

    new: int
    known: int
    failed: int
    why_failed: str
    is_within_budget: bool


def write_texts(
    engine: Engine,
    orders: Sequence[Order],
    task: Task,
    file: TextFile,
    sampling: Sampling,
    budget: WritingBudget,
    told: Told = lambda _, __: None,
) -> Writing:
    """Have a model write what is ordered and is not in the file yet.

    Args:
        engine: The model.
        orders: What is to be written.
        task: What the project asks.
        file: Where texts are kept.
        sampling: How they are sampled.
        budget: What may be used, counting what the file's texts took.
        told: Is told how far it is.

    Returns:
        What was written.

    Raises:
        EngineError: The model fails altogether, or at every text that was new.
        SettingsError: The file cannot be written.
    """
    asked = [_asked(engine, order, task, sampling) for order in orders]
    there = {one.id for one in file.texts}
    open_ = [one for one in asked if one.id not in there]
    spent = Spending.of(file.texts)
    new, errors, is_within = 0, list[EngineError](), True
    for start in range(0, len(open_), AT_ONCE):
        some, is_within = _affordable(open_[start : start + AT_ONCE], spent, budget)
        answers = engine.generate([one.request for one in some]) if some else []
        texts = []
        for one, answer in zip(some, answers, strict=True):
            if isinstance(answer, EngineError):
                errors.append(answer)
            else:
                texts.append(one.written(answer))
        file.add(texts)
        spent += Spending.of(texts)
        new += len(texts)
        told(len(asked) - len(open_) + new, len(asked))
        if not is_within:
            break
    if errors and not new:
        raise errors[0]
    why = errors[0].what if errors else ""
    return Writing(new, len(asked) - len(open_), len(errors), why, is_within)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An order as it is put to the model."""

    id: str
    recipe: Recipe
    request: GenerateRequest

    @property
    def most(self) -> Spending:
        """What it may take."""
        return Spending(tokens_in(self.request.context.before), self.request.max_tokens)

    def written(self, answer: Generation) -> WrittenText:
        """Return what came of it."""
        written = len(answer.token_logprobs) or tokens_in(answer.text)
        return WrittenText(self.id, clean(answer.text), self.recipe, self.most.read, written)


def clean(text: str) -> str:
    """Return the text alone, without what a model may put around it.

    Examples:
        >>> clean(' Text: "It was fun."  ')
        'It was fun.'
        >>> clean('He said "no".')
        'He said "no".'
    """
    found = " ".join(text.split())
    if found.lower().startswith("text:"):
        found = found[len("text:") :].strip()
    for opening, closing in _QUOTES:
        inner = found[1:-1]
        is_quoted = len(found) > 1 and found[0] == opening and found[-1] == closing
        if is_quoted and opening not in inner and closing not in inner:
            return inner.strip()
    return found


def _asked(engine: Engine, order: Order, task: Task, sampling: Sampling) -> _Asked:
    prompt = writing_prompt(
        task, order.label, order.attributes, order.parent, order.parent_label, order.rival
    )
    seed = sampling.seed * 1_000_003 + order.number
    recipe = Recipe(
        order.method,
        order.label,
        f"{engine.name}-{engine.digest[:8]}",
        prompt_digest(prompt),
        sampling.temperature,
        seed,
        order.attributes,
        order.parent,
        order.parent_label,
        order.rival,
    )
    request = GenerateRequest(
        prompt, sampling.max_tokens, ("\n",), temperature=sampling.temperature, seed=seed
    )
    told = (recipe.method, recipe.engine, recipe.prompt, str(sampling), str(order.number))
    return _Asked(digest_of(*told)[:16], recipe, request)


def _affordable(
    asked: Sequence[_Asked], spent: Spending, budget: WritingBudget
) -> tuple[list[_Asked], bool]:
    """Return those that the budget allows whatever they take, and whether these are all."""
    allowed: list[_Asked] = []
    for one in asked:
        spent += one.most
        if not budget.allows(spent):
            return allowed, False
        allowed.append(one)
    return allowed, True
