"""The next step: who does what, how many, where, and what comes then; in every phase."""

from dataclasses import replace

import pytest

from routing.standing.standing import PopulationPhase
from tandem.standing.next_step import next_step
from tests.support.standings import BLIND, MAIN, population, standing, waits


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
