"""The report's numbers on each control: how far people agree, and how well the model does."""

from collections.abc import Iterable, Mapping

import pandas as pd

from aggregation.by_type.regions import by_region
from aggregation.dataset.tasks import answers_in
from aggregation.forms.form import answers_by_control, votes_of
from aggregation.quality.alpha import alpha, mean_similarity
from labeling.answers.types import AnswerType, canonical_regions, regions_of
from labeling.controls import Control
from labeling.errors import NotEnoughVotes
from labeling.form.equivalence import Equivalence
from labeling.metrics import expected_calibration_error
from tandem.report.data import ControlQuality
from tandem.report.quality import ENOUGH_CHECKED

Said = dict[str, str]
"""An answer, by control."""
Pairs = dict[int, tuple[str | None, str | None]]
"""What people and the model say, by task."""

ASKED: Mapping[AnswerType, str] = {
    AnswerType.CLASS: "one out of several",
    AnswerType.SET: "any out of several",
    AnswerType.PATHS: "places in a tree",
    AnswerType.SCALE: "a step of a scale",
    AnswerType.PAIR: "the better of two",
    AnswerType.SPANS: "marked words",
    AnswerType.REGIONS: "of each of these",
    AnswerType.TEXT: "a text",
    AnswerType.NUMBER: "a number",
}
"""What each kind asks for, in words."""


def control_quality(
    dataset: pd.DataFrame, controls: pd.DataFrame, equivalence: Equivalence
) -> tuple[ControlQuality, ...]:
    """Measure each control, in the form's order.

    Args:
        dataset: What `aggregation.dataset.tasks.build` gave.
        controls: What `aggregation.dataset.controls.by_control` made of it.
        equivalence: The form, and how its answers are compared.

    Returns:
        One record per control, in the form's order.
    """
    votes = votes_of(equivalence, answers_in(dataset))
    checked = _checked(dataset, equivalence)
    return tuple(
        _measured(
            equivalence,
            control,
            votes[control.from_name],
            _pairs(control, checked),
            _sure(control, controls),
        )
        for control in equivalence.form.controls
    )


def _checked(dataset: pd.DataFrame, equivalence: Equivalence) -> dict[int, tuple[Said, Said]]:
    """Take apart what people and the model say of the items that both have looked at."""
    both = dataset[dataset["people_label"].notna() & dataset["model_label"].notna()]
    return {
        int(task): (
            answers_by_control(equivalence.form, people),
            answers_by_control(equivalence.form, model),
        )
        for task, people, model in zip(
            both["task"], both["people_label"], both["model_label"], strict=True
        )
    }


def _pairs(control: Control, checked: Mapping[int, tuple[Said, Said]]) -> Pairs:
    name = control.from_name
    pairs = {
        task: (people.get(name), model.get(name))
        for task, (people, model) in checked.items()
        if name in people or name in model
    }
    return _of_regions(pairs) if control.answer_type is AnswerType.REGIONS else pairs


def _of_regions(pairs: Pairs) -> Pairs:
    """Keep the items whose regions the model all found rightly, and what is said of those.

    Of other regions there is no right answer, and what the model claims is claimed given these.
    """
    kept: Pairs = {}
    for task, (people, model) in pairs.items():
        ours, its = regions_of(people or "[]"), regions_of(model or "[]")
        if its and its.keys() <= ours.keys():
            kept[task] = (canonical_regions({span: ours[span] for span in its}), model)
    return kept


def _sure(control: Control, controls: pd.DataFrame) -> dict[int, float]:
    own = controls[(controls["control"] == control.from_name)].dropna(subset=["model_confidence"])
    return dict(zip(own["task"].tolist(), own["model_confidence"].tolist(), strict=True))


def _measured(
    equivalence: Equivalence,
    control: Control,
    votes: pd.DataFrame,
    pairs: Pairs,
    confidence: Mapping[int, float],
) -> ControlQuality:
    same = {task: equivalence.is_same(control, *pair) for task, pair in pairs.items()}
    return ControlQuality(
        name=control.from_name,
        tag=control.tag,
        asked=_asked(control),
        counts=equivalence.counts(control),
        answers=len(votes),
        alpha=_alpha(control, votes),
        similarity=_similarity(control, votes),
        checked=len(pairs),
        same=_mean(same.values()),
        model_similarity=_mean(_alike(equivalence, control, *pair) for pair in pairs.values()),
        confidence=_mean(confidence.values()),
        ece=_ece(confidence, same),
    )


def _asked(control: Control) -> str:
    if control.answer_type is AnswerType.REGIONS:
        return f"{ASKED[control.inner.answer_type]}, {ASKED[control.answer_type]}"
    return ASKED[control.answer_type]


def _alpha(control: Control, votes: pd.DataFrame) -> float | None:
    """Return how far people agree; on regions, those who marked the same ones."""
    try:
        return alpha(
            control.inner.answer_type, _each(control, votes), steps=len(control.candidates)
        )
    except NotEnoughVotes:
        return None


def _similarity(control: Control, votes: pd.DataFrame) -> float | None:
    try:
        inner = control.inner.answer_type
        return mean_similarity(inner, _each(control, votes), steps=len(control.candidates))
    except NotEnoughVotes:
        return None


def _each(control: Control, votes: pd.DataFrame) -> pd.DataFrame:
    """Return votes on what is answered at a time: of regions, on each of them."""
    return by_region(votes)[0] if control.answer_type is AnswerType.REGIONS else votes


def _alike(
    equivalence: Equivalence, control: Control, people: str | None, model: str | None
) -> float:
    if people is None or model is None:
        return 0.0
    return equivalence.similarity(control, people, model)


def _ece(confidence: Mapping[int, float], same: Mapping[int, bool]) -> float | None:
    known = sorted(confidence.keys() & same.keys())
    if len(known) < ENOUGH_CHECKED:
        return None
    claimed, right = [confidence[task] for task in known], [same[task] for task in known]
    return expected_calibration_error(claimed, right)


def _mean(numbers: Iterable[float]) -> float | None:
    known = list(numbers)
    return sum(known) / len(known) if known else None
