"""What may be logged of an unforeseen error: where it happened, never what it was given."""

import traceback


def trace(error: BaseException) -> str:
    """Write an error's kind and the lines that it passed, without its message.

    Messages of foreign errors quote texts and tokens; these do not belong in a log.
    """
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{frames}".rstrip()
