"""Adapters on one base model: loaded when they are first asked for, kept apart, one at work a time.

peft puts each adapter beside the weights that it adds to and leaves those as they are, so that the
base answers bit for bit as it does without any. Nothing is ever merged: into quantized weights a
merge loses what was learned.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peft import LoraConfig
from peft.functional import delete_adapter, inject_adapter_in_model, set_peft_model_state_dict
from peft.tuners.lora import LoraLayer
from peft.tuners.tuners_utils import BaseTunerLayer
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from backend.engines.adapter_folder import WEIGHTS, check_adapter, damaged
from labeling.errors import EngineError

MOST_LOADED = 16
"""Adapters that are held in memory; those asked for last stay."""

_PREFIX = "lora_"
"""How peft names an adapter's parameters."""

_FAULTS = (ValueError, TypeError, KeyError, RuntimeError, AttributeError, OSError, SafetensorError)
"""How peft and safetensors say that they cannot use what they find."""


class LoadedAdapters:
    """The adapters of one model.

    Args:
        model: A causal model of transformers, in evaluation mode.
        base: Its digest; an adapter of another one is refused.
        folder: Where adapters lie, each in a folder named by its digest; None: there are none.
        most: Adapters that are held in memory.
    """

    def __init__(self, model: Any, base: str, folder: Path | None, most: int = MOST_LOADED) -> None:
        self._model = model
        self._base = base
        self._folder = folder
        self._most = most
        self._loaded: OrderedDict[str, None] = OrderedDict()
        self.active: str | None = None
        """The adapter at work; None: the base alone."""

    def load(self, adapter: str | None) -> None:
        """Have an adapter in memory; the one that was asked for longest ago may leave.

        Raises:
            EngineError: It is missing, damaged, or of another model.
        """
        if adapter is None:
            return
        if adapter in self._loaded:
            self._loaded.move_to_end(adapter)
            return
        if self._folder is None or Path(adapter).name != adapter:
            raise EngineError(f"There is no adapter {adapter!r}", hint="Set data_dir.")
        read_adapter(self._model, adapter, self._folder / adapter, self._base)
        self._loaded[adapter] = None
        if len(self._loaded) > self._most:
            gone, _ = self._loaded.popitem(last=False)
            remove_adapter(self._model, gone)

    @contextmanager
    def using(self, adapter: str | None) -> Iterator[None]:
        """Let the model answer with an adapter that is loaded, and with none afterwards.

        Args:
            adapter: The adapter; None: the base alone.

        Yields:
            Nothing; the adapter is at work while the block runs.
        """
        if adapter is None:
            yield
            return
        try:
            self.active = adapter
            use_adapter(self._model, adapter)
            yield
        finally:
            use_adapter(self._model, None)
            self.active = None


def add_adapter(model: Any, name: str, config: LoraConfig) -> None:
    """Put a new adapter beside a model's weights, not yet at work.

    Args:
        model: The model.
        name: How the adapter is called within it.
        config: Its shape.

    Raises:
        ValueError: The model has no weights of that description.
    """
    is_training = model.training
    others = vars(model).pop("peft_config", {})  # else peft warns of every adapter but the first
    try:
        inject_adapter_in_model(config, model, name)
    finally:
        model.peft_config = {**others, **vars(model).get("peft_config", {})}
    model.requires_grad_(False)
    model.train(is_training)
    use_adapter(model, None)


def use_adapter(model: Any, name: str | None, *, trains: bool = False) -> None:
    """Let a model run with one of its adapters.

    Args:
        model: The model.
        name: The adapter; None: the base alone.
        trains: Whether gradients of the adapter's weights are wanted.
    """
    for layer in _layers(model):
        has_it = name is not None and name in layer.lora_A
        if has_it:
            layer.set_adapter([str(name)], inference_mode=not trains)
        layer._disable_adapters = not has_it


def remove_adapter(model: Any, name: str) -> None:
    """Take an adapter out of a model."""
    for layer in _layers(model):
        layer.set_adapter([], inference_mode=True)
    delete_adapter(model, name, prefix=_PREFIX, layer_cls=LoraLayer)
    getattr(model, "peft_config", {}).pop(name, None)
    use_adapter(model, None)


def read_adapter(model: Any, name: str, folder: Path, base: str) -> None:
    """Read an adapter from its folder and put it beside a model's weights.

    Args:
        model: The model.
        name: How the adapter is called within it.
        folder: Where it lies.
        base: The model's digest.

    Raises:
        EngineError: It is missing, damaged, or of another model; the model is as before.
    """
    check_adapter(folder, base)
    try:
        config: Any = LoraConfig.from_pretrained(str(folder))
        # An adapter that begins with a decomposition of the weights would change these.
        config.init_lora_weights = True
        set_weights(model, name, config, load_file(folder / WEIGHTS))
    except _FAULTS as error:
        raise damaged(folder, error) from error


def set_weights(model: Any, name: str, config: LoraConfig, weights: dict[str, Tensor]) -> None:
    """Put an adapter with given weights beside a model's.

    Args:
        model: The model.
        name: How the adapter is called within it.
        config: Its shape.
        weights: As peft names them in a file.

    Raises:
        ValueError: They do not fit the model or each other, or are no numbers; the model is as
            before.
        RuntimeError: A weight has another shape.
    """
    if not all(bool(one.isfinite().all()) for one in weights.values()):
        raise ValueError("a weight is no number")
    try:
        add_adapter(model, name, config)
        found: Any = set_peft_model_state_dict(model, weights, adapter_name=name)
        lacking = [key for key in found.missing_keys if _PREFIX in key and f".{name}." in key]
        if found.unexpected_keys or lacking:
            raise ValueError(f"{[*found.unexpected_keys, *lacking][0]} does not fit the model")
    except BaseException:
        remove_adapter(model, name)
        raise


def _layers(model: Any) -> Iterator[Any]:
    return (module for module in model.modules() if isinstance(module, BaseTunerLayer))
