"""A label that stands, put to the model: whether it is right, and what speaks for or against it.

The first is P(True) of Kadavath et al., "Language Models (Mostly) Know What They Know" (2022), of
somebody else's label in place of the model's own. The second is a sentence of the model's own,
which nothing vouches for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import softmax

from backend.engines import Ability, Asked, GenerateRequest, Generation, Request, Scored
from backend.engines.steps import Steps
from backend.prompts.builder import builder_for
from backend.prompts.frame import BEHIND, PromptFrame
from backend.questions.item import item_of
from backend.questions.number_text import ended
from backend.questions.wording import preface_of
from backend.runtime.retry_later import RetryLater
from labeling.answers.folding import folded_words
from labeling.errors import EngineError, TandemError
from labeling.form.form import Form
from labeling.protocol.judge import JudgedLabel, ProposedLabel
from labeling.settings.model_sections import PromptSettings

VERDICT = "Is the proposed answer right, True or False?\nAnswer:"
REASON = "Why does the proposed answer fit the text, or why not? One sentence:"

REASON_TOKENS = 64
"""The most of a reason that is written."""

LEAST_SAID = 12
"""Characters of words that are neither the label's nor the question's: fewer say nothing."""

ENDS = (".", "!", "?", "…", "。")
"""What a sentence ends with."""


@dataclass(frozen=True)
class LabelJudge:
    """Asks the model about labels that stand.

    Attributes:
        form: What was asked.
        verdict: Asks whether a label is right.
        reason: Asks what speaks for or against it.
    """

    form: Form
    verdict: PromptFrame
    reason: PromptFrame

    @classmethod
    def of(cls, form: Form, settings: PromptSettings, instruction: str) -> Self:
        """Make the judge of a form's labels.

        Args:
            form: What was asked.
            settings: How the model is asked; its examples show how to answer, not how to judge. A
                reason goes through the chat template unless that is forbidden: behind a plain
                prompt small models end at once.
            instruction: What the project tells its annotators.

        Returns:
            The judge.
        """
        chat = "never" if settings.chat == "never" else "always"

        def frame(question: str, **how: str) -> PromptFrame:
            plain = settings.model_copy(update={"examples": None, **how})
            return builder_for((), plain, instruction, question, preface_of(form)).frame("question")

        return cls(form, frame(VERDICT), frame(REASON, chat=chat))

    def steps(
        self, labels: Sequence[ProposedLabel], abilities: frozenset[Ability], *, with_reasons: bool
    ) -> Steps[list[JudgedLabel]]:
        """Ask about labels, as far as the engine can answer.

        Args:
            labels: What is judged.
            abilities: What the engine can do.
            with_reasons: Whether reasons are asked for.

        Returns:
            A conversation with the model that ends in what it says of each label, in order.
        """
        wanted = abilities if with_reasons else abilities - {Ability.GENERATION}
        asked = [self._requests(one, wanted) for one in labels]
        answers = iter((yield [one for own in asked if isinstance(own, list) for one in own]))
        return [
            _judged(one, [next(answers) for _ in own])
            if isinstance(own, list)
            else JudgedLabel(error=str(own))
            for one, own in zip(labels, asked, strict=True)
        ]

    def _requests(
        self, proposed: ProposedLabel, wanted: frozenset[Ability]
    ) -> list[Asked] | TandemError:
        try:
            prompt = item_of(self.form, proposed.text).prompt
        except TandemError as error:
            return error
        shown = f"{prompt}{BEHIND}Proposed answer: {proposed.label}"
        requests: list[Asked] = []
        if Ability.LABEL_LOGPROBS in wanted:
            answers = (f"{self.verdict.lead}True", f"{self.verdict.lead}False")
            requests.append(Request(self.verdict.around(shown), answers))
        if Ability.GENERATION in wanted:
            requests.append(GenerateRequest(self.reason.around(shown), REASON_TOKENS, ("\n",)))
        return requests


def _judged(proposed: ProposedLabel, answers: Sequence[Any]) -> JudgedLabel:
    judged = JudgedLabel()
    for answer in answers:
        if isinstance(answer, Scored) and not np.all(np.isfinite(answer.loglikelihoods)):
            answer = EngineError("The model gave no finite scores for this text")
        match answer:
            case RetryLater():
                return JudgedLabel(error=str(answer), retry=True)
            case TandemError():
                judged["error"] = str(answer)
            case Scored():
                judged["p_true"] = round(float(softmax(answer.loglikelihoods)[0]), 6)
            case Generation():
                if reason := reason_in(answer, proposed):
                    judged["reason"] = reason
    return judged


def reason_in(written: Generation, proposed: ProposedLabel) -> str:
    """Return the sentence that the model wrote; empty where it says nothing.

    Left out is what breaks off, what goes in circles, what is copied from the text, and what has
    hardly a word beside the label and the question.

    Args:
        written: What it wrote.
        proposed: What it was asked about.
    """
    reason = ended(written)
    words = folded_words(reason).split()
    known = folded_words(f"{proposed.label} {REASON}").split()
    says_little = sum(map(len, {*words} - {*known})) < LEAST_SAID
    goes_in_circles = 2 * len({*words}) <= len(words)
    is_copied = f" {' '.join(words)} " in f" {folded_words(proposed.text)} "
    breaks_off = not written.is_whole and reason[-1:] not in ENDS
    return "" if says_little or goes_in_circles or is_copied or breaks_off else reason
