"""The last forecast of human labels, kept until what it followed from has changed."""

from sqlalchemy import select

from routing.ledger.database import put, writing
from routing.ledger.ledger import Ledger
from routing.ledger.schema import ForecastRow


def last_forecast(ledger: Ledger, digest: str) -> tuple[float, float, float] | None:
    """Return the forecast that was made of the same facts.

    Args:
        ledger: The ledger.
        digest: Of all that it follows from.

    Returns:
        As expected, and the lower and the upper end of the interval; None: there is none.
    """
    columns = select(ForecastRow.expected, ForecastRow.low, ForecastRow.high).where(
        ForecastRow.project == ledger.project, ForecastRow.digest == digest
    )
    with ledger.engine.connect() as connection:
        found = connection.execute(columns).first()
    return (found.expected, found.low, found.high) if found else None


def record_forecast(ledger: Ledger, digest: str, forecast: tuple[float, float, float]) -> None:
    """Keep a forecast in place of the last one.

    Args:
        ledger: The ledger.
        digest: Of all that it follows from.
        forecast: As expected, and the lower and the upper end of the interval.
    """
    expected, low, high = forecast
    row = {"digest": digest, "expected": expected, "low": low, "high": high}
    with writing(ledger.engine) as connection:
        put(connection, ForecastRow, ledger.project, [row])
