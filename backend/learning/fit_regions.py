"""What answers teach about a control that is asked of regions: each that people marked is one."""

from collections.abc import Sequence
from dataclasses import replace

from backend.engines.model_client import Abilities
from backend.engines.steps import Steps
from backend.learning.control_fit import ControlFit
from backend.learning.fit_choice import fit_choice
from backend.learning.fit_open import fit_open
from backend.learning.samples import ControlSamples, LabeledItem
from backend.questions.choice import ChoiceQuestion
from backend.questions.open import OpenQuestion
from backend.questions.per_region import PerRegionQuestion
from labeling.answers.types import regions_of
from labeling.errors import AnswerError
from labeling.form.equivalence import Equivalence


def fit_regions(
    question: PerRegionQuestion,
    samples: ControlSamples,
    equivalence: Equivalence,
    abilities: Abilities,
) -> Steps[ControlFit]:
    """Fit what is asked of each region on the regions that people marked.

    What people say of their regions shows how good the model is given the right regions; whether
    it finds those is learned where they are asked for.

    Args:
        question: How the model is asked.
        samples: What is learned from.
        equivalence: Which answers say the same.
        abilities: What the engine can do.

    Returns:
        A conversation that ends in the fit.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    readable = [one for one in samples.answers if _is_readable(one.answer)]
    of_regions = [region for one in readable for region in _apart(question, one)]
    regions = ControlSamples([one.item for one in of_regions], of_regions, [])
    fit = ControlFit()
    match question.inner:
        case ChoiceQuestion() as inner:
            fit = yield from fit_choice(inner, regions, None, abilities)
        case OpenQuestion() as inner:
            fit = yield from fit_open(inner, regions, equivalence)
    counts = {"answers": len(readable), "texts": len(samples.texts), "open_texts": 0}
    return replace(fit, report={**fit.report, **counts, "regions": len(of_regions)})


def _apart(question: PerRegionQuestion, answered: LabeledItem) -> Sequence[LabeledItem]:
    """Return what people say of each region as an answer of its own."""
    return [
        LabeledItem(question.about(answered.item, span), answer, answered.probability)
        for span, answer in regions_of(answered.answer).items()
    ]


def _is_readable(answer: str) -> bool:
    try:
        regions_of(answer)
    except AnswerError:
        return False
    return True
