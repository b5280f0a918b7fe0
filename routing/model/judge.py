"""What the model says of labels that stand, asked for a few at a time."""

from collections.abc import Sequence

from labeling.protocol.judge import JudgedLabel, JudgeRequest, JudgeResponse, ProposedLabel
from routing.model.client import BackendClient
from routing.progress import Progress, silent

TOGETHER = 16
"""Labels a call: writing a sentence of each takes a small model on two cores some seconds."""


def judge(
    backend: BackendClient,
    project: int,
    label_config: str,
    labels: Sequence[ProposedLabel],
    progress: Progress = silent,
) -> JudgeResponse:
    """Ask the model whether labels fit their texts, and why.

    Args:
        backend: Who is asked.
        project: Whose instruction the model is told.
        label_config: What was asked.
        labels: What is judged.
        progress: Called after every few.

    Returns:
        The model's name, and what it says of each label, in order.

    Raises:
        BackendUnreachable: It cannot be asked.
    """
    model, results = "", list[JudgedLabel]()
    for start in range(0, len(labels), TOGETHER):
        body = JudgeRequest(
            labels=[*labels[start : start + TOGETHER]],
            label_config=label_config,
            project=str(project),
            reasons=True,
        )
        answer = _judge_in_time(backend, body)
        model, results = answer.model, [*results, *answer.results]
        progress("Reasons", len(results), len(labels))
    return JudgeResponse(model=model, results=results)


def _judge_in_time(backend: BackendClient, body: JudgeRequest) -> JudgeResponse:
    """Ask again about what the time budget left out, as long as that gets further."""
    answer = backend.judge(body)
    late = [place for place, one in enumerate(answer.results) if "retry" in one]
    if not late or len(late) == len(body.labels):
        return answer
    rest = body.model_copy(update={"labels": [body.labels[place] for place in late]})
    again = dict(zip(late, _judge_in_time(backend, rest).results, strict=True))
    results = [again.get(place, one) for place, one in enumerate(answer.results)]
    return answer.model_copy(update={"results": results})
