"""The sections of the settings about the model: what runs, what it is asked and how."""

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


LearnerName: TypeAlias = Literal[
    "auto", "prototypes", "words", "synthetic", "tuned-embedding", "lora", "examples"
]
"""What training tries; see `backend.learning.learners.registry`."""


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
    """Smaller weights: by bitsandbytes on CUDA; on a CPU 8bit alone, by torchao."""
    batch_tokens: int | None = Field(None, ge=64)
    """Tokens of one forward pass; null: 1024 on the CPU, 8192 elsewhere."""
    context_tokens: int | None = Field(None, ge=64)
    """The longest prompt; null: what the model was trained for."""
    path: Literal["auto", "packed", "plain"] = "auto"
    """How labels are scored; auto: packed, where that gives what the slower plain path gives."""
    prefix_bytes: int = Field(1 << 30, ge=0)
    """Memory for the keys and values of prompts' beginnings; the least used go."""


class ServerAccess(SettingsSection):
    """How a model behind an OpenAI-compatible server is reached, and what it costs."""

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
    price_read: float = Field(0.0, ge=0)
    """The price of a million tokens of prompts."""
    price_written: float = Field(0.0, ge=0)
    """The price of a million tokens of answers."""


class ServerSettings(ServerAccess):
    """An OpenAI-compatible server, where `model.engine` is `openai`."""

    weights: str | None = None
    """The same model as a folder or a name of the Hub, to train adapters on; null: none are."""
    budget_tokens: int | None = Field(None, ge=0)
    """Tokens that one run may use; null: any."""
    budget_money: float | None = Field(None, ge=0)
    """Money that one run may cost; null: any."""


class AnnotatorSettings(ServerAccess):
    """A second, expensive model behind a server whose labels have a price: docs/annotator.md."""

    name: str | None = Field(None, min_length=1)
    """What the server calls the model; null: there is no annotator."""
    price: float = Field(0.1, gt=0)
    """The price of one of its labels, in prices of a human label."""
    budget: float = Field(0.0, ge=0)
    """What its labels may cost in all, in prices of a human label: it is asked as long as one more
    is paid for by this."""


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
    train: tuple[LearnerName, ...] = ("auto",)
    """Learners that training tries beside serving, one after the other; auto: prototypes, words
    and the tuned embedding, as far as the time goes; []: nothing is trained."""
    synthetic: Path | None = None
    """The folder that `tandem generate` writes, for the learner `synthetic`: what passed the gates
    counts as far as people's held-out answers say that it helps; null: there is none."""
    student_loss: float | None = Field(None, gt=0, lt=1)
    """Accuracy, as a share, that may be lost where a small student answers what it is sure of, and
    the model is not asked; null: the model is always asked."""
    train_seconds: float = Field(900.0, gt=0)
    """Seconds that one training may take."""
    train_threads: int | None = Field(None, ge=1)
    """Threads that it computes on, giving way to serving; null: half of the machine's cores."""
    train_memory: float = Field(0.3, gt=0, le=1)
    """The share of the GPU's memory that it may take, where there is one."""
    keep_versions: int = Field(10, ge=1)
    """Versions that are kept of those that were in force before, and as many of those that never
    were: the latest; beside the one in force, and those that an admin took back or put in force."""
