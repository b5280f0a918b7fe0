"""The guard of a project: no other ledger than the one that keeps it may work on it."""

from collections.abc import Mapping, Sequence

from labeling.errors import ForeignLedger
from routing.clock import Clock
from routing.ledger import Ledger
from routing.ledger.identity import LedgerIdentity
from routing.ledger.journal import Step, carry_out
from routing.ledger.records import LedgerState, Write
from routing.ownership import mark
from routing.studio.client import Studio
from routing.studio.models import StudioProject

MARKING = "project.mark"
"""The writes that put the mark into a project; what stood there `before` is what Tandem found."""

WAY_OUT = (
    "Work in the folder that holds that ledger; or rebuild the ledger here with `tandem adopt`,"
    " or take Tandem off the project with `tandem disconnect`."
)


def require_own(
    ledger: Ledger, descriptions: Mapping[int, str], project: int, blind_project: int | None
) -> None:
    """Refuse a ledger that is not the project's own, before anything is read into it.

    Args:
        ledger: The ledger that was opened.
        descriptions: Of all projects, by id.
        project: The main project.
        blind_project: Its blind project; None: there is none.

    Raises:
        ForeignLedger: The project is kept by another ledger, or has a blind project that this one,
            which is new, knows nothing of.
    """
    keeper = keeper_of(descriptions, project, blind_project)
    if keeper is not None and keeper != ledger.identity():
        raise ForeignLedger(
            f"Project {project} is kept by another ledger, {keeper.id}, since {keeper.since}",
            where=ledger.address,
            hint=WAY_OUT,
        )
    if keeper is None and blind_project is not None and ledger.is_new:
        raise _unknown(ledger, project, f"its blind project {blind_project}")


def require_no_traces(ledger: Ledger, project: int, state: LedgerState) -> None:
    """Refuse a new ledger where the project holds what only another one can have led to.

    Args:
        ledger: The ledger that was opened.
        project: The main project.
        state: What was seen of the project.

    Raises:
        ForeignLedger: There are answers of the model's user, or predictions of Tandem's.
    """
    if not ledger.is_new:
        return
    accepted = sum(one.kind == "model" for one in state.annotations)
    if accepted:
        raise _unknown(ledger, project, f"{accepted} annotations of the model's user")
    parents = {one.parent_prediction for one in state.annotations}
    predicted = sum(
        one.calibrator is not None and one.id not in parents for one in state.predictions
    )
    if predicted:
        raise _unknown(ledger, project, f"{predicted} predictions of Tandem's")


def claim(
    studio: Studio, ledger: Ledger, projects: Sequence[StudioProject], clock: Clock
) -> dict[int, str]:
    """Mark projects as kept by a ledger, where they are not.

    Args:
        studio: Label Studio.
        ledger: The ledger, which gets an identity where it has none.
        projects: The main project, and the blind project where there is one.
        clock: Tells what the time is.

    Returns:
        The descriptions as they are then, by project.
    """
    identity = ledger.identify()
    for project in projects:
        if mark.find(project.description) != identity:
            carry_out(ledger, _marking(studio, project, identity, clock))
    return {one.id: mark.marked(one.description, identity) for one in projects}


def keeper_of(
    descriptions: Mapping[int, str], project: int, blind_project: int | None
) -> LedgerIdentity | None:
    """Return the ledger that keeps a project, by its own mark or else by its blind project's.

    Args:
        descriptions: Of all projects, by id.
        project: The main project.
        blind_project: Its blind project; None: there is none.

    Returns:
        The ledger; None: no mark is there.
    """
    own = mark.find(descriptions.get(project, ""))
    if own is not None or blind_project is None:
        return own
    return mark.find(descriptions.get(blind_project, ""))


def _marking(
    studio: Studio, project: StudioProject, identity: LedgerIdentity, clock: Clock
) -> Step:
    writing = Write(
        f"mark:{project.id}:{identity.id}",
        MARKING,
        f"project {project.id}",
        {"model_version": project.model_version},
        {"ledger": identity.id},
        clock(),
    )
    door = studio.beside(project.id)
    text = mark.marked(project.description, identity)
    return Step([writing], lambda: door.update_project(description=text))


def _unknown(ledger: Ledger, project: int, what: str) -> ForeignLedger:
    return ForeignLedger(
        f"Project {project} holds Tandem's work, {what}, of which this new ledger knows nothing",
        where=ledger.address,
        hint=WAY_OUT,
    )
