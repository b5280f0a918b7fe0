"""What an admin is told of promises that are made a group: plan, status, report, card."""

from dataclasses import replace

import pytest

from routing.ledger.records import LedgerState
from routing.planning.effort import labels_to_come, outlook
from routing.standing.compute import standing_of
from tandem.cli.planning import groups_in_words, in_numbers
from tandem.export.card import CardTerms, card_of
from tandem.export.features import columns_of
from tandem.export.labelled_dataset import labelled_dataset_of
from tandem.export.outcome import ProjectOutcome, conclude, report_of
from tandem.export.split_request import SplitRequest
from tandem.report import render
from tandem.standing.sentences import sentences
from tests.support import observed_tasks
from tests.support.report_pages import Page
from tests.support.snapshots import asked, facts_of, in_audit, in_groups, piloted, snapshot_of

POLICY = {"groups": "language", "target_error": 0.1, "max_votes": 1}
SIZES = (("de", 250), ("en", 142), (None, 8))


@pytest.fixture(scope="module")
def state() -> LedgerState:
    """The model learned from the pilot, and people review."""
    return in_groups(asked(piloted(400), 20), *SIZES)


class TestThePlan:
    def test_tells_of_each_group_and_sums_them_up(self, state: LedgerState) -> None:
        facts = facts_of(state, policy=POLICY)
        ahead = outlook(facts, [0.1])
        assert [(str(one.group), one.tasks) for one in ahead.groups] == [
            ("language: de", 250),
            ("language: en", 142),
            ("language: not stated", 8),
        ]
        (whole,) = ahead.options
        told = [one.option.promise for one in ahead.groups]
        assert whole.promise.labels == sum(one.labels for one in told)
        one = whole.promise
        assert labels_to_come(facts) == pytest.approx((one.labels, one.low, one.high))
        assert in_numbers(ahead)["groups"].keys() == {str(one.group) for one in ahead.groups}

    def test_says_which_group_is_too_small(self, state: LedgerState) -> None:
        large, medium, small = groups_in_words(outlook(facts_of(state, policy=POLICY), [0.1]))
        assert "not one of so few may be wrong, so people label all of it" in small
        assert "the model keeps" in large
        assert "so people label all but what may be wrong anyhow" in medium

    def test_has_no_groups_where_the_promise_is_about_all(self, state: LedgerState) -> None:
        assert not outlook(facts_of(state), [0.1]).groups


class TestWhatIsOpen:
    def test_is_told_by_groups_in_the_status(self, state: LedgerState) -> None:
        said = sentences(standing_of(snapshot_of(state, policy=POLICY)))
        assert said[0].startswith("Population 1 (language: de), 250 tasks: people review")
        assert "are expected to be left to the model" in said[0]
        assert said[2].startswith("Population 3 (language: not stated), 8 tasks: people review")
        assert "people label all of it" in said[2]

    def test_is_told_by_groups_in_the_report(self, state: LedgerState) -> None:
        report = report_of(conclude(snapshot_of(state, policy=POLICY)))
        assert report.standing.totals.allowed == 25 + 14
        said = Page(render(report)).sections["promise"]
        assert "To be promised, of each group alone: at most 10% of its labels" in said
        assert "People label all of language: not stated" in said
        assert "(language: de)" in said


class TestWhatIsFrozen:
    @pytest.fixture(scope="class")
    @staticmethod
    def outcome() -> ProjectOutcome:
        """The promise of a group is certified."""
        state = in_audit(400, None)
        (population,) = state.populations
        german = replace(population, group_field="language", group_value="de")
        return conclude(snapshot_of(replace(state, populations=[german])))

    def test_is_named_in_status_and_report(self, outcome: ProjectOutcome) -> None:
        (said,) = sentences(outcome.standing)
        assert said.startswith("Population 1 (language: de), 400 tasks: certified")
        said = Page(render(report_of(outcome))).sections["promise"]
        assert "of these 400 labels (language: de) are wrong" in said

    def test_is_named_in_the_dataset_card(self, outcome: ProjectOutcome) -> None:
        tasks = [observed_tasks.task(int(task)) for task in outcome.dataset["task"]]
        data = labelled_dataset_of(outcome, tasks, SplitRequest())
        written = card_of(data, columns_of(data), report_of(outcome), CardTerms())
        told = " ".join(written.split())
        assert "Population 1 (language: de), 400 tasks: **certified**" in told
