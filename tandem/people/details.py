"""What is told of one person beside their line of the table: their work and history. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from routing.ledger.people import PersonEvent
from routing.work.sessions import BREAK, LONG_ENOUGH, Drift
from tandem.pages.formats import hours, percent, points
from tandem.people.work import PersonWork
from tandem.standing.phrases import count


def work_lines(work: PersonWork) -> list[str]:
    """Say how somebody's work is spread, and whether it changes within their sessions.

    Args:
        work: What they did.
    """
    if not work.answers:
        return []
    minutes = BREAK.total_seconds() / 60
    longest = hours(work.longest.total_seconds() / 3600)
    spread = (
        f"Work: {hours(work.hours)} in {len(work.sessions)} sessions, with breaks of more than"
        f" {minutes:.0f} minutes between them; the longest lasted {longest}."
        if len(work.sessions) > 1
        else f"Work: {hours(work.hours)} in one session, of {longest} from begin to end."
    )
    return [spread, *([_drift_line(work.drift)] if work.drift else [])]


def work_numbers(work: PersonWork) -> dict[str, Any]:
    """Return the same as numbers, in the form of JSON.

    Args:
        work: What they did.
    """
    return {
        "hours": work.hours,
        "sessions": len(work.sessions),
        "longest_hours": work.longest.total_seconds() / 3600,
        "drift": asdict(work.drift) | {"is_tiring": work.drift.is_tiring} if work.drift else None,
    }


def event_lines(events: Sequence[PersonEvent]) -> Iterator[str]:
    """Say all that became of somebody, each change with its evidence below it.

    Args:
        events: The changes, in order.
    """
    for event in events:
        yield f"{event.at:%Y-%m-%d %H:%M} {event.state}, by {event.by or 'Tandem'}: {event.reason}"
        yield from _evidence_lines(event.evidence or {})


def _drift_line(found: Drift) -> str:
    pace = (
        f"Within {count(found.sessions, 'session')} of {LONG_ENOUGH} answers or more an answer took"
        f" {found.early_seconds:.0f} s in the earlier half and {found.late_seconds:.0f} s in the"
        " later one"
    )
    if found.early_right is None or found.late_right is None or found.change is None:
        return f"{pace}."
    ends = f"{points(found.change.low)} to {points(found.change.high)} points"
    said = (
        f"{pace}; {percent(found.early_right)} and then {percent(found.late_right)} of these say"
        f" the consensus (a difference of {ends})"
    )
    return f"{said}: quality falls, and a break may help." if found.is_tiring else f"{said}."


def _evidence_lines(evidence: Mapping[str, Any]) -> Iterator[str]:
    for key, value in evidence.items():
        if key == "flags":
            yield from (f"    flag: {line} (p {p_value:.2g})" for line, p_value in value)
        else:
            yield f"    {key}: {value}"
