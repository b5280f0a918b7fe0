"""The next step: who does what, how many, where, and what comes then; in every phase."""

from dataclasses import replace

import pytest

from routing.planning.checking import Checking
from routing.standing.standing import (
    AuditStanding,
    PopulationPhase,
    PopulationStanding,
    Spend,
    Standing,
    WaitingWork,
)
from tandem.next_step import next_step, population_sentence, remarks, sentences, totals

MAIN, BLIND = "http://studio/projects/7/data", "http://studio/projects/8/data"
AUDIT = AuditStanding("m", 180, 40, 30, 0.4, 41, 8, 0, 79, None)


def population(
    phase: PopulationPhase = "pilot",
    tasks: int = 300,
    number: int = 1,
    asked: int = 60,
    answered: int = 12,
) -> PopulationStanding:
    audit = AUDIT if phase in ("audits", "certified") else None
    return PopulationStanding(number, phase, tasks, asked, answered, 0.1, 0.05, audit)


def standing(*populations: PopulationStanding, work: tuple[WaitingWork, ...] = ()) -> Standing:
    return Standing(
        "Letters",
        MAIN,
        tasks=sum(one.tasks for one in populations),
        populations=populations,
        work=work,
        reviewers=("ann", "ben"),
        room=100,
    )


def waits(worker: str | None, tasks: int, *, is_blind: bool = False) -> WaitingWork:
    return WaitingWork(worker, tasks, is_blind, BLIND if is_blind else MAIN)


class TestNextStep:
    def test_of_an_empty_project_is_to_import_tasks(self) -> None:
        assert next_step(standing()) == f"Import tasks at {MAIN}; then run `tandem sync`."

    def test_of_a_form_that_cannot_be_used_is_to_mend_it(self) -> None:
        broken = replace(standing(population()), form_problem="It holds no control")
        assert next_step(broken) == (
            "Mend the label config at http://studio/projects/7/settings/labeling;"
            " then run `tandem doctor`."
        )

    @pytest.mark.parametrize("phase", ["unlabelled", "due"])
    def test_where_the_model_is_needed_and_away_is_to_start_it(
        self, phase: PopulationPhase
    ) -> None:
        away = replace(standing(population(phase)), backend_problem="It does not answer")
        assert next_step(away).startswith("Start the ML backend with `tandem serve`")

    def test_where_people_have_work_is_theirs_though_the_model_is_away(self) -> None:
        away = replace(
            standing(population(), work=(waits("ann", 8),)), backend_problem="It does not answer"
        )
        assert next_step(away).startswith("ann answers 8")

    def test_says_who_answers_how_many_and_where(self) -> None:
        work = (waits("ann", 8), waits("ben", 12))
        assert next_step(standing(population("reviews"), work=work)) == (
            f"ben answers 12 and ann 8 at {MAIN}; then run `tandem sync` again."
        )

    def test_names_both_projects_where_work_waits_in_both(self) -> None:
        work = (waits("ann", 8, is_blind=True), waits("ann", 3))
        assert next_step(standing(population("reviews"), work=work)) == (
            f"ann answers 8 at {BLIND}, and ann answers 3 at {MAIN}; then run `tandem sync` again."
        )

    def test_counts_those_whom_it_does_not_name(self) -> None:
        work = tuple(waits(f"p{count}", count) for count in range(1, 6))
        told = next_step(standing(population("reviews"), work=work))
        assert told.startswith(f"p5 answers 5, p4 4, p3 3 and 2 others 3 at {MAIN};")

    def test_without_reviewers_is_anybody_s(self) -> None:
        alone = replace(standing(population(), work=(waits(None, 20),)), reviewers=())
        assert next_step(alone).startswith(f"Somebody answers 20 tasks at {MAIN};")

    def test_where_nobody_has_room_is_to_make_room(self) -> None:
        full = replace(standing(population("reviews")), votes_owed=9, room=0)
        assert next_step(full).startswith("Raise `capacity` of the reviewers in tandem.yaml")
        assert "9 answers wait and nobody has room" in next_step(full)

    def test_of_what_is_owed_and_not_handed_out_yet_is_a_pass(self) -> None:
        owed = replace(standing(population("reviews")), votes_owed=9)
        assert next_step(owed) == "Run `tandem sync`: it asks the reviewers for 9 answers."

    @pytest.mark.parametrize(
        ("phase", "does"),
        [
            ("unlabelled", "it lets the model label every task"),
            ("pilot", "it asks people for a random sample"),
            ("reviews", "it takes up what people answered"),
            ("due", "the model learns from the answers"),
            ("audits", "asks for the next audits or certifies"),
        ],
    )
    def test_where_people_owe_nothing_is_a_pass(self, phase: PopulationPhase, does: str) -> None:
        told = next_step(standing(population(phase)))
        assert told.startswith("Run `tandem sync`: ")
        assert does in told

    def test_once_all_is_certified_is_the_export(self) -> None:
        assert next_step(standing(population("certified"))).startswith("Run `tandem export`")

    def test_of_certified_labels_that_are_not_stored_yet_is_a_pass(self) -> None:
        certified = replace(standing(population("certified")), undecided=180)
        assert next_step(certified).startswith("Run `tandem sync`: it stores")

    def test_where_the_label_config_changed_under_audits_is_the_admin_s_word(self) -> None:
        held = replace(population("audits"), form_changes=["choice 'a' was added to 'b'"])
        told = next_step(standing(held, work=(waits("ann", 8),)))
        assert told.startswith(
            "Decide about the label config at http://studio/projects/7/settings/labeling: put it"
        )
        assert "`tandem sync --refreeze`" in told
        assert "`tandem sync --accept-form`" in told

    def test_leads_with_the_largest_population_that_is_not_certified(self) -> None:
        several = standing(population("certified"), population("audits", 50, 2), population())
        assert "asks for the next audits or certifies" in next_step(several)


