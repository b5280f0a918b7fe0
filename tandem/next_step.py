"""What a project's standing means to its admin: a sentence a population, and what comes next. Pure.

Status, passes, dashboard and report begin with these lines, so that all of them say the same.
"""

from collections.abc import Mapping, Sequence

from labeling.form.meaning import in_short
from routing.facts.excluded_answers import ExcludedAudits
from routing.standing.standing import PopulationStanding, Standing, WaitingWork
from tandem.person_lines import person_lines

MOST_NAMED = 3
"""People that a line names; the others are counted."""

FEW = 3
"""Reasons and tasks that a line tells."""

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
            f" a new promise is made of {_count(held.tasks, 'task')}; or, where it means the same,"
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
        return f"Somebody answers {_count(work[0].tasks, 'task')}"
    ordered = sorted(work, key=lambda one: -one.tasks)
    named, others = ordered[:MOST_NAMED], ordered[MOST_NAMED:]
    (first, *rest) = named
    words = [f"{first.worker} answers {first.tasks}"]
    words += [f"{one.worker} {one.tasks}" for one in rest]
    if others:
        words.append(f"{_count(len(others), 'other')} {sum(one.tasks for one in others)}")
    return _listed(words)


def _lack_of_people(standing: Standing) -> str | None:
    """Return what lets answers be given that nobody is there to give."""
    if not standing.votes_owed:
        return None
    owed = _count(standing.votes_owed, "answer")
    if standing.reviewers and not standing.room:
        kept_back = [one.name for one in standing.people if one.state in ("paused", "in training")]
        if kept_back:
            return (
                f"Look at `tandem people`: {owed} wait, and nobody has room but"
                f" {_listed(kept_back)}, who may be asked nothing now; `tandem people resume NAME`"
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


def sentences(standing: Standing) -> list[str]:
    """Return one sentence a population, the one that holds the most tasks first."""
    if standing.form_problem is not None:
        return [f"The label config cannot be used: {standing.form_problem}."]
    if not standing.populations:
        return ["There are no tasks."]
    return [population_sentence(one, standing) for one in standing.populations]


def population_sentence(population: PopulationStanding, standing: Standing) -> str:
    """Say in a sentence where a population stands.

    Args:
        population: One of the project's.
        standing: The project's; several populations are told apart by numbers and groups.

    Returns:
        Such as "300 tasks: audits are going on; 41 of about 120 answered."
    """
    tasks = _count(population.tasks, "task")
    is_alone = len(standing.populations) == 1 and population.group is None
    group = f" ({population.group})" if population.group else ""
    name = tasks if is_alone else f"Population {population.number}{group}, {tasks}"
    return f"{name}: {_course(population, standing)}."


def _course(one: PopulationStanding, standing: Standing) -> str:
    """Say what is going on in a population."""
    progress = f"{one.answered} of {one.asked} answered"
    match one.phase:
        case "unlabelled":
            return "the model has labelled none of them yet"
        case "pilot":
            begin = "people label a random sample first, for the model to learn from"
            return f"{begin}; {progress}" if one.asked else begin
        case "reviews":
            return f"people review what the model doubts; {progress}{_expected(one, standing)}"
        case "due":
            return f"{progress}, and the model has yet to learn from them"
    return _promise_course(one)


def _expected(one: PopulationStanding, standing: Standing) -> str:
    """Say how many labels of an open population the model is expected to keep."""
    left = one.left if one.group else (standing.forecast or {}).get("left")
    if one.group and left == 0:
        return "; people label all of it, since audits of so few would cost as much"
    return "" if left is None else f"; {left} are expected to be left to the model"


def _promise_course(one: PopulationStanding) -> str:
    """Say how far the promise of a frozen population is proved."""
    audit = one.audit
    if audit is None:
        return "its labels are frozen"
    promise = f"at most {one.target_error:.1%} are wrong, with probability {1 - one.risk:.1%}"
    changes = in_short(one.form_changes)
    if one.is_certified:
        missing = (
            f", so {_count(one.unreadable, 'label')} cannot be read now and are not exported"
            if one.unreadable
            else ""
        )
        older = f"; the label config was another then ({changes}){missing}" if changes else ""
        against = f" and overrules people in {audit.overruled}" if audit.overruled else ""
        kept = f"{promise}; the model keeps {audit.unchecked} of the labels{against}"
        kept = kept if audit.unchecked else "people labelled all of them"
        return f"certified: {kept}{_of_excluded(audit.of_excluded)}{older}"
    if one.is_held:
        return (
            f"the label config changed since the freeze ({changes}), so answers say nothing of the"
            " frozen labels, and nothing is certified before you decide"
        )
    expected = audit.answered + audit.to_come
    known = (
        f"at most {audit.bound} are wrong by what is known now, and {audit.allowed} may be"
        if audit.bound < audit.unchecked
        else f"{audit.allowed} may be wrong, and too few are answered yet to tell"
    )
    return (
        f"audits are going on; {audit.answered} of about {expected} answered; of the"
        f" {audit.unchecked} labels that nobody checked, {known}"
        f"{_of_excluded(audit.of_excluded)}"
    )


def _of_excluded(audits: ExcludedAudits) -> str:
    """Say how many audits somebody answered who is excluded now, and what others say of them."""
    if not audits.audits:
        return ""
    others = [
        f"somebody else says the same in {audits.confirmed}" if audits.confirmed else "",
        f"otherwise in {audits.contradicted}" if audits.contradicted else "",
        f"{audits.waiting} are asked anew" if audits.waiting else "",
    ]
    return (
        f"; {_count(audits.audits, 'audit')} had an answer of somebody who is excluded now"
        f" ({', '.join(filter(None, others))})"
    )


def totals(standing: Standing) -> str:
    """Say in a sentence what all populations come to, with what people gave and still will."""
    kept = sum(
        one.audit.unchecked for one in standing.populations if one.audit and one.is_certified
    )
    to_come = standing.human_labels_to_come
    parts = [
        _count(standing.tasks, "task"),
        f"{kept} labels certified that the model keeps" if kept else "",
        f"{_count(standing.human_labels, 'answer')} of people so far",
        f"{to_come['expected']} more are expected ({to_come['low']} to {to_come['high']})"
        if to_come and to_come["high"]
        else "",
    ]
    return f"In all: {', '.join(filter(None, parts))}."


def remarks(standing: Standing) -> list[str]:
    """Return what else the admin should know, a sentence each; nothing where there is nothing."""
    given_up = _count(standing.votes_given_up, "answer")
    waiting = _count(standing.without_room, "more answer")
    unreadable = _count(standing.unreadable, "answer")
    strays, skipped = _count(standing.strays, "answer"), _count(standing.skipped, "time")
    said = [
        (
            standing.backend_problem is not None,
            f"The ML backend cannot be used: {(standing.backend_problem or '').rstrip('.')}.",
        ),
        (
            standing.without_room and standing.reviewers and standing.work,
            f"{waiting} cannot be asked yet: no reviewer has room.",
        ),
        (
            standing.work and not standing.reviewers,
            "Nobody is named under `reviewers` in tandem.yaml, so whoever comes shares one tab.",
        ),
        (
            standing.votes_given_up,
            f"{given_up} that would help cannot be had: whoever may be asked answered or skipped"
            " those tasks already. One more reviewer could give them.",
        ),
        (
            standing.unreadable,
            f"Kept but not counted: {unreadable} of people that the label config has no words for"
            f" ({_reasons(standing.unreadable_why or {})}).",
        ),
        (
            standing.ignored,
            f"Kept but not counted: {_count(standing.ignored, 'answer')} from before Tandem"
            " (policy.earlier_answers).",
        ),
        (
            standing.of_nobody,
            f"Kept but not counted: {_count(standing.of_nobody, 'answer')} of users who were"
            " deleted.",
        ),
        (
            standing.of_excluded,
            f"Kept but not counted: {_count(standing.of_excluded, 'answer')} of people who are"
            " excluded.",
        ),
        (
            standing.unreadable_tasks,
            f"The model cannot read {_unreadable_tasks(standing.unreadable_tasks or {})}; people"
            " label them without a pre-label.",
        ),
        (
            standing.strays,
            f"{strays} came from people who were not asked for them; they count all the same.",
        ),
        (standing.controls.answered or standing.controls.skipped, _controls(standing)),
        (
            standing.skipped,
            f"{skipped} somebody skipped a task; it is asked of others.",
        ),
    ]
    return [
        *standing.notices,
        *person_lines(standing.people),
        *(words for is_so, words in said if is_so),
    ]


def _controls(standing: Standing) -> str:
    """Say what control tasks took beside the labels."""
    controls, spend = standing.controls, standing.spend
    took = (
        f" ({spend.currency}{spend.controls:.2f}, {spend.control_hours:.1f} hours)" if spend else ""
    )
    skipped = f"; {controls.skipped} were skipped" if controls.skipped else ""
    return (
        f"{_count(controls.answered, 'answer')} to control tasks{took} came beside these: they tell"
        f" of people's work, and are no labels{skipped}."
    )


def _reasons(counts: Mapping[str, int]) -> str:
    """Return the most frequent reasons, each with its count."""
    listed = [f"{why}: {count}" for why, count in list(counts.items())[:FEW]]
    return "; ".join(listed + ["and others"] * (len(counts) > FEW))


def _unreadable_tasks(tasks: Mapping[str, Sequence[int]]) -> str:
    """Return how many tasks cannot be read, which, and why."""
    told = [
        f"{_count(len(ones), 'task')} ({', '.join(map(str, ones[:FEW]))}"
        f"{', …' if len(ones) > FEW else ''}: {why})"
        for why, ones in tasks.items()
    ]
    return _listed(told[:FEW] + ["others"] * (len(told) > FEW))


def _settings_page(standing: Standing) -> str:
    return f"{standing.address.removesuffix('/data')}/settings/labeling"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
