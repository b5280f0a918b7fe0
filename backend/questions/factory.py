"""Which question a control is put to the model as, and in which words."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from backend.confidence.methods import methods_for
from backend.prompts import PromptBuilder
from backend.prompts.builder import builder_for
from backend.prompts.examples import ExamplePlan
from backend.prompts.frame import PromptFrame
from backend.questions.base import Question
from backend.questions.beam import PathBeam
from backend.questions.choice import ChoiceQuestion
from backend.questions.item import content_free
from backend.questions.multi_choice import YES_NO, MultiChoiceQuestion
from backend.questions.number_text import NumberTextQuestion
from backend.questions.pair import FIRST, SECOND, PairLogprob, PairQuestion
from backend.questions.per_region import PerRegionQuestion
from backend.questions.solved_items import ShownExamples, takes_examples
from backend.questions.spans import SpansQuestion
from backend.questions.wording import preface_of, question_text, title_of
from labeling.answers.types import AnswerType
from labeling.controls import Candidate, Control, Number, OfRegions
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form
from labeling.settings.settings import Settings

NUMBER_TOKENS = 24
"""Tokens of a number: those of every double, and some."""


@dataclass(frozen=True)
class QuestionFactory:
    """What questions are made of.

    Attributes:
        form: The form.
        settings: The settings.
        instruction: What the project tells its annotators.
        engine: The engine's name and the model's.
    """

    form: Form
    settings: Settings
    instruction: str
    engine: str

    def question(self, control: Control, plan: ExamplePlan | None = None) -> Question:
        """Make the question that puts a control to the model.

        Args:
            control: The control.
            plan: Says which solved items its prompts show, behind those of the settings; None:
                none. A control that can show none is asked without; see `takes_examples`.

        Returns:
            The question.

        Raises:
            SettingsError: The prompt's template or examples cannot be used.
        """
        if isinstance(control, OfRegions):
            return PerRegionQuestion.of(control, self.question(control.inner))
        question = _MAKERS[control.answer_type](self, control)
        return question if plan is None else self._with_examples(question, plan)

    def builder(
        self, candidates: Sequence[Candidate], question: str | None, end: str = ""
    ) -> PromptBuilder:
        """Make the builder of a prompt.

        Args:
            candidates: What can be answered.
            question: What it ends in; None: the form's only question.
            end: What ends an answer.

        Returns:
            The builder.

        Raises:
            SettingsError: The prompt's template or examples cannot be used.
        """
        return builder_for(
            candidates, self.settings.prompt, self.instruction, question, self._preface, end
        )

    def frame(self, question: str) -> PromptFrame:
        """Make the frame of a prompt that ends in a question to be answered in writing."""
        return self.builder((), question).frame("question")

    def title(self, control: Control) -> str:
        """Return what stands over a control, without a colon or full stop at its end."""
        return title_of(self.form, control)

    def _with_examples(self, question: Question, plan: ExamplePlan) -> Question:
        control = question.control
        if takes_examples(control) and isinstance(
            question, ChoiceQuestion | MultiChoiceQuestion | SpansQuestion
        ):
            silent = frozenset(one.key for one in content_free(self.form))
            return replace(question, examples=ShownExamples(plan, self.form, control, silent))
        return question

    @cached_property
    def _preface(self) -> str:
        """What every prompt says of the whole form: made once, since it names all controls."""
        return preface_of(self.form)


def _choice(factory: QuestionFactory, control: Control) -> ChoiceQuestion:
    candidates, settings = control.candidates, factory.settings
    is_tree = control.answer_type is AnswerType.PATHS
    is_only = factory.form.only is not None and not is_tree
    question = None if is_only else question_text(factory.form, control)
    # A place in a tree begins as the place above it does.
    builder = factory.builder(candidates, question, end="\n" if is_tree else "")
    is_large = is_tree and len(candidates) > settings.writing.taxonomy_beam
    methods = (
        (PathBeam(builder, settings.confidence, control, settings.writing.taxonomy_beam),)
        if is_large
        else methods_for(builder, settings.confidence)
    )
    nothing = tuple(content_free(factory.form))
    return ChoiceQuestion(control, factory.engine, methods, nothing)


def _multi_choice(factory: QuestionFactory, control: Control) -> MultiChoiceQuestion:
    title, is_yes_or_no = factory.title(control), factory.settings.confidence.several == "yes-no"
    if is_yes_or_no:
        builders = tuple(
            factory.builder(
                YES_NO, f"{title} - does “{one.text}”{_explained(one)} apply, Yes or No?\nAnswer:"
            )
            for one in control.candidates
        )
    else:
        names = [replace(one, text=_in_a_sentence(one.text)) for one in control.candidates]
        builders = (factory.builder(names, f"{title} The text is about the"),)
    nothing = tuple(content_free(factory.form))
    return MultiChoiceQuestion(control, factory.engine, builders, nothing, is_yes_or_no)


def _pair(factory: QuestionFactory, control: Control) -> PairQuestion:
    sides = (Candidate("left", FIRST.lower()), Candidate("right", SECOND.lower()))
    question = f"{factory.title(control)} The better one is the"
    builder = factory.builder(sides, question)
    methods = (PairLogprob(builder, factory.settings.confidence),)
    return PairQuestion(control, factory.engine, methods, (), is_symmetric=True)


def _spans(factory: QuestionFactory, control: Control) -> SpansQuestion:
    frames = tuple(
        factory.frame(f"Every {_in_a_sentence(one.text)} in the text, as a JSON list:")
        for one in control.candidates
    )
    return SpansQuestion(control, factory.engine, frames, factory.settings.writing.span_tokens)


def _text(factory: QuestionFactory, control: Control) -> NumberTextQuestion:
    writing = factory.settings.writing
    frame = factory.frame(question_text(factory.form, control))
    equivalence = Equivalence(factory.form, factory.settings.controls)
    return NumberTextQuestion(
        control, factory.engine, frame, writing.text_tokens, None, writing.samples, equivalence
    )


def _number(factory: QuestionFactory, control: Control) -> NumberTextQuestion:
    schema: dict[str, object] = {"type": "number"}
    if isinstance(control, Number):
        step, start = control.step, control.min or 0.0
        is_whole = step is not None and step.is_integer() and start.is_integer()
        # A schema counts steps from 0, a control from its least number.
        has_multiples = step is not None and (start / step).is_integer()
        bounds = {
            "minimum": control.min,
            "maximum": control.max,
            "multipleOf": step if has_multiples else None,
        }
        schema = {"type": "integer" if is_whole else "number"}
        schema |= {name: bound for name, bound in bounds.items() if bound is not None}
    frame = factory.frame(f"{factory.title(control)} (a number):")
    equivalence = Equivalence(factory.form, factory.settings.controls)
    return NumberTextQuestion(
        control, factory.engine, frame, NUMBER_TOKENS, json.dumps(schema), 0, equivalence
    )


def _explained(candidate: Candidate) -> str:
    return f" ({candidate.hint})" if candidate.hint else ""


def _in_a_sentence(name: str) -> str:
    """Write a name as it stands within a sentence: small, unless it is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


_MAKERS: Mapping[AnswerType, Callable[[QuestionFactory, Control], Question]] = {
    AnswerType.CLASS: _choice,
    AnswerType.SCALE: _choice,
    AnswerType.PATHS: _choice,
    AnswerType.SET: _multi_choice,
    AnswerType.PAIR: _pair,
    AnswerType.SPANS: _spans,
    AnswerType.TEXT: _text,
    AnswerType.NUMBER: _number,
}
