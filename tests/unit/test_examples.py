"""The templates: each can be pasted into Label Studio, and its gold answers are answers of it."""

from collections.abc import Iterator

import pytest
from label_studio_sdk.label_interface.interface import LabelInterface

from labeling.answers.types import AnswerType, canonical_json
from labeling.form.conditions import visible
from tests.support.examples import TEMPLATES, answers, config, form, gold, instruction, tasks

every_template = pytest.mark.parametrize("template", TEMPLATES)


def marked(template: str) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Give each text that labels are asked of, with its gold spans."""
    for control in form(template).controls:
        if control.answer_type is AnswerType.SPANS:
            for task in tasks(template):
                texts = form(template).shown(form(template).item_of(task))
                spans = [
                    (start, end, label) for start, end, label in task["gold"][control.from_name]
                ]
                yield texts[control.to_name], spans


def test_there_is_a_template_for_every_kind_of_answer() -> None:
    kinds = {control.answer_type for template in TEMPLATES for control in form(template).controls}

    assert kinds == set(AnswerType)


@every_template
def test_label_studio_and_tandem_understand_the_config(template: str) -> None:
    LabelInterface(config(template)).validate()  # type: ignore[no-untyped-call]

    assert not form(template).left_to_people


@every_template
def test_annotators_are_told_something(template: str) -> None:
    assert instruction(template).strip()


@every_template
def test_there_are_forty_tasks_and_no_two_are_alike(template: str) -> None:
    data = [canonical_json(task["data"]) for task in tasks(template)]

    assert len(data) == len(set(data)) == 40


@every_template
def test_a_task_has_the_fields_that_the_config_shows(template: str) -> None:
    shown = {tag.value_name for tag in LabelInterface(config(template)).objects or ()}

    for task in tasks(template):
        assert task.keys() == {"data", "gold"}
        assert task["data"].keys() == shown
        assert all(
            text.strip() == text != ""
            for text in form(template).shown(form(template).item_of(task)).values()
        )


@every_template
def test_the_gold_answers_every_control_that_shows(template: str) -> None:
    asked = form(template)

    for task in tasks(template):
        said = answers(template, task)
        shown = visible(asked.conditions, asked.controls, said).keys()
        assert said.keys() <= shown
        assert all(asked.conditions[name] for name in shown - said.keys())


@every_template
def test_the_gold_survives_the_way_into_label_studio_and_back(template: str) -> None:
    asked = form(template)
    interface = LabelInterface(config(template))

    for task in tasks(template):
        answer = gold(template, task)
        regions = asked.encode(answer, asked.item_of(task))
        assert asked.decode(regions, asked.item_of(task)) == answer
        assert interface.validate_annotation({"result": regions})  # type: ignore[no-untyped-call]


@every_template
def test_every_label_is_among_the_gold(template: str) -> None:
    for control in form(template).controls:
        given = " ".join(
            answers(template, task).get(control.from_name, "") for task in tasks(template)
        )
        assert all(candidate.value in given for candidate in control.candidates)


@every_template
def test_spans_are_whole_words_and_lie_apart(template: str) -> None:
    for text, spans in marked(template):
        ends = [0, *(end for _, end, _ in spans)]
        for behind, (start, end, _) in zip(ends, spans, strict=False):
            assert behind <= start < end <= len(text)
            assert text[start:end].strip() == text[start:end]
            assert not text[:start][-1:].isalnum()
            assert not text[end:][:1].isalnum()


@every_template
def test_what_is_marked_once_is_marked_each_time(template: str) -> None:
    for text, spans in marked(template):
        inside = {place for start, end, _ in spans for place in range(start, end)}
        for name in {text[start:end] for start, end, _ in spans}:
            places = {place for place in range(len(text)) if text.startswith(name, place)}
            assert places <= inside
