"""What the service says where it cannot answer yet: ask again."""

from labeling.errors import EngineError


class Unready(EngineError):
    """The model is still loading, or the time budget ran out before the answer was there.

    What was computed until then is kept, so asking again gets further.
    """

    retry_after = 2
    """Seconds after which asking again makes sense."""
