"""The label config that a frozen population was asked under, held against the present one.

A promise is about answers to one question. Where the question changed after the freeze, audits say
nothing of the frozen labels any more, so nothing is certified until the admin puts the label config
back, accepts the change as one of words alone, or has the population frozen anew.
"""

from dataclasses import replace
from datetime import datetime

from labeling.errors import SettingsError
from routing.facts.populations import form_changes, form_in_force, in_audit
from routing.facts.project import ProjectFacts
from routing.ledger import Ledger
from routing.ledger.records import LedgerState, Population, Write

WITHDRAWN = "population.withdraw"
"""The journal's kind of a freeze that was taken back."""


def with_known_forms(facts: ProjectFacts, ledger: Ledger | None) -> ProjectFacts:
    """Return the facts with the present label config for populations that remember none.

    Args:
        facts: What is known.
        ledger: Where it is recorded; None: nowhere.
    """
    unknown = [one for one in in_audit(facts.state) if form_in_force(one) is None]
    return _with_accepted(facts, unknown, ledger)


def accept_form(facts: ProjectFacts, ledger: Ledger | None) -> ProjectFacts:
    """Take the present label config for the one that populations in audit were frozen under.

    Args:
        facts: What is known.
        ledger: Where it is recorded; None: nowhere.

    Returns:
        The facts as they are then.

    Raises:
        SettingsError: A frozen label is no answer of the present label config.
    """
    form, state = facts.equivalence.form, facts.state
    changed = _changed(facts)
    numbers = {one.number for one in changed}
    unfit = [
        one.task
        for one in state.members.values()
        if one.population in numbers
        and one.label is not None
        and one.task in state.tasks
        and not form.accepts(one.label, state.texts.get(one.task) or "")
    ]
    if unfit:
        raise SettingsError(
            f"{len(unfit)} frozen labels, such as that of task {unfit[0]}, are no answers of the"
            " label config any more, so the change cannot be accepted",
            where="label config",
            hint="Put the label config back, or run `tandem sync --refreeze`.",
        )
    return _with_accepted(facts, changed, ledger)


def withdraw_changed(facts: ProjectFacts, ledger: Ledger | None, at: datetime) -> ProjectFacts:
    """Take back the freeze of populations in audit whose label config changed.

    Their tasks are open again, with all answers of people that can still be read.

    Args:
        facts: What is known.
        ledger: Where it is recorded; None: nowhere.
        at: The moment.

    Returns:
        The facts as they are then.
    """
    state = facts.state
    for population in _changed(facts):
        if ledger is not None:
            ledger.withdraw(population, _record(state, population, at))
        number = population.number
        state = replace(
            state,
            populations=[one for one in state.populations if one.number != number],
            members={t: one for t, one in state.members.items() if one.population != number},
            checks=[one for one in state.checks if one.population != number],
        )
    return facts.with_state(state)


def _changed(facts: ProjectFacts) -> list[Population]:
    config = facts.equivalence.form.config
    return [one for one in in_audit(facts.state) if form_changes(one, config)]


def _record(state: LedgerState, population: Population, at: datetime) -> Write:
    """Return what the journal keeps of a freeze that is taken back."""
    number = population.number
    before = {
        "size": population.size,
        "model_version": population.model_version,
        "frozen_at": population.frozen_at.isoformat(),
        "checks": [
            [one.task, one.kind, one.state, one.answer]
            for one in state.checks
            if one.population == number
        ],
    }
    key = f"{WITHDRAWN}:{number}:{population.frozen_at.isoformat()}"
    return Write(key, WITHDRAWN, f"population {number}", before, None, at, at)


def _with_accepted(
    facts: ProjectFacts, populations: list[Population], ledger: Ledger | None
) -> ProjectFacts:
    if not populations:
        return facts
    config, numbers = facts.equivalence.form.config, {one.number for one in populations}
    known = [
        replace(one, accepted_config=config) if one.number in numbers else one
        for one in facts.state.populations
    ]
    for one in known:
        if ledger is not None and one.number in numbers:
            ledger.update(one)
    return facts.with_state(replace(facts.state, populations=known))
