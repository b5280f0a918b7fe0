"""Where a project stands, in a sentence a population and one for all of it."""

from dataclasses import replace

import pytest

from routing.standing.standing import PopulationPhase
from tandem.standing.sentences import population_sentence, sentences, totals
from tests.support.standings import AUDIT, population, standing


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
