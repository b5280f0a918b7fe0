"""What people answered about a project's texts: what synthetic ones are made from and held against.

A head over embedding and words learns from the answers what tells labels apart. It says which texts
are hard, by heads that did not see their answer, and asked about a synthetic text, whether that
speaks for its label.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from backend.answers_file import label_config_of, read_answers_file
from backend.calibration import stacked_head
from backend.classifiers.word_features import WordFeatures
from backend.classifiers.words import WordsClassifier, features_of, undecided
from backend.synthesis.encoding import Encode
from backend.synthesis.gates import RealTexts
from backend.synthesis.gates.doubt import margins
from backend.synthesis.generation.orders import Answered
from backend.synthesis.generation.prompts import Task
from labeling.errors import SettingsError
from labeling.form.form import parse
from labeling.mathtypes import Floats, Indices
from labeling.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class AnsweredProject:
    """People's answers.

    Attributes:
        task: What a writer has to know.
        values: The labels, as Label Studio stores them.
        texts: People's texts.
        labels: Their labels, as places in `values`, shape (texts,).
    """

    task: Task
    values: tuple[str, ...]
    texts: tuple[str, ...]
    labels: Indices

    @classmethod
    def read(cls, file: Path, settings: Settings, label_config: str | None = None) -> Self:
        """Read people's answers.

        Args:
            file: See `backend.answers_file.read_answers_file`.
            settings: What is said of the instruction, and of prompts.
            label_config: What is asked; None: which of the labels that occur in the file.

        Returns:
            The answers.

        Raises:
            SettingsError: They cannot be used, or more or less is asked than one choice.
            LabelConfigError: The label config is broken.
        """
        table = read_answers_file(file)
        form = parse(label_config or label_config_of(sorted(table["label"].unique())))
        candidates = form.controls[0].candidates if len(form.controls) == 1 else []
        if not candidates:
            raise SettingsError(
                "Texts are written for one choice, and the label config asks for something else",
                where="--label-config",
                hint="Leave it out, or give one with a single Choices or Rating.",
            )
        values = {one.text: one.value for one in candidates}
        values |= {one.value: one.value for one in candidates}
        if unknown := sorted({*table["label"]} - {*values}):
            raise SettingsError(
                f"The answer {unknown[0]!r} is not in the label config",
                where=str(file),
                hint=f"It offers: {', '.join(one.value for one in candidates)}.",
            )
        names = tuple(one.value for one in candidates)
        labels = np.array([names.index(values[one]) for one in table["label"]], dtype=np.intp)
        task = Task(
            settings.prompt.instruction or "",
            {one.value: one.text for one in candidates},
            {one.value: one.hint for one in candidates if one.hint},
            chat=settings.prompt.chat == "always",
        )
        return cls(task, names, tuple(table["text"]), labels)


@dataclass(frozen=True, slots=True)
class LearnedProject:
    """What people's answers teach.

    Attributes:
        project: The answers.
        embeddings: Of their texts, shape (texts, dims); None: there is no embedding model.
        classifier: Learned from all of them.
        believed: What the other answers teach of each text's labels, shape (texts, labels).
    """

    project: AnsweredProject
    embeddings: Floats | None
    classifier: WordsClassifier
    believed: Floats

    @classmethod
    def learn(cls, project: AnsweredProject, encode: Encode) -> Self:
        """Learn from people's answers.

        Args:
            project: The answers.
            encode: Encodes texts.

        Returns:
            What they teach.
        """
        embeddings = encode(project.texts)
        words = WordFeatures.fit(project.texts)
        none = undecided(len(project.texts), len(project.values))
        features = features_of(words, project.texts, embeddings)
        head, out_of_fold = stacked_head.fit(none, features, project.labels)
        classifier = WordsClassifier(project.values, words, head)
        return cls(project, embeddings, classifier, out_of_fold)

    @property
    def hardest_first(self) -> list[Answered]:
        """People's texts, from what the other answers teach least about."""
        labels = self.project.labels
        of_label = self.believed[np.arange(len(labels)), labels]
        order = np.argsort(of_label, kind="stable").tolist()
        texts, values = self.project.texts, self.project.values
        return [Answered(texts[place], values[labels[place]]) for place in order]

    @property
    def confusion(self) -> Floats:
        """How far two labels are taken for each other: mean product of what is believed of both.

        Shape (labels, labels).
        """
        found: Floats = self.believed.T @ self.believed / len(self.believed)
        return found

    @property
    def usual_margin(self) -> float:
        """The median of how far the top label of a text is more probable than the second."""
        return float(np.median(margins(self.believed)))

    def beside(self, held_out: tuple[str, ...], encode: Encode) -> RealTexts:
        """Return people's texts as gates read them, beside what is held out.

        Args:
            held_out: Texts that something is judged on.
            encode: Encodes texts.

        Returns:
            Both.
        """
        vectors = encode(held_out) if held_out else None
        return RealTexts(
            self.project.texts, self.project.labels, self.embeddings, held_out, vectors
        )