class TestSentences:
    def test_the_labels_in_which_the_model_overrules_people_are_counted(self) -> None:
        certified = population("certified")
        assert certified.audit
        certified = replace(certified, audit=replace(certified.audit, overruled=2))
        assert sentences(standing(certified))[0].endswith(
            "the model keeps 180 of the labels and overrules people in 2."
        )

    @pytest.mark.parametrize(
        ("phase", "said"),
        [
            ("unlabelled", "300 tasks: the model has labelled none of them yet."),
            (
                "pilot",
                "300 tasks: people label a random sample first, for the model to learn from;"
                " 12 of 60 answered.",
            ),
            ("reviews", "300 tasks: people review what the model doubts; 12 of 60 answered."),
            ("due", "300 tasks: 12 of 60 answered, and the model has yet to learn from them."),
            (
                "audits",
                "300 tasks: audits are going on; 41 of about 120 answered; of the 180 labels"
                " that nobody checked, at most 40 are wrong by what is known now, and 30 may be.",
            ),
            (
                "certified",
                "300 tasks: certified: at most 10.0% are wrong, with probability 95.0%; the model"
                " keeps 180 of the labels.",
            ),
        ],
    )
    def test_say_where_a_population_stands(self, phase: PopulationPhase, said: str) -> None:
        assert sentences(standing(population(phase))) == [said]

    def test_say_that_people_labelled_all_where_the_model_keeps_nothing(self) -> None:
        done = replace(population("certified"), audit=replace(AUDIT, unchecked=0))
        assert sentences(standing(done)) == ["300 tasks: certified: people labelled all of them."]

    def test_say_that_too_little_is_known_of_labels_that_may_all_be_wrong(self) -> None:
        unknown = replace(population("audits"), audit=replace(AUDIT, bound=AUDIT.unchecked))
        (told,) = sentences(standing(unknown))
        assert told.endswith("30 may be wrong, and too few are answered yet to tell.")

    def test_forecast_what_is_left_to_the_model(self) -> None:
        ahead = replace(
            standing(population("reviews")), forecast={"reviews": 84, "audits": 90, "left": 240}
        )
        assert sentences(ahead)[0].endswith("; 240 are expected to be left to the model.")

    def test_say_that_the_label_config_changed_under_a_promise(self) -> None:
        changes = ["choice 'a' was added to 'b'"]
        held = sentences(standing(replace(population("audits"), form_changes=changes)))
        certified = sentences(standing(replace(population("certified"), form_changes=changes)))
        assert held == [
            "300 tasks: the label config changed since the freeze (choice 'a' was added to 'b'), so"
            " answers say nothing of the frozen labels, and nothing is certified before you decide."
        ]
        assert certified[0].endswith(
            "keeps 180 of the labels; the label config was another then (choice 'a' was added to"
            " 'b')."
        )
        lost = replace(population("certified"), form_changes=changes, unreadable=12)
        assert sentences(standing(lost))[0].endswith(
            "'b'), so 12 labels cannot be read now and are not exported."
        )

    def test_tell_several_populations_apart(self) -> None:
        one, other = population("audits"), population("pilot", 5, 2, 5, 0)
        told = sentences(standing(one, other))
        assert [line.split(":")[0] for line in told] == [
            "Population 1, 300 tasks",
            "Population 2, 5 tasks",
        ]
        assert told[0] == population_sentence(one, standing(one, other))

    def test_of_no_tasks_say_so(self) -> None:
        assert sentences(standing()) == ["There are no tasks."]


