"""What answers teach about a control that is asked of regions: each that people marked is one."""

from collections.abc import Sequence
from typing import Any

from backend.learning.control_model import Taught
from backend.learning.fit_choice import Answered, Samples, learn_labels
from backend.learning.fit_open import learn_entries
from backend.pipeline.model_client import Model
from backend.questions.choice import LabelQuestion
from backend.questions.open import OpenQuestion
from backend.questions.per_region import RegionsQuestion
from labeling.answers.equivalence import Equivalence
from labeling.answers.types import regions_of
from labeling.errors import AnswerError


def learn_regions(
    question: RegionsQuestion, samples: Samples, model: Model, equivalence: Equivalence
) -> tuple[Taught, dict[str, Any], list[Any]]:
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
    regions = Samples([one.item for one in of_regions], of_regions, [])
    taught, report, used = Taught(), dict[str, Any](), list[Any]()
    match question.of_each:
        case LabelQuestion() as asked:
            taught, report, used = learn_labels(asked, regions, model, None)
        case OpenQuestion() as asked:
            taught, report, used = learn_entries(asked, regions, model, equivalence)
    counts = {"answers": len(told), "texts": len(samples.texts), "open_texts": 0}
    return taught, {**report, **counts, "regions": len(of_regions)}, used


def _apart(question: RegionsQuestion, answered: Answered) -> Sequence[Answered]:
    """Give what people say of each region as an answer of its own."""
    return [
        Answered(question.about(answered.item, span), said, answered.probability)
        for span, said in regions_of(answered.answer).items()
    ]


def _is_readable(answer: str) -> bool:
    try:
        regions_of(answer)
    except AnswerError:
        return False
    return True
