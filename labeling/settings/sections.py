"""The sections of the settings on Label Studio, people, labels, costs, notices and the log."""

from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, SecretStr

from labeling.settings.section import SettingsSection

AggregatorName: TypeAlias = Literal[
    "auto",
    "bayesian-one-coin",
    "bayesian-per-label-one-step",
    "bayesian-confusion-one-step",
    "bayesian-per-label",
    "bayesian-confusion",
    "majority-vote",
    "wawa",
    "zero-based-skill",
    "dawid-skene",
    "one-coin-dawid-skene",
    "glad",
    "mace",
]
"""How votes become one label; see `aggregation.classification.registry`."""


class StudioSettings(SettingsSection):
    """Where Label Studio is, and which project is labelled."""

    url: str = "http://localhost:8080"
    """Label Studio's address."""
    project: int | None = None
    """The project's number, as in the address of its page."""
    api_key: SecretStr | None = None
    """A personal access token or a legacy token."""
    model_user: str = "tandem-model@localhost"
    """The user whose name accepted answers carry; made where it is missing."""


class ReviewerSettings(SettingsSection):
    """One reviewer: a user of Label Studio."""

    email: str
    """The address that they log in with."""
    capacity: int = Field(100, ge=0)
    """Items that may wait in the reviewer's tab at one time."""
    expert: bool = False
    """Whether they are asked only about what others' votes leave in doubt."""
    groups: dict[str, str] = Field(default={})
    """The groups that they say they are in, such as `{gender: woman, age: 30-39}`: the report
    compares what groups of five people or more say, and opinions are asked of them in balance."""
    languages: tuple[str, ...] = ()
    """The languages that they know, for tasks that need one (`policy.needs`)."""
    abilities: tuple[str, ...] = ()
    """What else they can do or know, such as `law`, for tasks that need it."""
    price: float = Field(1.0, gt=0)
    """What one answer of theirs costs, in prices of a human label: with `policy.matching`, of two
    whose answers are worth as much the cheaper one is asked."""


class ControlSettings(SettingsSection):
    """What one control of the form is worth, and what it was called before."""

    counts: bool | None = None
    """Whether a task is wrong where this answer is; null: unless it is a text beside others."""
    agreement: float | None = Field(None, ge=0, le=1)
    """How alike two answers must be to say the same; null: equal, and half of a text's words."""
    spread: float = Field(0.0, ge=0)
    """The difference at which two numbers are wholly unlike; 0: relative to the larger one."""
    subjective: bool = False
    """Whether it asks for people's opinion, so that no answer is the one truth: then the model
    learns how many people say what. For one choice, a step of a scale, or a side."""
    was: tuple[str, ...] = ()
    """Names that it had before: annotations under these are read as its own, whatever its object
    was called."""


class AggregationSettings(SettingsSection):
    """How votes become labels."""

    method: AggregatorName = "auto"
    """The aggregator of classes; see `aggregation.classification.registry`. `auto`: the Bayesian
    worker model whose held-out likelihood is best, as one coin or a confusion matrix a worker."""


class CostSettings(SettingsSection):
    """What labels cost, in `currency`."""

    currency: str = "$"
    """What the prices are in."""
    human_label: float = Field(0.08, ge=0)
    """The price of one person's answer for one item."""
    pay_per_hour: float | None = Field(None, ge=0)
    """The pay of an hour of a person's work, in place of `human_label`; null: by the answer."""
    fair_per_hour: float | None = Field(None, gt=0)
    """The least that an hour of a person's work should be paid; null: nobody's pay is held against
    it."""
    seconds_per_label: float = Field(12.0, gt=0)
    """Seconds that a person takes for one answer, until Label Studio measured ten lead times."""
    hours_a_day: float = Field(6.0, gt=0, le=24)
    """Hours that one reviewer works a day."""
    model_label: float = Field(0.0002, ge=0)
    """The price of the model's answer for one item."""
    million_tokens: float | None = Field(None, ge=0)
    """The price of a million tokens, in place of `model_label`; null: tokens are not paid."""
    tokens_per_label: float = Field(500.0, gt=0)
    """Tokens of one answer, the prompt included."""
    gpu_hour: float | None = Field(None, ge=0)
    """The price of a GPU's hour, in place of `model_label`; null: hours are not paid."""
    gpu_labels_per_hour: float = Field(20_000.0, gt=0)
    """Answers that the GPU gives in an hour."""


class NotifySettings(SettingsSection):
    """Who is told when somebody gets work, and once all is done; see docs/reviewers.md."""

    command: str | tuple[str, ...] | None = None
    """A command that gets each notice as JSON on its standard input: its words, or a line for the
    shell; null: none."""
    webhook: str | None = None
    """An address that each notice is posted to as JSON; null: none. No warning names it."""
    timeout: float = Field(10.0, gt=0)
    """Seconds that either may take."""


class LogSettings(SettingsSection):
    """What the ML backend and the controller log, a line each time; see docs/operations.md."""

    format: Literal["text", "json"] = "text"
    """Lines of words, or of JSON."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged: this, and what is worse."""
    file: Path | None = None
    """The file that is written; null: lines go to stderr."""
    file_bytes: int = Field(10 << 20, ge=1024)
    """Bytes from which on the file is renamed to `NAME.1`, and a new one begins."""
    keep: int = Field(5, ge=1)
    """How many files beside the present one are kept."""
