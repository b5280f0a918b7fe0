"""Where a project stands: a sentence a population, and one for all of it. Pure."""

from labeling.form.meaning import in_short
from routing.facts.excluded_answers import ExcludedAudits
from routing.standing.standing import PopulationStanding, Standing
from tandem.standing.phrases import count


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
    tasks = count(population.tasks, "task")
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
            f", so {count(one.unreadable, 'label')} cannot be read now and are not exported"
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
        f"; {count(audits.audits, 'audit')} had an answer of somebody who is excluded now"
        f" ({', '.join(filter(None, others))})"
    )


def totals(standing: Standing) -> str:
    """Say in a sentence what all populations come to, with what people gave and still will."""
    kept = sum(
        one.audit.unchecked for one in standing.populations if one.audit and one.is_certified
    )
    to_come = standing.human_labels_to_come
    parts = [
        count(standing.tasks, "task"),
        f"{kept} labels certified that the model keeps" if kept else "",
        f"{count(standing.human_labels, 'answer')} of people so far",
        f"{to_come['expected']} more are expected ({to_come['low']} to {to_come['high']})"
        if to_come and to_come["high"]
        else "",
    ]
    return f"In all: {', '.join(filter(None, parts))}."
