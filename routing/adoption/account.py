"""What adopting a project regains and what stays lost, line by line. Pure."""

from dataclasses import dataclass

from routing.adoption.adopt import Adoption


@dataclass(frozen=True, slots=True)
class AccountLine:
    """Something that a ledger knows.

    Attributes:
        what: What it is, in a few words.
        count: How many there are; None: nobody knows.
        is_regained: Whether Label Studio tells it; else it is lost.
        note: What follows from that.
    """

    what: str
    count: int | None
    is_regained: bool
    note: str = ""


def account_of(adoption: Adoption) -> list[AccountLine]:
    """Return what is regained, then what is lost.

    Args:
        adoption: What adopting would bring.

    Returns:
        The lines of a table.
    """
    state, past = adoption.snapshot.state, adoption.past
    blind = adoption.snapshot.blind_project
    people = [one for one in adoption.snapshot.standing if one.kind == "person"]
    blind_answers = blind.state.annotations if blind else ()
    predictions = sum(one.calibrator is not None for one in state.predictions)
    waiting = [*past.assignments, *past.blind_assignments]
    known = state.tasks.keys()
    checks = [
        one for one in (blind.state.tasks if blind else {}).values() if one.source not in known
    ]
    regained = [
        ("tasks", len(state.tasks), ""),
        ("answers of people", len(people) - len(past.copies), "nobody is asked for them again"),
        ("answers given blind", len(blind_answers), "nobody is asked for them again"),
        (
            "control tasks in the blind project",
            len(checks),
            "what people said of them counts again, as far as the known answers are named again",
        ),
        ("tasks that people were asked", len(past.decisions), ""),
        ("tasks that wait in tabs", sum(one.state == "open" for one in waiting), ""),
        ("predictions with their provenance", predictions, ""),
        (
            "labels that the model was left with",
            past.accepted,
            "they are no longer promised: the next promise is about them, too",
        ),
    ]
    lost = [
        ("certificates and frozen labels", "the audits begin anew, with a population of their own"),
        ("the order of the audits, and which answers were audits", "they count as blind answers"),
        (
            "who is in training, watched, paused or excluded, and why",
            "everybody is asked and counts; say it again with `tandem people`",
        ),
        ("rounds and forecasts", "the model learns anew from all answers"),
        ("the journal of writes", "what settings were before Tandem is not known any more"),
    ]
    return [
        *(AccountLine(what, count, True, note) for what, count, note in regained),
        *(AccountLine(what, None, False, note) for what, note in lost),
    ]
