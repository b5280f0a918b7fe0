"""What answers teach about a control that is asked of regions: each that people marked is one."""

from collections.abc import Sequence
from typing import Any

from backend.calibration.control_model import ControlModel
from backend.engines.model_client import ModelClient
from backend.learning.fit_choice import ControlSamples, LabeledItem, fit_choice
from backend.learning.fit_open import fit_open
from backend.questions.choice import ChoiceQuestion
from backend.questions.open import OpenQuestion
from backend.questions.per_region import PerRegionQuestion
from labeling.answers.equivalence import Equivalence
from labeling.answers.types import regions_of
from labeling.errors import AnswerError


def fit_regions(
    question: PerRegionQuestion,
    samples: ControlSamples,
    model: ModelClient,
    equivalence: Equivalence,
) -> tuple[ControlModel, dict[str, Any], list[Any]]:
    """Fit what is asked of each region on the regions that people marked.

    What people say of their regions tells how good the model is given the right regions; whether
    it finds those is learned where they are asked for.

    Args:
        question: What was asked.
        samples: What is learned from.
        model: Scores and writes.
        equivalence: Says when two answers say the same.

    Returns:
        What was taught, a report of the fit in JSON's types, and all that moved what was taught.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    told = [one for one in samples.answers if _is_readable(one.answer)]
    of_regions = [region for one in told for region in _apart(question, one)]
    regions = ControlSamples([one.item for one in of_regions], of_regions, [])
    control_model, report, used = ControlModel(), dict[str, Any](), list[Any]()
    match question.inner:
        case ChoiceQuestion() as asked:
            control_model, report, used = fit_choice(asked, regions, model, None)
        case OpenQuestion() as asked:
            control_model, report, used = fit_open(asked, regions, model, equivalence)
    counts = {"answers": len(told), "texts": len(samples.texts), "open_texts": 0}
    return control_model, {**report, **counts, "regions": len(of_regions)}, used


def _apart(question: PerRegionQuestion, answered: LabeledItem) -> Sequence[LabeledItem]:
    """Give what people say of each region as an answer of its own."""
    return [
        LabeledItem(question.about(answered.item, span), said, answered.probability)
        for span, said in regions_of(answered.answer).items()
    ]


def _is_readable(answer: str) -> bool:
    try:
        regions_of(answer)
    except AnswerError:
        return False
    return True
