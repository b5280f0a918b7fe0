"""A label config that changes under a frozen population: nothing is certified without a word."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from labeling.errors import SettingsError
from labeling.form.form import parse
from routing.facts.form_changes import (
    WITHDRAWN,
    accept_form,
    with_known_forms,
    withdraw_changed,
)
from routing.facts.populations import (
    accepted_form_of,
    checks_of,
    form_changes,
    frozen_of,
    open_tasks,
    proven,
)
from routing.facts.project import ProjectFacts
from routing.guarantee.certificate_file import verify, write
from routing.ledger import Ledger
from routing.ledger.records import LedgerState
from routing.lifecycle import advance
from tests.support.label_configs import SENTIMENT
from tests.support.observed_tasks import NOON
from tests.support.snapshots import facts_of, in_audit, piloted

TASKS = 400
ONE_MORE = SENTIMENT.replace("</Choices>", '<Choice value="neutral"/></Choices>')
RENAMED = SENTIMENT.replace("positive", "good")
LOOKS = SENTIMENT.replace("<Choices", '<Choices layout="inline"')


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", 1)
    ledger.upgrade()
    yield ledger
    ledger.close()


def proved() -> LedgerState:
    """A population whose audits prove its promise, which the next pass certifies."""
    state = in_audit(TASKS, None, SENTIMENT)
    return replace(state, populations=[replace(one, kept_at=None) for one in state.populations])


def asked_with(
    config: str, state: LedgerState | None = None, target_error: float = 0.1
) -> ProjectFacts:
    """The facts once the label config is another."""
    policy = {"max_votes": 1, "blind_share": 0.0, "target_error": target_error}
    return facts_of(state or proved(), parse(config), policy=policy)


def is_certified(facts: ProjectFacts) -> bool:
    (population,) = facts.state.populations
    return population.kept_at is not None


class TestCertificate:
    @pytest.mark.parametrize("config", [SENTIMENT, LOOKS])
    def test_is_given_where_the_label_config_means_the_same(self, config: str) -> None:
        assert is_certified(advance(asked_with(config)))

    @pytest.mark.parametrize("config", [ONE_MORE, RENAMED])
    def test_is_never_given_where_it_changed(self, config: str) -> None:
        before = asked_with(config)
        after = advance(before)
        assert not is_certified(after)
        assert after.state.checks == before.state.checks, "answers say nothing of frozen labels"

    def test_is_given_once_it_is_put_back(self) -> None:
        held = advance(asked_with(ONE_MORE))
        assert is_certified(advance(asked_with(SENTIMENT, held.state)))

    def test_names_the_label_config_that_it_is_about(self) -> None:
        state = advance(asked_with(SENTIMENT)).state
        (population,) = state.populations
        frozen = frozen_of(state, population)
        file = write(frozen, proven(state, population))
        assert frozen.form == parse(SENTIMENT).digest
        assert frozen.form.encode() in file
        verify(file)

    def test_stays_whatever_becomes_of_the_label_config(self) -> None:
        certified = advance(asked_with(SENTIMENT)).state
        later = advance(asked_with(RENAMED, certified)).state
        assert later.populations == certified.populations
        assert form_changes(later.populations[0], RENAMED)

    def test_closes_its_tasks_though_their_answers_cannot_be_read_any_more(self) -> None:
        certified = advance(asked_with(SENTIMENT)).state
        unread = [replace(one, answer=None) for one in certified.annotations]
        facts = asked_with(RENAMED, replace(certified, annotations=unread))
        assert not facts.votes_owed, "nobody is asked again about what is certified"
        assert asked_with(SENTIMENT, facts.state).votes_owed


class TestAcceptance:
    def test_lets_audits_go_on(self, ledger: Ledger) -> None:
        accepted = accept_form(asked_with(ONE_MORE), ledger)
        after = advance(accepted)
        (population,) = after.state.populations
        assert is_certified(after)
        assert ledger.state().populations == list(accepted.state.populations)
        assert accepted_form_of(population) == parse(ONE_MORE).digest
        assert population.label_config == SENTIMENT
        frozen, checks = frozen_of(after.state, population), proven(after.state, population)
        file = write(frozen, checks, accepted_form_of(population))
        assert parse(ONE_MORE).digest.encode() in file
        verify(file)

    def test_is_refused_where_frozen_labels_are_no_answers_any_more(self) -> None:
        with pytest.raises(SettingsError, match=r"frozen labels, .* --refreeze"):
            accept_form(asked_with(RENAMED), None)

    def test_of_nothing_changes_nothing(self) -> None:
        facts = asked_with(SENTIMENT)
        assert accept_form(facts, None) is facts


class TestWithdrawal:
    def test_opens_the_tasks_again_and_keeps_answers(self, ledger: Ledger) -> None:
        facts = asked_with(ONE_MORE)
        state = facts.state
        ledger.freeze(state.populations[:1], list(state.members.values()))
        ledger.check(state.checks)
        after = withdraw_changed(facts, ledger, NOON)
        assert open_tasks(after.state) == sorted(state.tasks)
        assert (after.state.populations, after.state.members, after.state.checks) == ([], {}, [])
        assert after.state.annotations == state.annotations
        stored = ledger.state()
        assert (stored.populations, stored.members, stored.checks) == ([], {}, [])

    def test_is_in_the_journal_with_what_was_checked(self, ledger: Ledger) -> None:
        facts = asked_with(ONE_MORE)
        withdraw_changed(facts, ledger, NOON)
        withdraw_changed(facts, ledger, NOON)
        (record,) = ledger.writes(WITHDRAWN)
        assert record.applied_at == NOON
        assert record.before
        assert record.before["size"] == TASKS
        assert len(record.before["checks"]) == len(facts.state.checks)

    def test_leads_to_a_new_freeze_under_the_present_label_config(self) -> None:
        opened = withdraw_changed(asked_with(ONE_MORE, target_error=0.4), None, NOON)
        rounds = [replace(opened.state.rounds[-1], answers=len(opened.settled))]
        after = advance(opened.with_state(replace(opened.state, rounds=rounds)))
        (population,) = after.state.populations
        assert population.label_config == parse(ONE_MORE).config
        assert {one.state for one in checks_of(after.state, population)} <= {"waiting"}

    def test_leaves_alone_what_did_not_change(self) -> None:
        facts = asked_with(LOOKS)
        assert withdraw_changed(facts, None, NOON).state == facts.state


class TestUnknownForm:
    def test_is_taken_to_be_the_first_that_is_seen(self, ledger: Ledger) -> None:
        state = proved()
        unknown = [replace(one, label_config=None) for one in state.populations]
        facts = with_known_forms(asked_with(SENTIMENT, replace(state, populations=unknown)), ledger)
        (population,) = facts.state.populations
        assert form_changes(population, SENTIMENT) == []
        assert form_changes(population, ONE_MORE)
        assert frozen_of(facts.state, population).form is None, "else audits had another order"
        assert accepted_form_of(population) is None
        assert ledger.state().populations == [population]


def test_a_freeze_remembers_what_was_asked_and_how() -> None:
    facts = facts_of(piloted(TASKS), policy={"target_error": 0.4, "max_votes": 1})
    (population,) = advance(facts).state.populations
    assert population.label_config == facts.equivalence.form.config
    assert population.asking == {"votes": 1, "max_votes": 1, "method": "auto"}
