"""Loads the model in the background, and says how far that is."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Literal

from backend.engines import Engine
from backend.logs import trace
from backend.refusals import Unready
from labeling.errors import EngineError, TandemError

logger = logging.getLogger(__name__)

State = Literal["loading", "ready", "failed"]


class Loader:
    """Loads an engine in a thread of its own, from the moment that it is made.

    Args:
        load: Gives the engine; may take minutes.
    """

    def __init__(self, load: Callable[[], Engine]) -> None:
        self._load = load
        self._done = threading.Event()
        self._engine: Engine | None = None
        self._error: EngineError | None = None
        threading.Thread(target=self._run, name="model-loader", daemon=True).start()

    @property
    def state(self) -> State:
        """How far the loading is."""
        if not self._done.is_set():
            return "loading"
        return "failed" if self._engine is None else "ready"

    @property
    def error(self) -> EngineError | None:
        """Why the loading failed, if it did."""
        return self._error

    def wait(self, deadline: float | None = None) -> Engine:
        """Give the engine, when it is there.

        Args:
            deadline: On the clock of `time.monotonic`; None: however long it takes.

        Raises:
            Unready: It is still loading at the deadline.
            EngineError: It cannot be loaded.
        """
        if not self._done.wait(None if deadline is None else max(0, deadline - time.monotonic())):
            raise Unready("The model is still loading", mend="Ask again in a moment.")
        if self._engine is None:
            raise self._error or EngineError("The model cannot be loaded")
        return self._engine

    def _run(self) -> None:
        started = time.monotonic()
        try:
            self._engine = self._load()
            logger.info("%s loaded in %.1f s", self._engine.name, time.monotonic() - started)
        except TandemError as error:
            self._error = error if isinstance(error, EngineError) else EngineError(str(error))
            logger.error("%s", error)
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            self._error = EngineError(f"The model cannot be loaded: {reason}")
            logger.error("The model cannot be loaded: %s", trace(error))
        finally:
            self._done.set()