class TestTotals:
    def test_add_up_over_all_populations(self) -> None:
        several = replace(
            standing(population("certified"), population("pilot", 5, 2)),
            human_labels=120,
            human_labels_to_come={"expected": 5, "low": 4, "high": 9},
        )
        assert totals(several) == (
            "In all: 305 tasks, 180 labels certified that the model keeps,"
            " 120 answers of people so far, 5 more are expected (4 to 9)."
        )

    def test_leave_out_what_is_not_known(self) -> None:
        assert totals(standing(population())) == "In all: 300 tasks, 0 answers of people so far."


class TestRemarks:
    def test_there_are_none_where_nothing_matters(self) -> None:
        assert remarks(standing(population())) == []

    @pytest.mark.parametrize(
        ("of", "said"),
        [
            (Standing("", "", votes_given_up=2), "2 answers that would help cannot be had"),
            (Standing("", "", unreadable=2), "Kept but not counted: 2 answers of people that"),
            (Standing("", "", strays=2), "2 answers came from people who were not asked"),
            (Standing("", "", skipped=2), "2 times somebody skipped a task"),
        ],
    )
    def test_say_what_a_number_means_where_it_matters(self, of: Standing, said: str) -> None:
        (told,) = remarks(of)
        assert told.startswith(said)

    def test_say_that_nobody_is_named_to_review(self) -> None:
        alone = replace(standing(population(), work=(waits(None, 20),)), reviewers=())
        assert remarks(alone)[0].startswith("Nobody is named under `reviewers`")

    def test_say_that_more_waits_for_room(self) -> None:
        full = replace(standing(population(), work=(waits("ann", 8),)), votes_owed=10)
        assert remarks(full) == ["2 more answers cannot be asked yet: no reviewer has room."]

    def test_begin_with_what_changed_too_late(self) -> None:
        late = replace(standing(population()), notices=("The target moved.",), strays=1)
        assert remarks(late)[0] == "The target moved."

    def test_say_why_the_backend_cannot_be_used(self) -> None:
        away = replace(standing(population()), backend_problem="It does not answer")
        assert remarks(away) == ["The ML backend cannot be used: It does not answer."]


def test_control_tasks_are_told_apart_from_the_labels() -> None:
    checked = replace(
        standing(population()),
        controls=Checking(answered=12, skipped=2),
        spend=Spend("$", 30.0, 1.0, 5.0, controls=1.2, control_hours=0.2),
    )
    [line] = [one for one in remarks(checked) if "control" in one]
    assert line.startswith("12 answers to control tasks ($1.20, 0.2 hours) came beside these")
    assert line.endswith("2 were skipped.")
    assert not [one for one in remarks(standing(population())) if "control" in one]
