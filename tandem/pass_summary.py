"""What one pass did, and what is left, in one line."""

from collections import Counter

from routing.sync import SyncReport


def summary_of(report: SyncReport, *, dry_run: bool = False) -> str:
    """Summarise a pass for a person.

    Args:
        report: What the pass did.
        dry_run: Whether nothing was written, so that all of it only would be done.

    Returns:
        One line.
    """
    decisions = ", ".join(f"{count} {kind}" for kind, count in sorted(report.decisions.items()))
    became = Counter(one.state for one in report.person_events)
    people = ", ".join(f"{count} {state}" for state, count in sorted(became.items()))
    done = [
        people and f"people: {people}",
        f"{report.labelled} pre-labelled" if report.labelled else "",
        decisions and f"decided: {decisions}",
        f"{len(report.changes)} writes" if report.changes else "",
    ]
    left = [
        f"{report.owed} votes owed" if report.owed else "",
        f"{report.unassigned} of them wait for room in a tab" if report.unassigned else "",
        f"{report.undecided} undecided" if report.undecided else "",
    ]
    begin = "Would be done" if dry_run else "Done"
    done_words = "; ".join(filter(None, done)) or "nothing to do"
    left_words = ", ".join(filter(None, left)) or "nothing"
    return f"{begin}: {done_words}. Left: {left_words}."


def warnings_of(report: SyncReport) -> list[str]:
    """Return what was wrong at a pass that came to its end all the same, a line each."""
    problem = report.backend_problem
    waits = [f"{problem} Learning and new pre-labels wait for it."] if problem else []
    return [*report.warnings, *waits]
