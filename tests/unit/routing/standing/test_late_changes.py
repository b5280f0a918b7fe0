"""Changes that come too late: each is said in one line, with both values and the consequence."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from labeling.form.form import parse
from routing.ledger.records import Assignment, LedgerState
from routing.reviewers.users import People
from routing.standing.late_changes import late_changes
from routing.studio.models import StudioUser
from tests.support.label_configs import SENTIMENT
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.snapshots import (
    VERSION,
    asked,
    facts_of,
    in_audit,
    piloted,
    prelabelled,
    snapshot_of,
)

N = 400
CARL = 9
ASKING = {"votes": 1, "max_votes": 5, "method": "auto"}
ONE_MORE = SENTIMENT.replace("</Choices>", '<Choice value="neutral"/></Choices>')
PEOPLE = snapshot_of(prelabelled(3)).people


def frozen(most: int | None = 20) -> LedgerState:
    """A population in audit, or certified, that was frozen with the default settings."""
    state = in_audit(N, most, SENTIMENT)
    return replace(state, populations=[replace(one, asking=ASKING) for one in state.populations])


def told(
    state: LedgerState,
    config: str = SENTIMENT,
    served: str | None = None,
    people: People = PEOPLE,
    assignments: Sequence[Assignment] = (),
    **sections: Any,
) -> list[str]:
    """What is said of the state under other settings than it came about with."""
    sections["policy"] = {"target_error": 0.1, "seed": 7, **sections.get("policy", {})}
    facts = facts_of(state, parse(config), **sections)
    return late_changes(facts, people, assignments, served)


def test_nothing_is_said_where_nothing_changed() -> None:
    assert told(frozen()) == []
    assert told(prelabelled(N)) == []


class TestSettings:
    @pytest.mark.parametrize("most", [20, None])
    @pytest.mark.parametrize(
        ("policy", "said"),
        [
            ({"target_error": 0.05}, "policy.target_error is 5.0% now"),
            ({"risk": 0.01}, "policy.risk is 1.0% now"),
            ({"seed": 8}, "policy.seed is 8 now"),
            ({"groups": "language"}, "policy.groups is language now"),
        ],
    )
    def test_that_a_freeze_fixed_stay_for_it(
        self, most: int | None, policy: dict[str, Any], said: str
    ) -> None:
        (line,) = told(frozen(most), policy=policy)
        assert line.startswith(f"{said}, but population 1 was frozen with ")
        assert "which stays" in line
        assert line.endswith("holds for tasks that come later.")

    def test_name_both_values(self) -> None:
        assert told(frozen(), policy={"target_error": 0.05}) == [
            "policy.target_error is 5.0% now, but population 1 was frozen with 10.0%, which stays;"
            " 5.0% holds for tasks that come later."
        ]

    def test_that_are_meant_for_later_tasks_are_not_held_against_what_is_certified(self) -> None:
        state = frozen(None)
        later = prelabelled(N + 1).tasks[N + 1]
        state = replace(state, tasks={**state.tasks, later.id: later})
        assert told(state, policy={"target_error": 0.05}) == []

    @pytest.mark.parametrize(
        ("sections", "said"),
        [
            (
                {"policy": {"votes": 2}},
                "policy.votes is 2 now, but population 1 was frozen with 1: audits that are drawn"
                " from now on are asked so often, earlier ones stay.",
            ),
            (
                {"policy": {"max_votes": 3}},
                "policy.max_votes is 3 now, but population 1 was frozen with 5: it holds at once"
                " for answers in doubt, and answered audits stay.",
            ),
            (
                {"aggregation": {"method": "majority-vote"}},
                "aggregation.method is majority-vote now, but population 1 was frozen with"
                " auto: answers are put together anew by it, but what audits counted"
                " stays.",
            ),
        ],
    )
    def test_of_how_people_are_asked_say_what_applies(
        self, sections: dict[str, Any], said: str
    ) -> None:
        assert told(frozen(), **sections) == [said]


class TestLabelConfig:
    def state(self) -> LedgerState:
        state = asked(piloted(N), 20)
        return replace(state, rounds=[replace(one, label_config=SENTIMENT) for one in state.rounds])

    def test_of_open_tasks_says_that_answers_stay_and_the_model_learns_anew(self) -> None:
        assert told(self.state(), ONE_MORE) == [
            "The label config changed (choice 'neutral' was added to 'sentiment'): the model learns"
            " anew, and people's answers that still fit count on."
        ]

    def test_counts_answers_that_no_longer_fit(self) -> None:
        state = self.state()
        lost = [replace(one, answer=None) for one in state.annotations[:3]]
        (line,) = told(replace(state, annotations=[*lost, *state.annotations[3:]]), ONE_MORE)
        assert line.endswith("count on; 3 do not, and others are asked in their place.")

    def test_that_only_looks_otherwise_is_no_change(self) -> None:
        assert told(self.state(), SENTIMENT.replace("<Choices", '<Choices layout="inline"')) == []


class TestModel:
    def test_that_moved_learns_anew_for_open_tasks(self) -> None:
        assert told(piloted(N), served="other-1") == [
            f"The backend answers as other-1 now, no more as {VERSION} (model, prompt or embedding"
            " moved): it learns anew, and open tasks are pre-labelled again."
        ]

    @pytest.mark.parametrize("most", [20, None])
    def test_that_moved_leaves_frozen_labels_as_they_are(self, most: int | None) -> None:
        (line,) = told(frozen(most), served="other-1")
        assert "the frozen labels of population 1 stay" in line

    def test_that_is_the_same_is_not_told_of(self) -> None:
        assert told(frozen(), served=VERSION) == []


class TestReviewers:
    def waiting(self, worker: int, *tasks: int) -> list[Assignment]:
        return [Assignment(task, worker, "open", NOON) for task in tasks]

    def test_who_left_hand_on_what_waits_for_them(self) -> None:
        carl = StudioUser(CARL, "carl@example.org", "Carl")
        people = replace(PEOPLE, users={**PEOPLE.users, CARL: carl})
        state = asked(piloted(N), 20)
        answers = [replace(one, worker_id=CARL) for one in state.annotations[:5]]
        state = replace(state, annotations=[*answers, *state.annotations[5:]])
        assignments = [*self.waiting(CARL, 1, 2), *self.waiting(ADA, 3), *self.waiting(BEN, 4)]
        assert told(state, people=people, assignments=assignments) == [
            "carl@example.org is no reviewer any more: what waits there (2) moves to others, and"
            " the answers given so far (5) stay counted."
        ]

    def test_who_left_label_studio_too_are_known_by_their_number(self) -> None:
        assignments = [*self.waiting(CARL, 1), *self.waiting(ADA, 3), *self.waiting(BEN, 4)]
        (line,) = told(asked(piloted(N), 20), assignments=assignments)
        assert line.startswith("User 9 is no reviewer any more: ")

    def test_who_is_named_and_no_user_any_more_is_told_of(self) -> None:
        people = replace(PEOPLE, missing=("carl@example.org",))
        (line,) = told(piloted(N), people=people)
        assert line.startswith("carl@example.org is named under `reviewers` and is no user")

    def test_who_is_new_gets_a_share(self) -> None:
        assert told(asked(piloted(N), 20), assignments=self.waiting(ADA, 3)) == [
            "ben@example.org is new among the reviewers, and gets a share of what is asked from"
            " now on."
        ]

    def test_nobody_is_new_before_anybody_was_asked(self) -> None:
        assert told(asked(piloted(N), 20)) == []
