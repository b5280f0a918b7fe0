"""A server that speaks as much of vLLM's HTTP as adapters need, and scores by what it is told."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "scripted"
"""What the server calls its base model."""


class _Handler(BaseHTTPRequestHandler):
    server: "ScriptedVllm"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        names = [MODEL, *self.server.loaded]
        self._json(200, {"data": [{"id": name} for name in names]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        match self.path:
            case "/v1/load_lora_adapter" if self.server.takes_adapters:
                self._load(body["lora_name"], body["lora_path"])
            case "/v1/unload_lora_adapter" if self.server.takes_adapters:
                del self.server.loaded[body["lora_name"]]
                self.server.commands.append(("unload", body["lora_name"]))
                self._text("Success: LoRA adapter removed successfully")
            case "/v1/completions":
                self._complete(body)
            case _:
                self._json(404, {"error": {"message": "Not Found"}})

    def _load(self, name: str, path: str) -> None:
        if name in self.server.loaded:
            self._json(400, {"error": {"message": f"'{name}' has already been loaded"}})
            return
        self.server.loaded[name] = path
        self.server.commands.append(("load", name))
        self._text(f"Success: LoRA adapter '{name}' added successfully")

    def _complete(self, body: dict[str, Any]) -> None:
        name = body["model"]
        if name != MODEL and name not in self.server.loaded:
            self._json(404, {"error": {"message": f"The model `{name}` does not exist"}})
            return
        top = (
            {" sport": -0.1, " science": -2.0}
            if name == MODEL
            else {" sport": -3.0, " science": -0.2}
        )
        logprobs = {"tokens": [" sport"], "token_logprobs": [top[" sport"]], "top_logprobs": [top]}
        choice = {"text": name[:1], "logprobs": logprobs, "finish_reason": "stop"}
        self._json(200, {"model": name, "choices": [choice], "usage": {}})

    def _json(self, status: int, content: Any) -> None:
        self._reply(status, json.dumps(content).encode(), "application/json")

    def _text(self, content: str) -> None:
        self._reply(200, content.encode(), "text/plain")

    def _reply(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class ScriptedVllm(ThreadingHTTPServer):
    """Runs while it is a context.

    Attributes:
        loaded: The folder of each adapter that it holds.
        commands: What it was told to load and unload, in order.
        takes_adapters: Whether it was started with `--enable-lora`.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.loaded: dict[str, str] = {}
        self.commands: list[tuple[str, str]] = []
        self.takes_adapters = True
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def __enter__(self) -> "ScriptedVllm":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
