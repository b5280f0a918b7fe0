"""A folder that holds an adapter: peft's two files, and which model it was trained on.

`adapter_config.json` and `adapter_model.safetensors` are as peft writes and reads them, so that
other programs (peft itself, vLLM) load the folder too; `base.json` is what keeps the adapter from
being put on another model than its own.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labeling.errors import EngineError

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
BASE = "base.json"

_HINT = "Let the backend learn from the answers again, or go back to an earlier version."


def write_base(folder: Path, base: str) -> None:
    """Note which model an adapter belongs to.

    Args:
        folder: Where the adapter lies.
        base: The digest of the model that it was trained on; see `Identity.digest`.
    """
    (folder / BASE).write_text(json.dumps({"digest": base}), "utf-8")


def check_adapter(folder: Path, base: str) -> None:
    """Check that a folder holds an adapter, and that it belongs to a model.

    Nothing is accepted that would change the model itself: its biases, or whole modules.

    Args:
        folder: Where the adapter lies.
        base: The digest of the model that it is to be used with.

    Raises:
        EngineError: It is missing, damaged, of another model, or no plain LoRA.
    """
    if not folder.is_dir():
        raise EngineError("The adapter is missing", where=str(folder), hint=_HINT)
    belongs_to = _read(folder / BASE).get("digest")
    if belongs_to != base:
        raise EngineError(
            "The adapter was trained on another model, or under settings that move its scores",
            where=str(folder),
            hint=f"Set model.name and its settings back, or learn again. {_HINT}",
        )
    config = _read(folder / CONFIG)
    is_plain = (
        config.get("peft_type") == "LORA"
        and config.get("bias") == "none"
        and not config.get("modules_to_save")
        and not config.get("trainable_token_indices")
    )
    if not is_plain:
        raise damaged(folder, f"{CONFIG} describes no plain LoRA adapter")
    if not (folder / WEIGHTS).is_file():
        raise damaged(folder, f"{WEIGHTS} is missing")


def damaged(folder: Path, reason: object) -> EngineError:
    """Describe a damaged adapter, for whoever asks for it.

    Args:
        folder: Where it lies.
        reason: What is wrong with it.

    Returns:
        The error to raise.
    """
    told = " ".join(str(reason).split())[:200]
    return EngineError(f"The adapter is damaged: {told}", where=str(folder), hint=_HINT)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(file.parent, f"{file.name} cannot be read ({error})") from error
    if not isinstance(content, dict):
        raise damaged(file.parent, f"{file.name} is no JSON object")
    return content
