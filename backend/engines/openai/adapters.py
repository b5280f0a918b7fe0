"""Adapters of a vLLM server: loaded over HTTP when they are first asked for, named as models.

A server that was started with `--enable-lora` and `VLLM_ALLOW_RUNTIME_LORA_UPDATING=True` takes
`POST /v1/load_lora_adapter` and `/v1/unload_lora_adapter` (vLLM's documentation, "LoRA Adapters");
requests then name an adapter as their `model`. The server reads the adapter's folder itself: it
must see the same files under the same path.
"""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from backend.engines.adapter_folder import check_adapter
from backend.engines.openai.client import NotFoundError, ServerClient
from labeling.errors import EngineError

MOST_LOADED = 16
"""Adapters that the server is asked to hold; the one asked for longest ago is unloaded."""

_HINT = (
    "Start vLLM with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True, where it sees"
    " data_dir under the same path, and with a --max-lora-rank that is large enough."
)


class ServerAdapters:
    """The adapters that a server holds.

    Args:
        client: Calls the server.
        base: The digest of its model; an adapter of another one is refused.
        folder: Where adapters lie, each in a folder named by its digest.
        most: Adapters that the server is asked to hold.
    """

    def __init__(
        self, client: ServerClient, base: str, folder: Path, most: int = MOST_LOADED
    ) -> None:
        self._client = client
        self._base = base
        self._folder = folder.resolve()
        self._most = most
        self._lock = Lock()
        self._loaded: OrderedDict[str, None] = OrderedDict()

    def load(self, adapter: str) -> None:
        """Have the server hold an adapter.

        Raises:
            EngineError: It is missing, damaged, or of another model, or the server does not take
                adapters.
        """
        with self._lock:
            if adapter in self._loaded:
                self._loaded.move_to_end(adapter)
                return
            if Path(adapter).name != adapter:
                raise EngineError(f"There is no adapter {adapter!r}")
            folder = self._folder / adapter
            check_adapter(folder, self._base)
            if not self._client.lists(adapter):  # else it holds it since before our start
                self._tell("load", {"lora_name": adapter, "lora_path": str(folder)})
            self._loaded[adapter] = None
            if len(self._loaded) > self._most:
                gone, _ = self._loaded.popitem(last=False)
                self._tell("unload", {"lora_name": gone})

    def forget(self, adapter: str) -> None:
        """Take it that the server no longer holds an adapter, as after its restart."""
        with self._lock:
            self._loaded.pop(adapter, None)

    def _tell(self, what: str, body: dict[str, str]) -> None:
        try:
            self._client.command(f"/{what}_lora_adapter", body)
        except NotFoundError as error:
            raise EngineError(
                "The server takes no adapters, or does not find this one's files",
                where=self._client.settings.url,
                hint=_HINT,
            ) from error
        except EngineError as error:
            raise EngineError(
                f"The server cannot {what} the adapter: {error.what}",
                where=self._client.settings.url,
                hint=_HINT,
            ) from error
