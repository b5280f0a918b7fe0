"""What is to be done next in a project: by whom, how much, where, and what comes then. Pure."""

from collections.abc import Sequence

from routing.standing.standing import Standing, WaitingWork
from tandem.standing.phrases import count, listed

MOST_NAMED = 3
"""People that a line names; the others are counted."""

SYNC_AGAIN = "then run `tandem sync` again."


def next_step(standing: Standing) -> str:
    """Return what is to be done next: by whom, how much, where, and what comes then.

    The first thing that stands in everybody's way is named; else people's work, wherever it is;
    else what a pass or the admin has to do.

    >>> next_step(Standing("Letters", "http://studio/projects/7/data"))
    'Import tasks at http://studio/projects/7/data; then run `tandem sync`.'
    """
    return (
        _obstacle(standing)
        or _peoples_work(standing)
        or _lack_of_people(standing)
        or _passes_work(standing)
    )


def _obstacle(standing: Standing) -> str | None:
    """Return what must be mended before anything else helps."""
    if standing.form_problem is not None:
        return f"Mend the label config at {_settings_page(standing)}; then run `tandem doctor`."
    if not standing.tasks:
        return f"Import tasks at {standing.address}; then run `tandem sync`."
    held = next((one for one in standing.populations if one.is_held), None)
    if held is not None:
        return (
            f"Decide about the label config at {_settings_page(standing)}: put it back and run"
            " `tandem sync`; or run `tandem sync --refreeze`, so that people's answers are kept and"
            f" a new promise is made of {count(held.tasks, 'task')}; or, where it means the same,"
            " `tandem sync --accept-form`."
        )
    if is_model_missing(standing):
        return f"Start the ML backend with `tandem serve`, or look at `tandem doctor`; {SYNC_AGAIN}"
    return None


def is_model_missing(standing: Standing) -> bool:
    """Return whether nothing goes on until the backend is back."""
    waits_for_model = any(one.phase in ("unlabelled", "due") for one in standing.populations)
    return standing.backend_problem is not None and waits_for_model and not standing.work


def _peoples_work(standing: Standing) -> str | None:
    """Return who answers how many, and where."""
    parts = [
        f"{_who(work)} at {work[0].address}"
        for is_blind in (True, False)
        if (work := [one for one in standing.work if one.is_blind == is_blind])
    ]
    return f"{', and '.join(parts)}; {SYNC_AGAIN}" if parts else None


def _who(work: Sequence[WaitingWork]) -> str:
    """Say who is asked how many, such as "Ann answers 8 and Ben 12"."""
    if work[0].worker is None:
        return f"Somebody answers {count(work[0].tasks, 'task')}"
    ordered = sorted(work, key=lambda one: -one.tasks)
    named, others = ordered[:MOST_NAMED], ordered[MOST_NAMED:]
    (first, *rest) = named
    words = [f"{first.worker} answers {first.tasks}"]
    words += [f"{one.worker} {one.tasks}" for one in rest]
    if others:
        words.append(f"{count(len(others), 'other')} {sum(one.tasks for one in others)}")
    return listed(words)


def _lack_of_people(standing: Standing) -> str | None:
    """Return what lets answers be given that nobody is there to give."""
    if not standing.votes_owed:
        return None
    owed = count(standing.votes_owed, "answer")
    if standing.reviewers and not standing.room:
        kept_back = [one.name for one in standing.people if one.state in ("paused", "in training")]
        if kept_back:
            return (
                f"Look at `tandem people`: {owed} wait, and nobody has room but"
                f" {listed(kept_back)}, who may be asked nothing now; `tandem people resume NAME`"
                f" takes that back, or name more reviewers; {SYNC_AGAIN}"
            )
        return (
            f"Raise `capacity` of the reviewers in tandem.yaml, or name more of them, since {owed}"
            f" wait and nobody has room; {SYNC_AGAIN}"
        )
    return f"Run `tandem sync`: it asks the reviewers for {owed}."


def _passes_work(standing: Standing) -> str:
    """Return what a pass or the admin does where people owe nothing."""
    if not standing.is_certified:
        leading = next(one for one in standing.populations if not one.is_certified)
        return f"Run `tandem sync`: {_PASS_DOES[leading.phase]}."
    if standing.undecided:
        return "Run `tandem sync`: it stores the certified labels in Label Studio."
    return "Run `tandem export`: it writes the dataset and a certificate for each promise."


_PASS_DOES = {
    "unlabelled": "it lets the model label every task, and asks people for a random sample",
    "pilot": "it asks people for a random sample, for the model to learn from",
    "reviews": "it takes up what people answered",
    "due": "the model learns from the answers, and people are asked for more only if that pays",
    "audits": "it takes up what people answered, and asks for the next audits or certifies",
}


def _settings_page(standing: Standing) -> str:
    return f"{standing.address.removesuffix('/data')}/settings/labeling"
