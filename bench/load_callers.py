"""Callers of a service under load, and what they meet."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

LABEL_CONFIG = """<View><Text name="text" value="$text"/>
<Choices name="sentiment" toName="text">
  <Choice value="positive"/><Choice value="negative"/>
</Choices></View>"""
BULK_TEXTS = 64
PAUSE = 3.0
"""Seconds that a person takes between two tasks."""
PATIENCE = 120.0


@dataclass(slots=True)
class LoadPhase:
    """What callers met in one phase.

    Attributes:
        interactive: Seconds that each interactive call took, waits after a 503 included.
        bulk_texts: Texts of bulk calls that were answered.
        statuses: Answers by status; 0 where there was none.
        failed: Texts that got an error of their own, other than for want of time.
        answered: All texts that callers got an answer for.
    """

    interactive: list[float] = field(default_factory=list)
    bulk_texts: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failed: int = 0
    answered: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Callers:
    """Callers of one service, whose texts are all different."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = itertools.count()

    @contextmanager
    def asking(self, interactive: int, bulk: int, phase: LoadPhase) -> Iterator[None]:
        """Run callers as long as the block runs; then wait until each has its last answer.

        Args:
            interactive: Callers of one text.
            bulk: Callers of many texts.
            phase: Where they note what they met.
        """
        is_over = threading.Event()
        with ThreadPoolExecutor(max(1, interactive + bulk)) as pool:
            asking = [
                pool.submit(self._ask_on, count, phase, is_over)
                for count in [1] * interactive + [BULK_TEXTS] * bulk
            ]
            try:
                yield
            finally:
                is_over.set()
            for caller in asking:
                caller.result()

    def _ask_on(self, count: int, phase: LoadPhase, is_over: threading.Event) -> None:
        with httpx.Client(base_url=self._url, timeout=PATIENCE) as client:
            while not is_over.wait(PAUSE if count == 1 else 0):
                texts = [
                    f"Film number {next(self._numbers)} was like no other." for _ in range(count)
                ]
                started = time.perf_counter()
                if answered := ask(client, texts, phase, is_over):
                    _note(phase, answered, count, time.perf_counter() - started)


def ask(
    client: httpx.Client, texts: Sequence[str], phase: LoadPhase, is_over: threading.Event
) -> list[str]:
    """Ask until there is an answer, or the phase is over.

    Args:
        client: Of the service.
        texts: All in one call.
        phase: Where the answer's status is noted.
        is_over: Set when the phase is over.

    Returns:
        The texts that have an answer.
    """
    tasks = [{"id": number, "data": {"text": text}} for number, text in enumerate(texts)]
    body = {"tasks": tasks, "label_config": LABEL_CONFIG, "bulk": len(texts) > 1}
    while True:
        try:
            answer = client.post("/predict", json=body)
        except httpx.TransportError:
            with phase.lock:
                phase.statuses[0] += not is_over.is_set()
            return []
        with phase.lock:
            phase.statuses[answer.status_code] += 1
        if answer.status_code == httpx.codes.OK:
            results = answer.json()["results"]
            with phase.lock:
                phase.failed += sum("error" in one and "retry" not in one for one in results)
            return [text for text, one in zip(texts, results, strict=True) if "error" not in one]
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return []
        if is_over.wait(float(answer.headers["Retry-After"])):
            return []


def _note(phase: LoadPhase, answered: Sequence[str], count: int, seconds: float) -> None:
    with phase.lock:
        phase.answered += answered
        if count == 1:
            phase.interactive.append(seconds)
        else:
            phase.bulk_texts += len(answered)
