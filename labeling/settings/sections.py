"""The sections of the settings: what can be set, with its meaning and a default."""

from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, SecretStr, field_validator

from labeling.settings.section import SettingsSection

MethodName: TypeAlias = Literal[
    "label-logprob",
    "label-logprob-normalised",
    "sequence-logprob",
    "self-consistency",
    "verbalised",
    "p-true",
    "entropy",
    "margin",
]
"""The ways to find a confidence; see `backend.confidence.methods`."""

EngineName: TypeAlias = Literal["transformers", "openai"]
"""What runs a language model; see `backend.engines`."""

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


class ModelSettings(SettingsSection):
    """Which model answers, and on what."""

    engine: EngineName = "transformers"
    """`transformers`: in this process; `openai`: behind a server."""
    name: str = "bundled"
    """`bundled` (SmolLM2-135M-Instruct), a folder, a causal model of the Hub, or a server's."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where it runs; auto: on the best that there is."""
    dtype: Literal["auto", "fastest", "float32", "bfloat16", "float16"] = "auto"
    """Its weights; auto: bfloat16 on CUDA, else float32; fastest: as the CPU can, too."""
    quantization: Literal["none", "8bit", "4bit"] = "none"
    """Smaller weights, by bitsandbytes on CUDA."""
    batch_tokens: int | None = Field(None, ge=64)
    """Tokens of one forward pass; null: 1024 on the CPU, 8192 elsewhere."""
    context_tokens: int | None = Field(None, ge=64)
    """The longest prompt; null: what the model was trained for."""
    path: Literal["auto", "packed", "plain"] = "auto"
    """How labels are scored; auto: packed, where that gives what the slower plain path gives."""
    prefix_bytes: int = Field(1 << 30, ge=0)
    """Memory for the keys and values of prompts' beginnings; the least used go."""


class ServerSettings(SettingsSection):
    """An OpenAI-compatible server, where `model.engine` is `openai`."""

    url: str = "http://localhost:8000/v1"
    """Its address."""
    api_key: SecretStr | None = None
    """Its key; null: it asks for none."""
    concurrency: int = Field(8, ge=1)
    """Calls at one time."""
    timeout: float = Field(60.0, gt=0)
    """Seconds that one call may take."""
    retries: int = Field(5, ge=0)
    """How often a call that failed in passing is repeated."""
    labels: Literal["auto", "next", "prompt"] = "auto"
    """How labels are scored: off the next tokens, or off prompts that end in them."""
    whole_labels: bool | None = None
    """Whether labels are read to their last token; null: where plain prompts are completed."""
    top_tokens: int | None = Field(None, ge=1)
    """Most probable tokens that are asked for; null: as many as the server tells, up to 200."""
    budget_tokens: int | None = Field(None, ge=0)
    """Tokens that one run may use; null: any."""
    budget_money: float | None = Field(None, ge=0)
    """Money that one run may cost; null: any."""
    price_read: float = Field(0.0, ge=0)
    """The price of a million tokens of prompts."""
    price_written: float = Field(0.0, ge=0)
    """The price of a million tokens of answers."""


class BulkSettings(SettingsSection):
    """Workers of `tandem prelabel --engine ray`, each of which loads the model."""

    workers: int = Field(1, ge=1)
    """Workers over the whole Ray cluster."""
    cpus: float = Field(1.0, gt=0)
    """CPU cores of a worker."""
    gpus: float = Field(0.0, ge=0)
    """GPUs of a worker; 0.5: two share one."""


class PromptSettings(SettingsSection):
    """What the model is asked."""

    template: Path | None = None
    """A Jinja file, or a built-in: `classification` (default), or `bare` for very small models."""
    instruction: str | None = None
    """In place of the project's own labelling instruction."""
    examples: Path | None = None
    """Few-shot examples, for a form of one choice or rating alone: a CSV or JSONL file with `text`
    and `label`."""
    chat: Literal["auto", "always", "never"] = "auto"
    """Whether the prompt goes through the model's chat template, where it has one."""


