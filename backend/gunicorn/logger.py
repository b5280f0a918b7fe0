"""Gunicorn's own lines in the form of all others, without what a caller sent."""

from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger


class PropagatingLogger(Logger):
    """Hands gunicorn's lines on to where all lines go, and cuts off what they quote of requests."""

    def setup(self, cfg: Config) -> None:
        """Set the level; see `gunicorn.glogging.Logger.setup`."""
        super().setup(cfg)
        self.error_log.propagate = True

    def warning(self, msg: object, *args: Any, **kwargs: Any) -> None:
        """Log `Invalid request from ip=127.0.0.1` without the header or the path that is wrong.

        Args:
            msg: What happened, and after a colon what with.
            args: What stands in it.
            kwargs: See `logging.Logger.warning`.
        """
        line = str(msg)
        cut = line.partition(": ")[0] if line.startswith("Invalid request") else line
        super().warning(cut, *args, **kwargs)

    def exception(self, msg: object, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Log `Error handling request` without the path of the request.

        Args:
            msg: What happened.
            args: The request's method and path.
            kwargs: See `logging.Logger.exception`.
        """
        super().exception(str(msg).partition(" %")[0], **kwargs)
