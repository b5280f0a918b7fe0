"""The engines, by the name that `model.engine` gives them in the settings."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from backend.engines.base import (
    Ability,
    Answer,
    Asked,
    Engine,
    GenerateRequest,
    Generation,
    Identity,
    Prompt,
    Request,
    Scored,
)
from backend.engines.preload import preload_torch
from labeling.errors import EngineError
from labeling.settings.settings import Settings

__all__ = [
    "ENGINES",
    "Ability",
    "Answer",
    "Asked",
    "Engine",
    "GenerateRequest",
    "Generation",
    "Identity",
    "Prompt",
    "Request",
    "Scored",
    "identify",
    "load",
]


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """Where an engine stands, as `module:name`; imported when asked for, since it imports much.

    Attributes:
        identify: A function of Settings that gives an Identity at once.
        load: A function of Settings that gives the Engine, in its own time.
    """

    identify: str
    load: str


ENGINES = {
    "transformers": EngineEntry(
        identify="backend.engines.identity:identify",
        load="backend.engines.transformers:load",
    ),
    "openai": EngineEntry(
        identify="backend.engines.openai.engine:identify",
        load="backend.engines.openai.engine:load",
    ),
}


def identify(settings: Settings) -> Identity:
    """Identify the model that the settings name, at once and without its weights.

    Raises:
        EngineError: The settings name no engine that there is.
    """
    identity: Identity = _find(_entry(settings).identify)(settings)
    return identity


def load(settings: Settings) -> Engine:
    """Load the model that the settings name; takes seconds to minutes.

    Raises:
        EngineError: There is no such engine, or its model cannot be loaded.
    """
    entry = _entry(settings)
    if settings.model.engine == "transformers":
        preload_torch()
    engine: Engine = _find(entry.load)(settings)
    return engine


def _entry(settings: Settings) -> EngineEntry:
    try:
        return ENGINES[settings.model.engine]
    except KeyError as error:
        raise EngineError(
            f"There is no engine {settings.model.engine!r}",
            where="model.engine",
            hint=f"Name one of: {', '.join(ENGINES)}.",
        ) from error


def _find(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
