"""What went wrong, in the one line that a person is told."""

from labeling.errors import TandemError


def error_line(error: BaseException) -> str:
    """Return what went wrong in one line; of the unforeseen only its kind: it may hold a key."""
    if isinstance(error, TandemError):
        return " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        return f"The system says: {error.strerror}{place}."
    return (
        f"Something unforeseen went wrong: {type(error).__name__}."
        " Run the command again with --debug, and report what it shows."
    )
