"""What the looks at a strategy's gain over chance said, one a round."""

from dataclasses import asdict, dataclass

from sqlalchemy import select

from routing.ledger.database import put, reading, writing
from routing.ledger.ledger import Ledger
from routing.ledger.schema import ChanceLookRow


@dataclass(frozen=True, slots=True)
class ChanceLook:
    """A look at what a strategy gains over chance; see `routing.selection.chance_monitor`.

    Attributes:
        round: The number of the round before whose reviews were chosen it was taken.
        strategy: The strategy's name.
        gain: What it gains, in loss a text of the population.
        low: The lower end of the interval.
        high: The upper end.
        draws: Texts that it was judged by.
        is_worse: Whether chance is proved to teach more, so that it chooses instead.
    """

    round: int
    strategy: str
    gain: float
    low: float
    high: float
    draws: int
    is_worse: bool


def last_chance_look(ledger: Ledger) -> ChanceLook | None:
    """Return the last look that was taken in a project; None: there was none."""
    table = ChanceLookRow
    columns = select(
        table.round,
        table.strategy,
        table.gain,
        table.low,
        table.high,
        table.draws,
        table.is_worse,
    )
    with reading(ledger.engine) as connection:
        found = connection.execute(
            columns.where(table.project == ledger.project).order_by(table.round.desc()).limit(1)
        ).first()
    return ChanceLook(**found._asdict()) if found else None


def record_chance_look(ledger: Ledger, look: ChanceLook) -> None:
    """Record a look, in place of an earlier one of the same round."""
    with writing(ledger.engine) as connection:
        put(connection, ChanceLookRow, ledger.project, [asdict(look)])
