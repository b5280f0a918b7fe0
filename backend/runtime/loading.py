"""Loads the model in the background, and says how far that is."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, Literal, Protocol, TypeVar

from backend.runtime.retry_later import Unready
from backend.runtime.safe_trace import trace
from labeling.errors import EngineError, TandemError

logger = logging.getLogger(__name__)

State = Literal["loading", "ready", "failed"]


class Named(Protocol):
    """What can be loaded."""

    name: str
    """Its short name."""


Model = TypeVar("Model", bound=Named)


class Loader(Generic[Model]):
    """Loads a model in a thread of its own, from the moment that it is made.

    Args:
        load: Gives the model; may take minutes.
        what: What the model is called where something is said about it.
    """

    def __init__(self, load: Callable[[], Model], what: str = "model") -> None:
        self._load = load
        self._what = what
        self._done = threading.Event()
        self._model: Model | None = None
        self._error: EngineError | None = None
        threading.Thread(
            target=self._run, name=f"{self._what.replace(' ', '-')}-loader", daemon=True
        ).start()

    @property
    def state(self) -> State:
        """How far the loading is."""
        if not self._done.is_set():
            return "loading"
        return "failed" if self._model is None else "ready"

    @property
    def error(self) -> EngineError | None:
        """Why the loading failed, if it did; while it goes on, what it waits for."""
        return self._error

    def wait(self, deadline: float | None = None) -> Model:
        """Give the model, when it is there.

        Args:
            deadline: On the clock of `time.monotonic`; None: however long it takes.

        Raises:
            Unready: It is still loading at the deadline.
            EngineError: It cannot be loaded.
        """
        if not self._done.wait(None if deadline is None else max(0, deadline - time.monotonic())):
            if isinstance(self._error, Unready):
                raise self._error
            raise Unready(f"The {self._what} is still loading", hint="Ask again in a moment.")
        if self._model is None:
            raise self._error or EngineError(f"The {self._what} cannot be loaded")
        return self._model

    def _load_patiently(self) -> Model:
        """Load, and again as long as what is missing may yet come, such as a server that starts."""
        while True:
            try:
                return self._load()
            except Unready as error:
                if self._error is None:
                    logger.warning("%s", error)
                self._error = error
                time.sleep(error.retry_after)

    def _run(self) -> None:
        started = time.monotonic()
        try:
            self._model = self._load_patiently()
            self._error = None
            logger.info("%s loaded in %.1f s", self._model.name, time.monotonic() - started)
        except TandemError as error:
            self._error = error if isinstance(error, EngineError) else EngineError(str(error))
            logger.error("%s", error)
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            self._error = EngineError(f"The {self._what} cannot be loaded: {reason}")
            logger.error("The %s cannot be loaded: %s", self._what, trace(error))
        finally:
            self._done.set()
