"""`POST /judge`: labels that stand go in, whether they fit their texts comes out."""

from typing import NotRequired

from pydantic import Field
from typing_extensions import TypedDict  # what pydantic reads before Python 3.12

from labeling.protocol.body import Body, ConfigText, ProjectId


class ProposedLabel(Body):
    """A label that stands, to be judged.

    Attributes:
        text: What the task shows, as in `AnsweredText`.
        label: What stands, in people's words: what a program writes otherwise, such as spans, the
            model would hardly understand.
    """

    text: str
    label: str


class JudgeRequest(Body):
    """`POST /judge`: whether labels fit their texts.

    Attributes:
        labels: What is judged.
        reasons: Whether the model is to say in a sentence, too, what speaks for or against each.
    """

    labels: list[ProposedLabel] = Field(max_length=1_000)
    label_config: ConfigText
    project: ProjectId = None
    reasons: bool = False


class JudgedLabel(TypedDict):
    """What the model says of one label; a key is left out where it says nothing.

    `p_true` is the probability that it gives to *True* against *False* where it is asked whether
    the label is right, `reason` its own sentence. `error` and `retry` are those of `TaskResult`.
    """

    p_true: NotRequired[float]
    reason: NotRequired[str]
    error: NotRequired[str]
    retry: NotRequired[bool]


class JudgeResponse(Body):
    """What a model says of labels.

    Attributes:
        model: Its name.
        results: One per label, in order.
    """

    model: str
    results: list[JudgedLabel]
