"""How a project stands, made by hand."""

from routing.standing.standing import (
    AuditStanding,
    PopulationPhase,
    PopulationStanding,
    Standing,
    WaitingWork,
)

MAIN, BLIND = "http://studio/projects/7/data", "http://studio/projects/8/data"
AUDIT = AuditStanding("m", 180, 40, 30, 0.4, 41, 8, 0, 79, None)


def population(
    phase: PopulationPhase = "pilot",
    tasks: int = 300,
    number: int = 1,
    asked: int = 60,
    answered: int = 12,
) -> PopulationStanding:
    """A population in a phase."""
    audit = AUDIT if phase in ("audits", "certified") else None
    return PopulationStanding(number, phase, tasks, asked, answered, 0.1, 0.05, audit)


def standing(*populations: PopulationStanding, work: tuple[WaitingWork, ...] = ()) -> Standing:
    """The standing of a project with these populations, which Ann and Ben review."""
    return Standing(
        "Letters",
        MAIN,
        tasks=sum(one.tasks for one in populations),
        populations=populations,
        work=work,
        reviewers=("ann", "ben"),
        room=100,
    )


def waits(worker: str | None, tasks: int, *, is_blind: bool = False) -> WaitingWork:
    """Somebody's work that waits."""
    return WaitingWork(worker, tasks, is_blind, BLIND if is_blind else MAIN)
