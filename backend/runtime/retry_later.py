"""What the service says where it cannot answer yet: ask again."""

from labeling.errors import EngineError


class RetryLater(EngineError):
    """The model is still loading, or too much waits for it to answer in time.

    What was computed until then is kept, so asking again gets further.

    Args:
        what: What is wrong, without a full stop.
        where: Where it is: an address, mostly.
        hint: What the reader can do about it, as an imperative.
        retry_after: Seconds after which asking again makes sense.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        retry_after: int = 2,
    ) -> None:
        super().__init__(what, where=where, hint=hint)
        self.retry_after = retry_after
