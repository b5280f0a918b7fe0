"""Where log lines go while a program runs: to a file or to stderr, as the settings say."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from labeling.logs.lines import JsonLine, TextLine
from labeling.logs.log_file import LogFile
from labeling.settings.sections import LogSettings

ROOMS = ("aggregation", "backend", "labeling", "routing", "tandem")
"""Loggers whose level is set; of all others, warnings alone are written."""


@contextmanager
def logging_to(settings: LogSettings, *, is_attended: bool = False) -> Iterator[None]:
    """Write log lines while the block runs.

    Args:
        settings: Where and in which form, and from which level on.
        is_attended: Whether somebody is told all of it on the terminal anyway, so that lines go
            to the file alone, where there is one.
    """
    stop = start_logging(settings, is_attended=is_attended)
    try:
        yield
    finally:
        stop()


def start_logging(settings: LogSettings, *, is_attended: bool = False) -> Callable[[], None]:
    """Write log lines from now on; see `logging_to`.

    Args:
        settings: See `logging_to`.
        is_attended: See `logging_to`.

    Returns:
        What ends it.
    """
    root, rooms = logging.getLogger(), [logging.getLogger(name) for name in ROOMS]
    handler = _handler(settings, is_attended)
    root.addHandler(handler)
    for one in rooms:
        one.setLevel(settings.level.upper())
    logging.captureWarnings(not is_attended)

    def stop() -> None:
        logging.captureWarnings(False)
        for one in rooms:
            one.setLevel(logging.NOTSET)
        root.removeHandler(handler)
        handler.close()

    return stop


def _handler(settings: LogSettings, is_attended: bool) -> logging.Handler:
    stderr = logging.StreamHandler()
    stderr.setFormatter(JsonLine() if settings.format == "json" else TextLine())
    if settings.file is None:
        handler: logging.Handler = logging.NullHandler() if is_attended else stderr
    else:
        handler = LogFile(settings.file, settings.file_bytes, settings.keep, stderr)
        handler.setFormatter(stderr.formatter)
    handler.addFilter(_concerns_tandem)
    return handler


def _concerns_tandem(record: logging.LogRecord) -> bool:
    """Return whether a line is written: libraries' own only where something is wrong."""
    return record.name.partition(".")[0] in ROOMS or record.levelno >= logging.WARNING
