"""The model that adapters are trained on: the very weights that answer, in a copy of its own."""

import torch

from backend.engines import identify
from backend.engines.transformers import weights
from backend.learning.learners.lora.targets import decoder_layers
from backend.learning.learners.lora.trainee import Trainee
from labeling.errors import EngineError
from labeling.settings.model_sections import ModelSettings
from labeling.settings.settings import Settings

TRAINED_LAYERS_ON_CPU = 10
"""Top layers that are adapted where there is no GPU; those below are run once a text."""

_LONGEST_CONTEXT = 4096
"""Tokens of context where neither settings nor model name a limit."""


def trains_where(settings: Settings) -> ModelSettings | None:
    """Return which weights an adapter is trained on; None: those that answer are not at hand.

    Behind a server, they are only where `server.weights` names them.
    """
    if settings.model.engine == "transformers":
        return settings.model
    if settings.server.weights is None:
        return None
    return settings.model.model_copy(
        update={"engine": "transformers", "name": settings.server.weights}
    )


def load_trainee(settings: Settings) -> Trainee:
    """Load the model that the settings name, to train adapters on it.

    On CUDA every layer is adapted, and layers are computed again for their gradients.

    Raises:
        EngineError: It cannot be loaded, is not at hand, or is of a kind that cannot be trained.
    """
    found = trains_where(settings)
    if found is None:
        raise EngineError(
            "The weights of the server's model are not at hand, so no adapter is trained",
            where="server.weights",
            hint="Name the same model there: a folder, or its name on the Hub.",
        )
    model, tokenizer = weights.load(found)
    if model.dtype == torch.float16:
        model = model.float()  # gradients of halves vanish
    trained_for = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    longest = trained_for or _LONGEST_CONTEXT
    is_on_cpu = model.device.type == "cpu"
    return Trainee(
        model,
        tokenizer,
        identify(settings).digest,
        context_tokens=min(found.context_tokens or longest, longest),
        trained_layers=min(TRAINED_LAYERS_ON_CPU, len(decoder_layers(model)))
        if is_on_cpu
        else None,
        recomputes=not is_on_cpu,
    )
