"""The extras of the distribution: what each brings, and what is said where one is missing."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Literal

from labeling.errors import TandemError

DISTRIBUTION = "label-studio-tandem"

Extra = Literal["backend", "demo", "ray", "spacy"]

_SERVICE = (
    "gunicorn",
    "llguidance",
    "openai",
    "safetensors",
    "sentence_transformers",
    "torch",
    "transformers",
)

MODULES: Mapping[Extra, tuple[str, ...]] = {
    "backend": _SERVICE,
    "demo": (*_SERVICE, "accelerate", "gguf"),
    "ray": (*_SERVICE, "ray"),
    "spacy": ("spacy",),
}
"""What a command imports beyond the plain install, by the extra that brings all of it."""


def require(extra: Extra, command: str) -> None:
    """Check, without importing anything, that an extra is installed.

    Args:
        extra: The extra's name.
        command: What needs it, as it is typed.

    Raises:
        TandemError: A module of it is missing.
    """
    missing = next((name for name in MODULES[extra] if find_spec(name) is None), None)
    if missing:
        raise TandemError(
            f"`{command}` needs the extra [{extra}], of which {missing} is not installed",
            hint=f"Run: pip install '{DISTRIBUTION}[{extra}]'",
        )
