"""What people and the model come to about whole forms, beside what people say alone."""

from collections.abc import Iterable, Mapping

from aggregation.beliefs import Posterior
from aggregation.forms.form import FormTruth
from labeling.form.equivalence import Equivalence


def joint_posteriors(
    joint: FormTruth, own: Mapping[int, str], tasks: Iterable[int], equivalence: Equivalence
) -> dict[int, Posterior]:
    """Return how probable the joint answer is, in people's words where theirs says the same.

    People's own follows, where it says something else; it is never more probable.

    Args:
        joint: Fitted to people's answers and the model's beliefs.
        own: What people say alone, by task.
        tasks: Those that are wanted; tasks that people have no answer to are left out.
        equivalence: Which answers say the same.

    Returns:
        The probability of the one answer or of both, by ascending task.
    """
    posteriors: dict[int, Posterior] = {}
    for task in sorted({*tasks} & own.keys() & joint.tasks_.keys()):
        agreed, label = joint.tasks_[task], own[task]
        if equivalence.is_same_answer(agreed.answer, label):
            posteriors[task] = {label: agreed.confidence}
        else:
            alone = joint.probability(task, label)
            posteriors[task] = {agreed.answer: agreed.confidence, label: alone}
    return posteriors
