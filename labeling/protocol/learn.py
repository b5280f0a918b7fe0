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

    What is fitted to it answers from then on where it beats the version in force.

    Attributes:
        instruction: The instruction of its annotators.
        texts: A sample of its texts, labelled or not.
        answers: People's answers.
        open_texts: A sample of its texts that nobody answered yet.
        keep_version: Whether the version in force goes on, where it applies, whatever was answered
            since: nothing is fitted, and what it believes of the answers comes back.
    """

    project: RequiredProjectId
    label_config: ConfigText
    instruction: str = ""
    texts: list[str] = Field(default=[], max_length=10_000)
    answers: list[AnsweredText] = Field(default=[], max_length=100_000)
    open_texts: list[str] = Field(default=[], max_length=10_000)
    keep_version: bool = False


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
        model_version: The version in force: the one that was fitted, or the one that it could not
            beat.
        report: That version's report of its fit; with `challenge`, how the one that was fitted did,
            where there was one to beat.
        held_out: What it believes of each answered text, in the order of the request's answers, by
            fits that did not see the answers to that text; None where nothing is known of it.
            Empty where it learned from no answer at all.
    """

    model_version: str
    report: Mapping[str, Any] = {}
    held_out: Sequence[HeldOutResult | None] = []
