"""`POST /annotate`: texts go in, the labels that the settings' annotator gives them come out."""

from typing import NotRequired

from pydantic import Field
from typing_extensions import TypedDict  # what pydantic reads before Python 3.12

from labeling.protocol.body import Body, ConfigText, ProjectId
from labeling.protocol.health import PaidUsage

MOST_TEXTS = 1_000
"""Texts of one request."""


class AnnotateRequest(Body):
    """`POST /annotate`: texts, as in `AnsweredText`."""

    texts: list[str] = Field(max_length=MOST_TEXTS)
    label_config: ConfigText
    project: ProjectId = None


class AnnotatedText(TypedDict):
    """What the annotator says of one text; `label` is left out where it says nothing.

    `distribution` is its own probability of every label, which nothing vouches for. `error` and
    `retry` are those of `TaskResult`.
    """

    label: NotRequired[str]
    distribution: NotRequired[dict[str, float]]
    error: NotRequired[str]
    retry: NotRequired[bool]


class AnnotateResponse(Body):
    """What the annotator says of texts.

    Attributes:
        model: What the service's settings call it.
        results: One per text, in order.
        paid: What its server was paid since the service started, by the settings'
            `annotator.price_read` and `annotator.price_written`.
    """

    model: str
    results: list[AnnotatedText]
    paid: PaidUsage
