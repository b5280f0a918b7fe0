"""The finished dataset by control: one row an item and control, as the item's own row has it.

Whose label counts was decided for the whole item; see `aggregation.dataset.tasks`. Here that label
is taken apart, and each part gets what is known of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd

from aggregation.beliefs import PartBelief
from aggregation.by_type.classes import Classes
from aggregation.by_type.regions import Regions
from aggregation.by_type.scales import Scales
from aggregation.by_type.sets import Sets
from aggregation.by_type.spans import Spans
from aggregation.consensus import ProjectConsensus
from aggregation.forms.form import FormTruth, answers_by_control
from aggregation.subjective.opinions import NO_OPINIONS, ControlOpinions
from labeling.answers.plain_values import content
from labeling.answers.types import (
    CHOICES,
    AnswerType,
    Span,
    canonical_json,
    content_of,
    regions_of,
    span_of,
)
from labeling.controls import Control
from labeling.errors import TaskError
from labeling.form.equivalence import Equivalence

COLUMNS = (
    "task",
    "control",
    "kind",
    "label",
    "confidence",
    "source",
    "votes",
    "people_distribution",
    "no_single_truth",
    "agreement",
    "model_label",
    "model_confidence",
    "entries",
)


def by_control(
    dataset: pd.DataFrame,
    consensus: ProjectConsensus,
    equivalence: Equivalence,
    opinions: Mapping[str, ControlOpinions] = NO_OPINIONS,
) -> pd.DataFrame:
    """Take the dataset apart.

    Args:
        dataset: What `aggregation.dataset.tasks.build` gave.
        consensus: What it was built of.
        equivalence: The form, and how its answers are compared.
        opinions: What people say of each control that asks for one choice.

    Returns:
        A frame with `COLUMNS`: for each row of the dataset as many as the form has controls, in
        its order. Labels are in JSON's types; see `labeling.answers.plain_values`. `label` is None
        where the item has none yet, which `source` tells, and where the control is left unanswered
        or does not show. `votes` is a list of dicts with `worker` and `label`, `equivalence` the
        mean similarity of two votes on the item. `entries` has for each label of a `SET` or of one
        choice, and each span of `SPANS`, a dict of `entry` and its `probability` by all that the
        label comes from, rejected ones too, and for `REGIONS` what is said of each, as far as that
        is known. `people_distribution` is a dict of the share of people who would give each label,
        and `no_single_truth` says whether no label is simply right, by the opinions. What is not
        known is None, or NaN in `confidence`, `equivalence` and `model_confidence`.
    """
    cut = _Cut(equivalence, consensus, opinions)
    rows = [one for row in dataset.to_dict("records") for one in cut.rows(row)]
    # Plain objects, since pandas would write None as NaN into columns of its own kinds.
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")
    numbers = ("confidence", "agreement", "model_confidence")
    return table.astype({"task": "int64", **dict.fromkeys(numbers, "float64")})


@dataclass(frozen=True, slots=True)
class _Cut:
    """Takes rows apart by what is known of the controls."""

    equivalence: Equivalence
    consensus: ProjectConsensus
    opinions: Mapping[str, ControlOpinions]

    def rows(self, row: Mapping[Any, Any]) -> list[dict[str, Any]]:
        form = self.equivalence.form
        said = _apart(self.equivalence, row["label"])
        model = _apart(self.equivalence, row["model_label"])
        voted = [(vote["worker"], _apart(self.equivalence, vote["label"])) for vote in row["votes"]]
        texts = _texts(self.equivalence, row["text"])
        return [
            self._row(
                row,
                control,
                said.get(control.from_name),
                model.get(control.from_name),
                [(w, own[control.from_name]) for w, own in voted if control.from_name in own],
                texts.get(control.to_name, ""),
            )
            for control in form.controls
        ]

    def _row(
        self,
        row: Mapping[Any, Any],
        control: Control,
        label: str | None,
        model: str | None,
        votes: Sequence[tuple[str, str]],
        text: str,
    ) -> dict[str, Any]:
        def told(answer: str | None) -> Any:
            return None if answer is None else _told(control, answer, text)

        belief = self.consensus.beliefs.get(row["task"])
        part = belief.parts.get(control.from_name) if belief else None
        own = part if label == model else None
        said = self.opinions.get(control.from_name)
        return {
            "task": row["task"],
            "control": control.from_name,
            "kind": control.answer_type.value,
            "label": told(label),
            "confidence": None if label is None else self._confidence(row, control, label, own),
            "source": row["source"],
            "votes": [{"worker": worker, "label": told(answer)} for worker, answer in votes],
            "people_distribution": said and said.distributions.shares.get(row["task"]),
            "no_single_truth": said is not None and not said.has_single_truth(row["task"]),
            "agreement": self._similarity(control, [answer for _, answer in votes]),
            "model_label": told(model),
            "model_confidence": self._model_confidence(row, part) if model is not None else None,
            "entries": None if label is None else self._entries(row, control, label, own, text),
        }

    def _confidence(
        self, row: Mapping[Any, Any], control: Control, label: str, part: PartBelief | None
    ) -> float | None:
        if self.equivalence.form.only is not None:
            return float(row["confidence"])
        if row["source"] == "model":
            return part.confidence if part else None
        return self._truth(row).control_probability(control, row["task"], label)

    def _truth(self, row: Mapping[Any, Any]) -> FormTruth:
        """Return what a row's label comes from: people's answers, or the model's beliefs too."""
        with_model = row["source"] == "both"
        return self.consensus.form_joint if with_model else self.consensus.form_truth

    def _model_confidence(self, row: Mapping[Any, Any], part: PartBelief | None) -> float | None:
        if self.equivalence.form.only is not None:
            return float(row["model_confidence"])
        return part.confidence if part else None

    def _similarity(self, control: Control, votes: Sequence[str]) -> float | None:
        alike = [self.equivalence.similarity(control, *pair) for pair in combinations(votes, 2)]
        return sum(alike) / len(alike) if alike else None

    def _entries(
        self,
        row: Mapping[Any, Any],
        control: Control,
        label: str,
        part: PartBelief | None,
        text: str,
    ) -> list[dict[str, Any]] | None:
        if control.answer_type in CHOICES and self.equivalence.form.only is not None:
            return row["posterior"] and _listed(row["posterior"])
        if row["source"] == "model":
            return _believed(control, part, text)
        match self._truth(row).controls_.get(control.from_name):
            case Classes() | Scales() as chosen:
                return _listed(chosen.probas_.loc[row["task"]].to_dict())
            case Sets() as sets:
                return _listed(sets.marginals_[row["task"]])
            case Spans() as spans:
                return _marked(spans.marginals_[row["task"]], text)
            case Regions() as regions:
                sure = regions.marginals_[row["task"]]
                said = {
                    canonical_json([*span, own]): sure[span]
                    for span, own in regions_of(label).items()
                    if span in sure
                }
                return _said(control, said, text)
        return None


