"""What can be known to be wrong before a model is loaded, told at once instead of later."""

import json
import os
import re
import socket
from importlib.util import find_spec
from pathlib import Path

import httpx

from backend.engines import bundled
from labeling.errors import EngineError, SettingsError
from labeling.private_files import make_private_folder
from labeling.settings.backend_section import BackendSettings
from labeling.settings.settings import Settings

HUB_SECONDS = 3.0
"""How long the Hub may take to say whether it has a model."""

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_WEIGHTS = ("*.safetensors", "*.bin", "*.index.json")
_HINT = "Name a folder or a causal model of the Hub in model.name."


def require_servable(settings: Settings) -> None:
    """Check what is checked in a moment: the address is free, the folder is writable, the model is.

    Args:
        settings: The settings.

    Raises:
        SettingsError: The address cannot be listened on, or the data's folder not written.
        EngineError: There is no such model, or what is there is none.
    """
    require_free(settings.backend)
    _require_writable(settings.data_dir)
    if settings.model.engine == "transformers":
        _require_model(settings.model.name)


def require_free(backend: BackendSettings) -> None:
    """Check that the backend's address can be listened on.

    Raises:
        SettingsError: Another program listens there, or it is no address of this machine.
    """
    port = backend.listening_port
    where = f"{backend.host}:{port}"
    try:
        found = socket.getaddrinfo(backend.host, port, type=socket.SOCK_STREAM)
        family, _, _, _, address = found[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise SettingsError(
            f"The backend cannot listen there: {error.strerror}",
            where=where,
            hint="Stop what listens there, or set backend.host and backend.port"
            " (TANDEM_BACKEND__PORT) to others.",
        ) from error


def _require_writable(folder: Path) -> None:
    try:
        make_private_folder(folder)
    except OSError as error:
        raise SettingsError(
            f"The folder cannot be made: {error.strerror}",
            where=f"data_dir {folder}",
            hint="Set data_dir to a folder that this user may write.",
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError(
            "The folder cannot be written",
            where=f"data_dir {folder}",
            hint="Set data_dir to a folder that this user may write.",
        )


def _require_model(name: str) -> None:
    folder = Path(name)
    if name == "bundled":
        bundled.require_installed()
    elif folder.is_dir():
        _require_model_files(folder)
    elif folder.exists():
        raise EngineError("The model is no folder", where=name, hint=_HINT)
    elif not _HUB_NAME.fullmatch(name) or name.startswith("."):
        raise EngineError("There is no such folder of a model", where=name, hint=_HINT)
    elif find_spec("huggingface_hub") is not None:
        _require_on_hub(name)


def _require_model_files(folder: Path) -> None:
    if (folder / "adapter_config.json").is_file():
        return
    try:
        content = json.loads((folder / "config.json").read_text("utf-8"))
        is_model = isinstance(content, dict) and bool(
            content.get("model_type") or content.get("architectures")
        )
    except (OSError, ValueError):
        is_model = False
    if not is_model:
        raise EngineError(
            "The folder holds no model: it has no config.json of one", where=str(folder), hint=_HINT
        )
    if not any(next(folder.glob(pattern), None) for pattern in _WEIGHTS):
        raise EngineError("The model's folder holds no weights", where=str(folder), hint=_HINT)


def _require_on_hub(name: str) -> None:
    """Ask the Hub whether it has a model, unless it was downloaded before."""
    from huggingface_hub import constants, try_to_load_from_cache

    if isinstance(try_to_load_from_cache(name, "config.json"), str):
        return
    if constants.is_offline_mode():
        raise EngineError(
            "The model was not downloaded, and the Hub is off", where=name, hint=_HINT
        )
    address = f"{constants.ENDPOINT}/api/models/{name}"
    try:
        answer = httpx.get(address, timeout=HUB_SECONDS, follow_redirects=True)
    except httpx.HTTPError as error:
        raise EngineError(
            f"The model is no folder, was not downloaded, and the Hub does not answer: {error}",
            where=name,
            hint="Download it first, or name a folder in model.name.",
        ) from error
    # A private model is not found either without a token, which the download itself will use.
    has_token = bool(os.environ.get("HF_TOKEN")) or Path(constants.HF_TOKEN_PATH).exists()
    if answer.status_code in (401, 404) and not has_token:
        raise EngineError("The Hub has no such model, or not for everybody", where=name, hint=_HINT)
