"""The whole way: measure the original, cut, heal, write, measure again, and accept or refuse."""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from transformers import AutoModelForCausalLM, PreTrainedTokenizerBase

from backend.compression.answers import AnsweredTexts
from backend.compression.healing import Healed, heal
from backend.compression.importance import (
    keep_layers,
    keep_width,
    layer_importance,
    width_importance,
)
from backend.compression.loaded import load_model, with_model
from backend.compression.pruning import (
    SHARD,
    Kept,
    pruned_config,
    pruned_state,
    require_prunable_width,
    write_folder,
)
from backend.compression.report import CompressionReport, compare
from backend.engines.transformers import weights
from backend.engines.transformers.encoding.encoded import EncodedPrompt
from labeling.errors import EngineError, SettingsError
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings

Say: TypeAlias = Callable[[str], None]
"""Is told what is done, a line each time."""

REPORT_FILE = "compression.json"
"""Where a folder says what it cost."""

LOOKED_AT = 64
"""Texts by which is judged what the model can do without."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of a model is to be left.

    Attributes:
        layers: Whole layers; None: all.
        width: The share of heads and of channels in each layer; None: all.
        healing_passes: How often healing goes through the texts; 0: it is not healed.
        healing_seconds: Seconds after which healing ends.
    """

    layers: int | None = None
    width: float | None = None
    healing_passes: int = 3
    healing_seconds: float = 1800.0


@dataclass(frozen=True, slots=True)
class Compressed:
    """What compression came to.

    Attributes:
        report: What it costs.
        folder: Where the smaller model is; None: none was written, or it was refused.
        healed: What healing did; None: nothing was healed.
    """

    report: CompressionReport
    folder: Path | None = None
    healed: Healed | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {
            **self.report.to_json(),
            "folder": None if self.folder is None else str(self.folder),
            "healed": None if self.healed is None else asdict(self.healed),
        }


def compress(
    settings: Settings,
    cut: Cut,
    looked_at: AnsweredTexts,
    judged: AnsweredTexts,
    out: Path,
    *,
    most_loss: float,
    say: Say,
) -> Compressed:
    """Cut a model down, heal it, and keep it where it costs no more accuracy than allowed.

    Args:
        settings: Name the original, and how the smaller model is to be run.
        cut: How much is left.
        looked_at: By these it is chosen what goes, and what is left is healed; their answers play
            no part.
        judged: By these both are judged.
        out: The folder to write, which is not there yet.
        most_loss: The largest loss of accuracy that is allowed, as a share of all answers.
        say: Is told what is done.

    Returns:
        What it costs, and where it is; nothing is left behind where it is refused.

    Raises:
        SettingsError: The folder is there already, or the model has no more layers than are asked
            for.
        EngineError: The model cannot be loaded, or not be cut.
    """
    if out.exists():
        raise SettingsError(
            "The folder is there already", where=str(out), hint="Name another one, or remove it."
        )
    whole = with_model(settings, quantization="none")
    loaded = load_model(whole)
    say(f"Measuring {loaded.engine.name} on {len(judged)} answers")
    original = loaded.measure(judged)
    prompts = loaded.encode(looked_at)
    targets = np.array(loaded.score(looked_at))
    say("Choosing what to cut")
    kept = choose_kept(loaded.model, prompts[:LOOKED_AT], cut)
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        cut_out(loaded.model, loaded.tokenizer, kept, unfinished)
        del loaded
        smaller = with_model(settings, name=str(unfinished))
        healed = None
        if cut.healing_passes:
            say(f"Healing on {len(prompts)} texts")
            healed = heal_folder(with_model(smaller, quantization="none"), prompts, targets, cut)
            say(f"Healed: {healed.before:.3f} → {healed.after:.3f} nats from the original")
        say("Measuring what is left")
        report = compare(original, load_model(smaller).measure(judged), most_loss)
        found = Compressed(report, out if report.is_accepted else None, healed)
        if report.is_accepted:
            text = json.dumps({**found.to_json(), "kept": asdict(kept)}, indent=1)
            (unfinished / REPORT_FILE).write_text(text, "utf-8")
            unfinished.chmod(0o755)
            unfinished.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return found


def hold_against(
    settings: Settings, other: Settings, judged: AnsweredTexts, *, most_loss: float, say: Say
) -> Compressed:
    """Tell what another model, or the same one quantized, costs against the settings' model.

    Args:
        settings: Name the original.
        other: Name what is held against it.
        judged: By these both are judged.
        most_loss: The largest loss of accuracy that is allowed, as a share of all answers.
        say: Is told what is done.

    Returns:
        What it costs; nothing is written.

    Raises:
        EngineError: A model cannot be loaded.
    """
    say(f"Measuring the original on {len(judged)} answers")
    original = load_model(settings).measure(judged)
    say("Measuring the other one")
    return Compressed(compare(original, load_model(other).measure(judged), most_loss))


def choose_kept(model: Any, prompts: Sequence[EncodedPrompt], cut: Cut) -> Kept:
    """Choose what is left of a model.

    Args:
        model: A causal model of transformers, in floating point.
        prompts: What it is asked, one at least.
        cut: How much is left.

    Returns:
        The layers, heads and channels that stay.

    Raises:
        SettingsError: It has no more layers than are asked for.
        EngineError: Its architecture cannot be cut so.
    """
    config = model.config
    kept = Kept(tuple(range(config.num_hidden_layers)))
    if cut.width is not None:
        require_prunable_width(config, model.state_dict())
        kept = keep_width(config, width_importance(model, prompts), cut.width)
    if cut.layers is not None:
        if cut.layers >= config.num_hidden_layers:
            raise SettingsError(
                f"The model has {config.num_hidden_layers} layers, and was to keep {cut.layers}",
                where="--keep-layers",
                hint=f"Keep at most {config.num_hidden_layers - 1}.",
            )
        kept = kept.of_layers(keep_layers(layer_importance(model, prompts), cut.layers).layers)
    return kept


def cut_out(model: Any, tokenizer: PreTrainedTokenizerBase, kept: Kept, folder: Path) -> None:
    """Write what is left of a model, and see that transformers can load it.

    Args:
        model: The whole model, in floating point.
        tokenizer: Its tokenizer.
        kept: What is left.
        folder: Is there, and empty.

    Raises:
        EngineError: A weight of what is left is missing or one too many.
    """
    state = pruned_state(model.config, model.state_dict(), kept)
    write_folder(pruned_config(model.config, kept), state, tokenizer, folder)
    loaded: Any = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    told = loaded[1]
    wrong = sorted({*told["missing_keys"], *told["unexpected_keys"], *told["mismatched_keys"]})
    if wrong:
        raise EngineError(
            f"The architecture {model.config.model_type} cannot be cut so: {wrong[0]} does not fit",
            where="model.name",
        )


def heal_folder(
    settings: Settings, prompts: Sequence[EncodedPrompt], targets: Floats, cut: Cut
) -> Healed:
    """Heal a model that was cut, and write it in its place.

    Args:
        settings: Name its folder.
        prompts: What it reads, encoded with the labels.
        targets: What the original says of these, shape (texts, labels).
        cut: How often, and for how long.

    Returns:
        What that came to.

    Raises:
        EngineError: It cannot be loaded.
    """
    model, _ = weights.load(settings.model)
    healed_model, healed = heal(
        model, prompts, targets, passes=cut.healing_passes, seconds=cut.healing_seconds
    )
    healed_model.save_pretrained(settings.model.name, max_shard_size=SHARD)
    return healed
