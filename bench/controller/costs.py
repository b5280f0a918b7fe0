"""What was measured: of one step in a process of its own, and of a phase of a project's life."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepCost:
    """What one step of the controller took.

    Attributes:
        wall_seconds: From its beginning to its end.
        cpu_seconds: Of the controller's process, all threads together.
        peak_mb: The most memory that the process had resident so far.
        requests: How many it sent, by method and path, the most frequent first.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    requests: dict[str, int]


@dataclass(frozen=True, slots=True)
class PhaseCost:
    """What one phase took at one size.

    Attributes:
        tasks: Tasks that the project holds.
        studio: `real` or `scripted`: which Label Studio it was; `synthetic`: a scripted one whose
            project was pre-labelled from the beginning.
        phase: What was done.
        wall_seconds: From the beginning to the end.
        cpu_seconds: Of the controller's process.
        studio_cpu_seconds: Of Label Studio's processes meanwhile.
        requests: Requests to Label Studio and the backend.
        peak_mb: The most memory that the controller's process had resident.
        ledger_mb: The size of the ledger then.
        predictions: Predictions that Label Studio held then, of whatever version.
        kinds: The requests by method and path.
        ratio: Seconds of the raw import, as a share of this phase's; None: there is none.
    """

    tasks: int
    studio: str
    phase: str
    wall_seconds: float
    cpu_seconds: float
    studio_cpu_seconds: float
    requests: int
    peak_mb: float
    ledger_mb: float
    predictions: int
    kinds: dict[str, int]
    ratio: float | None = None
