"""A log file for several processes, rotated by size; what it cannot take goes to stderr."""

import contextlib
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from filelock import FileLock

from labeling.private_files import PRIVATE_FILE, make_private_file, make_private_folder


class LogFile(RotatingFileHandler):
    """Appends lines to a file that its owner alone may read; older ones are `NAME.1`, `NAME.2`, ….

    A file that cannot be written, since its disk is full or its folder is another's, stops nobody:
    one line on stderr says so, lines go there meanwhile, and the file is tried again at each.

    Args:
        file: The file; it and its folder are made with its first line.
        largest: Bytes from which on it is set aside.
        keep: How many files that were set aside are kept.
        stderr: Where lines go meanwhile.
    """

    def __init__(self, file: Path, largest: int, keep: int, stderr: logging.Handler) -> None:
        super().__init__(file, maxBytes=largest, backupCount=keep, encoding="utf-8", delay=True)
        self._stderr = stderr
        self._is_failing = False
        self._has_failed = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; see `logging.Handler.emit`."""
        self._has_failed = False
        if self._was_set_aside():
            self._leave()
        super().emit(record)
        self._is_failing = self._has_failed

    def doRollover(self) -> None:  # noqa: N802 - the library's own name
        """Set the file aside, unless another process just did."""
        with FileLock(f"{self.baseFilename}.lock", mode=PRIVATE_FILE):
            if self._was_set_aside():
                self._leave()
            else:
                super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's own name
        """Write a line to stderr that the file could not take, and say why once."""
        error = sys.exception()
        self._has_failed = True
        self._leave()
        if not self._is_failing:
            why = getattr(error, "strerror", None) or type(error).__name__
            self._stderr.handle(
                logging.makeLogRecord(
                    {
                        "name": __name__,
                        "levelno": logging.WARNING,
                        "levelname": "WARNING",
                        "msg": "The log cannot be written: %s (%s). Lines come here meanwhile.",
                        "args": (why, self.baseFilename),
                    }
                )
            )
        self._stderr.handle(record)

    def _open(self):  # type: ignore[no-untyped-def]  # the library's stream is of a private type
        file = Path(self.baseFilename)
        make_private_folder(file.parent)
        make_private_file(file)
        return super()._open()

    def _was_set_aside(self) -> bool:
        """Whether another process renamed the file that is open here."""
        if self.stream is None:
            return False
        try:
            return not os.path.samestat(
                os.fstat(self.stream.fileno()), Path(self.baseFilename).stat()
            )
        except OSError:
            return True

    def _leave(self) -> None:
        """Close the file; the next line opens it anew."""
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