class ConfidenceSettings(SettingsSection):
    """How the model's confidence is found."""

    methods: tuple[MethodName, ...] = Field(("label-logprob",), min_length=1)
    """One way, or several that are mixed; see docs/confidence.md."""
    several: Literal["name", "yes-no"] = "name"
    """Where several labels may apply: whether the text makes a label's name more probable than no
    text does, or what the model answers when it is asked about that label."""
    samples: int = Field(5, ge=2, le=100)
    """Texts that `self-consistency` has the model write for one item."""
    temperature: float = Field(0.7, gt=0, le=2)
    """The temperature that it samples them at."""

    @field_validator("methods")
    @classmethod
    def _are_distinct(cls, methods: tuple[MethodName, ...]) -> tuple[MethodName, ...]:
        if len(set(methods)) < len(methods):
            raise ValueError("each method may be named once")
        return methods


class WritingSettings(SettingsSection):
    """How much the model may write where it answers in its own words."""

    text_tokens: int = Field(64, ge=1, le=4096)
    """Tokens of one text."""
    span_tokens: int = Field(64, ge=8, le=4096)
    """Tokens of one label's list of spans."""
    samples: int = Field(0, ge=0, le=20)
    """More texts, sampled, whose similarity to the first is its confidence; 0: its tokens alone."""
    taxonomy_beam: int = Field(500, ge=1)
    """Places of a taxonomy that are scored at once; of a larger tree, the best so many a level."""


class LearningSettings(SettingsSection):
    """What the backend learns from people's answers with."""

    embedding: str | None = "bundled"
    """`bundled` (all-MiniLM-L6-v2), a folder or a sentence-transformers model; null: none."""


class PolicySettings(SettingsSection):
    """Who labels what."""

    target_error: float = Field(0.05, gt=0, lt=1)
    """The promise: at most this share of the labels is wrong, measured by what people say blind."""
    risk: float = Field(0.05, gt=0, lt=1)
    """The probability with which the promise may be broken."""
    groups: str | None = Field(None, min_length=1)
    """A field of the tasks' data, such as `language`: the promise is made of the tasks of each of
    its values alone, each at this error and risk; null: of all tasks together."""
    pilot: int | None = Field(None, ge=0)
    """Items picked at random that people label first; null: 10%, at least 60 and at most 300."""
    batch: float = Field(5.0, ge=0)
    """How many needless labels of people one round of waiting less is worth: the more, the larger
    the batches that audits are asked in, and the fewer; 0: none of the labels proves needless."""
    random_share: float = Field(0.0, ge=0, le=1)
    """The share of each round of reviews that is picked at random, not by doubt."""
    blind_share: float = Field(0.1, ge=0, le=1)
    """The share of reviews, picked at random, for which people do not see the model's label."""
    votes: int = Field(1, ge=1)
    """People that a reviewed item is given to at first."""
    max_votes: int = Field(5, ge=1)
    """Reviewers that an item whose label is in doubt may be given to in all; then, an expert."""
    settle_above: float = Field(0.95, ge=0, le=1)
    """Ask one more person while the label is less probable, by people's answers and the model's
    belief together, and it is worth it."""
    error_cost: float = Field(60.0, ge=0)
    """What one wrong label costs, in prices of a human label: a vote must be worth its own."""
    patience_days: float | None = Field(None, gt=0)
    """Days after which an item that waits for a reviewer moves on to another one; null: never."""
    earlier_answers: Literal["votes", "controls", "ignore"] = "votes"
    """What people's annotations from before Tandem count as: people's votes, `controls` that are
    known to be right, or nothing."""
    needs: str | None = Field(None, min_length=1)
    """A field of the tasks' data that says what languages and abilities a task needs, such as
    `German, law`: only reviewers who have all of them are asked; null: anybody is."""
    matching: bool = False
    """Whether who is asked what follows what people's answers are worth on what the item probably
    is, and their price; else, whoever has the least to do is asked. See docs/reviewers.md."""
    seed: int = 0
    """Seed of every random choice of the controller."""


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
