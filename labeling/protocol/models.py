"""`GET /models`, `POST /models/use`: a project's fitted versions, and which of them is in force."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import Field

from labeling.protocol.body import Body, ConfigText, RequiredProjectId

VersionStatus: TypeAlias = Literal["in force", "beaten", "superseded", "rolled back"]
"""What became of a version: `beaten` ones never came into force, `superseded` ones did until a
better one came, and `rolled back` ones until an admin put another in their place."""


class Estimate(Body):
    """A mean with its interval of 95%; no end is known of a single answer's."""

    value: float
    low: float | None = None
    high: float | None = None


class Figures(Body):
    """How good a version is, on answers that it did not learn from.

    Attributes:
        log_loss: Nats an answer, allowing for the answers' own errors.
        accuracy: Share of the answers that it agrees with, in [0, 1]; of opinions, of people.
        ece: Expected calibration error of its confidence, in [0, 1].
    """

    log_loss: Estimate
    accuracy: float = Field(ge=0, le=1)
    ece: float = Field(ge=0, le=1)


class Comparison(Body):
    """How a version did against the one that was in force, on the same answers.

    Attributes:
        against: The version that was in force.
        gain: How much less its log loss was, in nats an answer.
        low: The lower end of the gain's interval of 95%; above 0, the version won.
        high: The upper end.
        answers: The answers that both were judged on.
        taken_back: Answers that the one in force was fitted on and that people deleted or changed
            since; 0 where they are few.
        removed_texts: Synthetic texts that the one in force learned from and that were removed
            since; 0 where they are few.
    """

    against: str
    gain: float
    low: float | None
    high: float | None
    answers: int = Field(ge=0)
    taken_back: int = Field(0, ge=0)
    removed_texts: int = Field(0, ge=0)

    @property
    def is_better(self) -> bool:
        """Whether the version is better by more than chance explains."""
        return self.low is not None and self.low > 0

    @property
    def is_won(self) -> bool:
        """Whether the version comes into force.

        It does where it is better by more than chance explains; and where what the one in force was
        fitted on was taken back or removed, unless it is worse by as much, or nothing tells the two
        apart.
        """
        if not (self.taken_back or self.removed_texts) or not self.answers:
            return self.is_better
        return self.high is None or self.high >= 0


class SyntheticSource(Body):
    """Synthetic texts that a version learned from beside people's answers.

    Attributes:
        folder: Where they were, as the backend's settings had it.
        digest: SHA-256, in hex, over which texts they were.
        texts: How many.
        share: What they have of all that counted, in (0, 1).
    """

    folder: str
    digest: str
    texts: int = Field(gt=0)
    share: float = Field(gt=0, lt=1)


class ModelVersion(Body):
    """One fitted version of a project.

    Attributes:
        name: The model version that its predictions carry.
        status: What became of it.
        by: The version that took its place, or kept its own against it; None: it is in force.
        fitted_at: When it was fitted, with the time zone.
        data: Digest of the instruction and the answers that it was fitted on.
        answers: How many answers it was fitted on.
        learners: What it is made of, the cheapest first.
        synthetic: What it learned from that people did not write, a control each.
        figures: How good it is; None: nothing was fitted to answers.
        comparison: How it did against the one that was in force; None: nothing had to be beaten.
        size: Bytes on disk: its state, and the weights that it names.
        seconds: How long it took to fit and to judge.
    """

    name: str = Field(min_length=1)
    status: VersionStatus
    by: str | None = None
    fitted_at: datetime
    data: str
    answers: int = Field(ge=0)
    learners: tuple[str, ...] = ()
    synthetic: tuple[SyntheticSource, ...] = ()
    figures: Figures | None = None
    comparison: Comparison | None = None
    size: int = Field(ge=0)
    seconds: float = Field(ge=0)


class ModelsResponse(Body):
    """The versions of a project.

    Attributes:
        models: Those that are kept: the one in force first, then the latest first.
        removed: How many there were before that are kept no more.
    """

    models: Sequence[ModelVersion] = []
    removed: int = Field(0, ge=0)


class UseRequest(Body):
    """`POST /models/use`: put a version in force.

    Attributes:
        label_config: What the project asks now: a version of another one does not apply.
        name: The version.
    """

    project: RequiredProjectId
    label_config: ConfigText
    name: str


class UseResponse(Body):
    """What was in force before, and is now.

    Attributes:
        name: The version that is in force now.
        before: The one that was; None: none was.
    """

    name: str
    before: str | None
