"""The controls' benchmark counts right, with a model that a test makes up."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backend import engines
from backend.engines import Request, Scored
from bench.controls import main
from bench.controls_cost import WHOLE, alone, cost_of
from bench.controls_judging import measure
from bench.controls_measures import (
    AnswerQuality,
    ModelAnswer,
    error_by_chance,
    halves,
    macro_f1,
    mean,
    micro_f1,
    quality,
    reasons,
    scores_of,
    soft_error,
    span_scores,
)
from bench.controls_work import EXAMPLES, read, shares_of, spread, step_of_score, templates
from labeling.errors import EngineError
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from labeling.settings.settings import Settings
from tests.support.capable_engine import AbleEngine
from tests.support.label_configs import choices, on_text


def scores(control: str, said: list[str | None], gold: list[str]) -> dict[str, float]:
    form = parse(on_text(control))
    return scores_of(form.controls[0], Equivalence(form), said, gold)


def test_each_kind_is_judged_by_what_suits_it() -> None:
    topics = '<Choices name="c" toName="text" choice="multiple"><Choice value="a"/></Choices>'
    stars = '<Rating name="r" toName="text"/>'
    number = '<Number name="n" toName="text"/>'
    words = '<TextArea name="t" toName="text"/>'
    labels = '<Labels name="l" toName="text"><Label value="X"/></Labels>'
    tree = '<Choice value="a"><Choice value="b"/><Choice value="c"/></Choice>'
    shelf = f'<Taxonomy name="s" toName="text">{tree}</Taxonomy>'

    assert scores(topics, ['["a"]', None], ['["a"]', '["a"]']) == {"micro F1": pytest.approx(2 / 3)}
    assert scores(stars, ["1", None, "5"], ["4", "3", "5"]) == {"mean error": 1.5}
    assert scores(number, ["5", None], ["10", "1"]) == {"similarity": 0.25}
    assert scores(words, ['["a b"]', '["c"]'], ['["a b"]', '["d"]']) == {"ROUGE-L": 0.5}
    assert scores(shelf, ['[["a","b"]]'], ['[["a","c"]]']) == {"similarity": 0.5}
    assert scores(labels, ['[[0,4,"X"]]'], ['[[0,5,"X"]]']) == {
        "span F1": 0.0,
        "character F1": pytest.approx(8 / 9),
    }


def test_nothing_said_where_a_scale_is_asked_has_no_error() -> None:
    assert scores('<Rating name="r" toName="text"/>', [None], ["4"]) == {}


def test_f1_pools_sets_and_averages_classes() -> None:
    assert micro_f1([({1, 2}, {2}), (set(), {3})]) == 0.5
    assert micro_f1([(set(), set())]) == 1.0
    assert macro_f1(["a", "a", None], ["a", "b", "b"]) == pytest.approx((2 / 3 + 0) / 2)


def test_a_missing_answer_marks_no_span() -> None:
    assert span_scores([(None, '[[0,1,"X"]]'), ('[[0,1,"X"]]', '[[0,1,"X"]]')]) == {
        "span F1": pytest.approx(2 / 3),
        "character F1": pytest.approx(2 / 3),
    }


def test_a_failure_is_wrong_and_has_no_confidence() -> None:
    said = [ModelAnswer("a", 0.9), ModelAnswer("b", 0.8), ModelAnswer(None, error="no")]
    found = quality(said, ["a", "a", "a"], str.__eq__, {}, [{"a": 1.0}, {"b": 0.5}, {}])

    assert found.accuracy == pytest.approx(1 / 3)
    assert found.ece == pytest.approx((0.1 + 0.8) / 2)
    assert found.auroc == 1.0
    assert found.soft_ece == pytest.approx((0.1 + 0.3) / 2)


def test_where_all_fail_nothing_is_known_of_confidence() -> None:
    found = quality([ModelAnswer(None, error="no")], ["a"], str.__eq__, {})

    assert found == AnswerQuality(0.0, {}, None, None, None, None)


def test_soft_error_is_nothing_where_people_are_as_divided_as_the_model_says() -> None:
    assert soft_error(np.array([0.75, 0.55]), np.array([0.75, 0.55])) == 0.0
    assert soft_error(np.array([0.95, 0.95]), np.array([0.45, 0.45])) == pytest.approx(0.5)


def test_even_true_confidences_show_an_error_on_few_tasks() -> None:
    assert error_by_chance(np.ones(40)) == 0.0
    few, many = (error_by_chance(np.full(count, 0.5)) for count in (10, 1000))
    assert few > 0.1 > 0.03 > many


def test_means_leave_out_what_is_missing() -> None:
    one = AnswerQuality(0.5, {"F1": 0.25}, 0.125, 0.25, None)
    other = AnswerQuality(1.0, {"F1": 0.75}, 0.375, 0.25, 0.75, 0.5)

    assert mean([one, other]) == AnswerQuality(0.75, {"F1": 0.5}, 0.25, 0.25, 0.75, 0.5)


def test_halves_share_no_item_and_each_judges_the_other() -> None:
    first, second = halves(9, seed=3)

    assert sorted(first[0] + first[1]) == [*range(9)]
    assert first == second[::-1]
    assert halves(9, seed=3) == [first, second] != halves(9, seed=4)


def test_failures_are_grouped_by_what_they_have_in_common() -> None:
    said = [
        ModelAnswer(None, error="No 'x' in 3 of 4"),
        ModelAnswer(None, error="No 'y' in 12 of 4"),
        ModelAnswer("a"),
    ]

    assert reasons(said) == {"No … in … of …": 2}


def test_items_are_taken_all_over_a_file() -> None:
    assert spread(3, 100) == [0, 1, 2]
    assert spread(10, 5) == [0, 2, 4, 6, 8]


def test_scores_become_five_steps_of_equal_width() -> None:
    found = [step_of_score(score) for score in (-100, -61, -60, 0, 59, 60, 100)]

    assert found == ["1", "1", "2", "3", "4", "5", "5"]


def test_shares_of_people_are_counted_by_task() -> None:
    rows = [("t1", "w1", "a"), ("t1", "w2", "b"), ("t2", "w1", "b")]
    crowd = pd.DataFrame(rows, columns=["task", "worker", "label"])

    assert shares_of(crowd, ["t2", "t1", "t3"]) == [{"b": 1.0}, {"a": 0.5, "b": 0.5}, {}]


def test_labelled_texts_become_a_choice_with_the_shares_of_the_crowd(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item_id,text\ni0,no gold\ni1,one\ni2,two\n")
    (tmp_path / "gold.csv").write_text("task,label\ni2,b\ni1,a\n")
    (tmp_path / "crowd.csv").write_text("task,worker,label\ni1,w,a\ni2,w,a\n")

    work = read(tmp_path, 100)

    assert work.items == ["one", "two"]
    assert work.gold == [{"label": "a"}, {"label": "b"}]
    assert work.shares == [{"a": 1.0}, {"a": 1.0}]


def test_scored_texts_become_a_rating(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item_id,text\ni1,good news\n")
    (tmp_path / "gold.csv").write_text("task,label,score\ni1,positive,90\n")

    work = read(tmp_path, 100)

    assert work.gold == [{"valence": "5"}]
    assert work.form.controls[0].from_name == "valence"


@pytest.mark.parametrize("folder", templates(), ids=lambda folder: folder.name)
def test_templates_are_read_with_gold_that_their_forms_know(folder: Path) -> None:
    work = read(folder, 5)

    assert len(work.items) == 5
    for item, gold in zip(work.items, work.gold, strict=True):
        answer = work.form.answer(gold)
        assert answer is not None
        assert work.form.encode(answer, item) or not any(map(json.loads, gold.values()))


def template(folder: Path) -> Path:
    """Write a template whose first label is right on every second of 24 tasks."""
    (folder / "label_config.xml").write_text(choices(["positive", "negative"], name="mood"))
    (folder / "instruction.txt").write_text("Say how it sounds.")
    tasks = [
        {"data": {"text": f"text {n}"}, "gold": {"mood": ("positive", "negative")[n % 2]}}
        for n in range(24)
    ]
    (folder / "tasks.jsonl").write_text("\n".join(map(json.dumps, tasks)))
    return folder


def test_a_model_that_is_half_right_is_found_so_and_is_calibrated(tmp_path: Path) -> None:
    work = read(template(tmp_path), 100)
    [result] = measure(work, AbleEngine(scores=(-0.1, -3.0)), Settings(), seeds=2)

    assert (result.control, result.kind, result.tasks, result.failed) == ("mood", "class", 24, 0)
    assert result.before.accuracy == 0.5
    assert result.before.auroc == 0.5
    assert result.after.ece is not None
    assert result.after.ece < 0.2


def test_what_is_asked_of_regions_is_judged_on_gold_s(tmp_path: Path) -> None:
    labels = '<Labels name="things" toName="text"><Label value="X"/></Labels>'
    mood = '<Choices name="mood" toName="text" perRegion="true">{}</Choices>'
    inside = '<Choice value="positive"/><Choice value="negative"/>'
    work = read(template(tmp_path), 100)
    gold = [{"things": '[[0,4,"X"]]', "mood": f'[[0,4,"X","{own["mood"]}"]]'} for own in work.gold]
    form = parse(on_text(labels + mood.format(inside)))
    finds_nothing = AbleEngine(write=lambda _: "[]", scores=(-0.1, -3.0))
    things, moods, _ = measure(
        replace(work, form=form, gold=gold), finds_nothing, Settings(), seeds=1
    )

    assert things.before.accuracy == 0.0
    assert (moods.control, moods.kind, moods.before.accuracy) == ("mood", "regions", 0.5)
    assert moods.before.scores == {"similarity": 0.5}


class FailingEngine(AbleEngine):
    """Cannot read two texts."""

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        found = super().loglikelihood(requests)
        for place, request in enumerate(requests):
            if request.context.text in {"text 3", "text 14"}:
                found[place] = EngineError(f"{request.context.text!r} cannot be read")
        return found


def test_failures_are_told_with_their_reason(tmp_path: Path) -> None:
    [result] = measure(read(template(tmp_path), 100), FailingEngine(), Settings(), seeds=1)

    assert (result.tasks, result.failed) == (24, 2)
    assert result.failures == {"… cannot be read.": 2}
    assert result.before.accuracy == pytest.approx(11 / 24)


def test_a_control_that_seldom_shows_is_judged_where_it_does(tmp_path: Path) -> None:
    work = read(template(tmp_path), 100)
    config = work.form.config.replace(
        "</View>",
        '<Choices name="why" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>'
        "</View>",
    )
    gold = [*work.gold[:-1], {**work.gold[-1], "why": "good"}]
    results = measure(
        replace(work, form=parse(config), gold=gold), AbleEngine(), Settings(), seeds=2
    )

    assert [(one.control, one.tasks) for one in results] == [("mood", 24), ("why", 1), ("", 24)]
    assert results[1].before.accuracy == 1.0
    assert results[2].kind == "whole form"
    assert results[2].before.accuracy == 0.0


def test_a_control_alone_is_a_form_of_its_own_on_the_same_text() -> None:
    form = read(EXAMPLES / "ticket", 1).form
    for control in form.controls:
        own = parse(alone(form, control))

        assert own.only == control
        assert own.objects == form.objects
        assert own.titles[control.from_name] == form.titles[control.from_name]
        assert not own.conditions[control.from_name]


def test_a_form_costs_its_share_of_the_slowest_control() -> None:
    cost = cost_of(20.0, {WHOLE: 3.0, "mood": 1.0, "wants": 2.0})

    assert (cost.slowest_control, cost.slowest, cost.ratio) == ("wants", 2.0, 1.5)
    assert cost.controls == {"mood": 1.0, "wants": 2.0}


def test_ends_with_one_object_of_all_that_was_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engines, "load", lambda _: AbleEngine())
    beside = tmp_path / "SOURCE.md"
    beside.write_text("Where it comes from")
    folders = [str(template(tmp_path)), str(beside)]

    main([*folders, "--first", "20", "--seeds", "1", "--json"])

    content = json.loads(capsys.readouterr().out.splitlines()[-1])
    [row] = content["controls"]
    assert (row["control"], row["tasks"], row["failures"]) == ("mood", 20, {})
    assert set(row["before"]) == set(row["after"]) >= {"accuracy", "scores", "ece", "auroc"}
    assert (content["aggregation"], content["cost"]) == ({}, [])
