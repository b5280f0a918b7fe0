"""Loading of a model in the background: how far it is, and why it failed."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, Literal, Protocol, TypeVar

from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError, TandemError
from labeling.logs.safe_trace import trace

logger = logging.getLogger(__name__)

State = Literal["loading", "ready", "failed"]


class NamedModel(Protocol):
    """What can be loaded."""

    name: str
    """Its short name."""


ModelT = TypeVar("ModelT", bound=NamedModel)


class Loader(Generic[ModelT]):
    """Loads a model in a thread of its own, from the moment that it is made.

    Args:
        load: Returns the model; may take minutes.
        what: What the model is called in messages.
        clock: Returns the time, in seconds; deadlines are on it.
        sleep: Waits so many seconds before it tries again.
    """

    def __init__(
        self,
        load: Callable[[], ModelT],
        what: str = "model",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._load = load
        self._clock = clock
        self._sleep = sleep
        self._what = what
        self._done = threading.Event()
        self._model: ModelT | None = None
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

    def wait(self, deadline: float | None = None) -> ModelT:
        """Return the model, when it is there.

        Args:
            deadline: When to stop waiting, on the loader's clock; None: however long it takes.

        Raises:
            RetryLater: It is still loading at the deadline.
            EngineError: It cannot be loaded.
        """
        if not self._done.wait(None if deadline is None else max(0, deadline - self._clock())):
            if isinstance(self._error, RetryLater):
                raise self._error
            raise RetryLater(f"The {self._what} is still loading", hint="Ask again in a moment.")
        if self._model is None:
            raise self._error or EngineError(f"The {self._what} cannot be loaded")
        return self._model

    def _load_patiently(self) -> ModelT:
        """Load, and again as long as what is missing may yet come, such as a server that starts."""
        while True:
            try:
                return self._load()
            except RetryLater as error:
                if self._error is None:
                    logger.warning("%s", error)
                self._error = error
                self._sleep(error.retry_after)

    def _run(self) -> None:
        started = self._clock()
        try:
            self._model = self._load_patiently()
            self._error = None
            logger.info("%s loaded in %.1f s", self._model.name, self._clock() - started)
        except TandemError as error:
            self._error = error if isinstance(error, EngineError) else EngineError(str(error))
            logger.error("%s", error)
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            self._error = EngineError(f"The {self._what} cannot be loaded: {reason}")
            logger.error("The %s cannot be loaded: %s", self._what, trace(error))
        finally:
            self._done.set()
