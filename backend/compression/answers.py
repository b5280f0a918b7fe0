"""People's answers out of a file, and what the language model is asked about their texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend.answers_file import label_config_of, read_answers_file
from backend.calibration.learned_state import LearnedState
from backend.engines import Identity, Request
from backend.pipeline.model_spec import build_model_spec
from backend.questions.choice import ChoiceQuestion
from backend.questions.item import item_of
from labeling.errors import SettingsError
from labeling.form.form import Form, parse
from labeling.mathtypes import Indices
from labeling.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class AnsweredTexts:
    """Texts, what the model is asked about each, and what people answered.

    Attributes:
        values: The labels.
        requests: One a text.
        answers: People's, as places in `values`, shape (texts,).
    """

    values: tuple[str, ...]
    requests: tuple[Request, ...]
    answers: Indices

    def __len__(self) -> int:
        return len(self.requests)

    def part(self, places: Sequence[int]) -> "AnsweredTexts":
        """Return those at some places."""
        requests = tuple(self.requests[place] for place in places)
        return AnsweredTexts(self.values, requests, self.answers[list(places)])

    def halves(self, seed: int = 0) -> tuple["AnsweredTexts", "AnsweredTexts"]:
        """Cut at random into two halves, the second the larger one by at most a text."""
        order = np.random.default_rng(seed).permutation(len(self)).tolist()
        middle = len(order) // 2
        return self.part(order[:middle]), self.part(order[middle:])


def read_answers(file: Path, settings: Settings, label_config: str | None = None) -> AnsweredTexts:
    """Read people's answers, and write what the settings ask about their texts.

    Args:
        file: CSV or JSON Lines with `text` and `label`, or with `people_label` as `tandem export`
            writes it; lines without a text or an answer are left out, as are repeated texts.
        settings: Prompt and model.
        label_config: What is asked; None: which of the labels that occur in the file.

    Returns:
        The texts.

    Raises:
        SettingsError: The file cannot be read, has no such columns, fewer than `FEWEST` answers,
            or a label that the label config does not offer.
        LabelConfigError: The label config is broken.
        TaskError: The label config shows more than one text.
    """
    table = read_answers_file(file)
    form = parse(label_config or label_config_of(sorted(table["label"].unique())))
    question = _question(form, settings)
    values = {candidate.text: candidate.value for candidate in question.control.candidates}
    values |= {value: value for value in question.values}
    unknown = sorted({*table["label"]} - {*values})
    if unknown:
        raise SettingsError(
            f"The answer {unknown[0]!r} is not in the label config",
            where=str(file),
            hint=f"It offers: {', '.join(question.values)}.",
        )
    prompts = question.prompts([item_of(form, text) for text in table["text"]])
    builder = question.methods[0].builder
    answers = [question.values.index(values[label]) for label in table["label"]]
    return AnsweredTexts(
        tuple(question.values),
        tuple(builder.request(prompt) for prompt in prompts),
        np.array(answers, dtype=np.intp),
    )


def _question(form: Form, settings: Settings) -> ChoiceQuestion:
    # Only what is asked counts here, not which model is asked.
    model_spec = build_model_spec(settings, Identity("", ""), form, LearnedState(""))
    [question, *others] = model_spec.questions
    if others or not isinstance(question, ChoiceQuestion):
        raise SettingsError(
            "Models are compared on one choice, and the label config asks for something else",
            where="--label-config",
            hint="Leave it out, or give one with a single Choices or Rating.",
        )
    return question
