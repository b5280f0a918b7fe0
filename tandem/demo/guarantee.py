"""The demo's promise held against the gold labels, which nobody in a real project has."""

from collections.abc import Mapping

from rich.table import Table

from routing.facts.populations import audit_status, promise_of
from routing.ledger.records import LedgerState, Population
from tandem.demo.reviewers import Post


def promise_table(state: LedgerState, posts: Mapping[int, Post]) -> Table:
    """Return each promise beside the errors that it is about, and beside those against gold.

    Args:
        state: What the ledger knows.
        posts: The demo's texts with their gold labels, by task.

    Returns:
        One row per population.
    """
    table = Table(title="The promise, and the truth that only a demo knows")
    table.add_column("Population")
    for name in ("May be wrong", "Kept by the model", "Wrong against gold", "Certified"):
        table.add_column(name, justify="right")
    for population in state.populations:
        kept = kept_labels(state, population)
        wrong = sum(label != posts[task].gold for task, label in kept.items())
        promise, known = promise_of(population), audit_status(state, population)
        table.add_row(
            f"{population.number}: {promise.size} texts, {known.audits} audits",
            f"{promise.allowed} ({promise.error:.0%})",
            str(len(kept)),
            f"{wrong} ({wrong / promise.size:.1%})",
            "yes" if population.kept_at else "no",
        )
    return table


def kept_labels(state: LedgerState, population: Population) -> dict[int, str]:
    """Return the frozen labels that the model keeps.

    Args:
        state: What the ledger knows.
        population: Whose labels are meant.

    Returns:
        The labels, by task.
    """
    return {
        task: member.label
        for task, member in state.members.items()
        if member.population == population.number
        and member.label is not None
        and task in state.decisions
        and state.decisions[task].kind == "accept"
    }