def _believed(control: Control, part: PartBelief | None, text: str) -> list[dict[str, Any]] | None:
    """List what the model believes of each entry of its answer."""
    if part is None:
        return None
    match control.answer_type:
        case AnswerType.REGIONS:
            return _said(control, part.distribution, text)
        case AnswerType.SPANS:
            spans = {span_of(content_of(key)): p for key, p in part.distribution.items()}
            return _marked(spans, text)
        case AnswerType.SET | AnswerType.CLASS | AnswerType.PAIR | AnswerType.SCALE:
            return _listed(part.distribution)
    return None


def _listed(probabilities: Mapping[str, float]) -> list[dict[str, Any]]:
    return [{"entry": label, "probability": p} for label, p in probabilities.items()]


def _marked(probabilities: Mapping[Span, float], text: str) -> list[dict[str, Any]]:
    spans = sorted(probabilities)
    entries = content(AnswerType.SPANS, canonical_json(spans), text)
    return [
        {"entry": entry, "probability": probabilities[span]}
        for entry, span in zip(entries, spans, strict=True)
    ]


def _said(control: Control, probabilities: Mapping[str, float], text: str) -> list[dict[str, Any]]:
    """List what is said of each region, by its key, an entry of the answer as JSON."""
    return [
        {"entry": entry, "probability": probability}
        for key, probability in sorted(probabilities.items())
        for entry in _told(control, f"[{key}]", text)
    ]


def _told(control: Control, answer: str, text: str) -> Any:
    return content(control.answer_type, answer, text, inner=control.inner.answer_type)


def _apart(equivalence: Equivalence, answer: str | None) -> dict[str, str]:
    return {} if answer is None else answers_by_control(equivalence.form, answer)


def _texts(equivalence: Equivalence, item: str | None) -> dict[str, str]:
    """Return the texts that an item shows; none where they cannot be read any more."""
    try:
        return {} if item is None else equivalence.form.shown(item)
    except TaskError:
        return {}
