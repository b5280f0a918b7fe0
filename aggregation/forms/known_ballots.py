"""What people said of control tasks, taken apart by the controls of a form."""

from aggregation.control_votes import ControlVotes, KnownBallots
from aggregation.forms.form import answers_by_control, votes_of
from labeling.form.equivalence import Equivalence


def known_ballots(equivalence: Equivalence, controls: ControlVotes) -> dict[str, KnownBallots]:
    """Take what people said of control tasks apart, control by control.

    Args:
        equivalence: The form.
        controls: What people said of control tasks.

    Returns:
        What is known of each control, by its name; control tasks whose accepted answers do not
        state it are left out there.
    """
    if not controls.answers:
        return {}
    form, votes = equivalence.form, votes_of(equivalence, controls.answers)
    stated = {
        task: [answers_by_control(form, one) for one in accepted]
        for task, accepted in controls.known.items()
    }
    found = {}
    for name, ballots in votes.items():
        known = {
            task: frozenset(one[name] for one in answers)
            for task, answers in stated.items()
            if answers and all(name in one for one in answers)
        }
        found[name] = KnownBallots(ballots[ballots["task"].isin(list(known))], known)
    return found
