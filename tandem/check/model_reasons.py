"""What the model says, in its own words, about the most suspect labels."""

from dataclasses import replace

from labeling.protocol.judge import ProposedLabel
from routing.model.client import BackendClient
from routing.model.judge import judge
from routing.progress import Progress, silent
from tandem.check.findings import CheckResult


def with_model_reasons(
    result: CheckResult,
    backend: BackendClient,
    project: int,
    count: int,
    progress: Progress = silent,
) -> CheckResult:
    """Ask the model about the most suspect labels.

    Args:
        result: What was found.
        backend: The model's.
        project: The project, whose instruction the model is told.
        count: How many labels it is asked about.
        progress: Called after every few.

    Returns:
        The same labels in the same order, with what the model says of the first.

    Raises:
        BackendUnreachable: It cannot be asked.
    """
    texts, form = result.facts.state.texts, result.facts.equivalence.form
    labels = {
        one.task: ProposedLabel(text=text, label=one.label)
        for one in result.findings(count)
        if (text := texts.get(one.task))
    }
    answer = judge(backend, project, form.config, list(labels.values()), progress)
    judged = dict(zip(labels, answer.results, strict=True))
    return replace(result, model=answer.model, judged=judged)
