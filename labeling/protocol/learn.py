"""`POST /learn`: all that a project teaches goes in, what the service believes then comes out."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from labeling.protocol.body import Body, ConfigText, RequiredProjectId


class AnsweredText(Body):
    """One answer of people.

    Attributes:
        label: A `Candidate.value`.
        probability: That it is right, in [0, 1].
        shares: Of each control that asks for an opinion, by its name: the share of people who gave
            each label. The model learns these in place of one answer.
    """

    text: str
    label: str
    probability: float = Field(1.0, ge=0, le=1)
    shares: dict[str, dict[str, Annotated[float, Field(ge=0, le=1)]]] = Field(default={})


class LearnRequest(Body):
    """`POST /learn`: everything that a project teaches, in place of all before.

    Attributes:
        instruction: The instruction of its annotators.
        texts: A sample of its texts, labelled or not.
        answers: People's answers.
        open_texts: A sample of its texts that nobody answered yet.
    """

    project: RequiredProjectId
    label_config: ConfigText
    instruction: str = ""
    texts: list[str] = Field(default=[], max_length=10_000)
    answers: list[AnsweredText] = Field(default=[], max_length=100_000)
    open_texts: list[str] = Field(default=[], max_length=10_000)


class HeldOutPart(Body):
    """What is believed of one control's answer.

    Attributes:
        confidence: Probability that the answer is right, in [0, 1].
        distribution: As in `labeling.predictions.prediction.Part`, without what is hardly possible.
    """

    confidence: float = Field(ge=0, le=1)
    distribution: dict[str, float] = Field(default={})


class HeldOutResult(Body):
    """What the service believes of an answered text, by what the other texts' answers teach.

    Attributes:
        answer: The form's answer.
        confidence: Probability that all of it is right, in [0, 1].
        calibrated: Whether people's answers stand behind the confidence.
        parts: What is believed of each control that shows, by its name.
    """

    answer: str
    confidence: float = Field(ge=0, le=1)
    calibrated: bool
    parts: dict[str, HeldOutPart]


class LearnResponse(Body):
    """What the service became.

    Attributes:
        model_version: Its version.
        report: Its own report of the fit.
        held_out: What it believes of each answered text, in the order of the request's answers, by
            fits that did not see the answers to that text; None where it learned nothing from it.
            Empty where it learned from no answer at all.
    """

    model_version: str
    report: Mapping[str, Any] = {}
    held_out: Sequence[HeldOutResult | None] = []


class VersionsResponse(Body):
    """The model versions that were fitted for a project, the latest first."""

    versions: list[str]
