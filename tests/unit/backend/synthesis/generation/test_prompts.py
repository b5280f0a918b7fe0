"""What the model is asked: a person reads it as one request, and no text can forge its lines."""

from backend.synthesis.generation.prompts import Task, prompt_digest, writing_prompt

TASK = Task("Which mood?", {"1": "Glad", "2": "Sad"}, {"2": "sorrow or loss"})


def test_a_text_is_asked_for_by_its_label() -> None:
    assert writing_prompt(TASK, "1").before == (
        "Which mood?\n\n"
        'Write a new text whose label is "Glad", and none of: Sad. It is one that a person might'
        " have written.\n\n"
        "Text:"
    )


def test_a_text_is_asked_for_by_label_and_attributes() -> None:
    asked = writing_prompt(TASK, "2", {"length": "short", "topic": "rain"}).before
    assert asked.endswith(
        'Write a new text whose label is "Sad" (sorrow or loss), and none of: Glad. It is one that'
        " a person might have written.\nlength: short\ntopic: rain\n\nText:"
    )


def test_a_paraphrase_keeps_the_label() -> None:
    asked = writing_prompt(TASK, "2", {}, "It\nrained.", "2").before
    assert asked.endswith(
        'its label stays "Sad" (sorrow or loss).\n\nText: It rained.\nIn other words:'
    )


def test_a_counterfactual_changes_the_label() -> None:
    asked = writing_prompt(TASK, "1", {}, "It rained.", "2").before
    assert asked.endswith(
        'The following text has the label "Sad". Change as few words as possible, so that its'
        ' label becomes "Glad".\n\nText: It rained.\nChanged text:'
    )


def test_a_text_that_is_hard_to_tell_names_the_label_that_it_could_be_taken_for() -> None:
    asked = writing_prompt(TASK, "1", rival="2").before
    assert asked.endswith(
        'Write a new text whose label is "Glad", though at first sight it could be taken for "Sad"'
        " (sorrow or loss). It is one that a person might have written.\n\nText:"
    )


def test_a_text_is_no_template() -> None:
    assert "{{ label }}" in writing_prompt(TASK, "1", {}, "{{ label }}", "1").before


def test_the_digest_hangs_on_all_that_is_read() -> None:
    asked = [writing_prompt(TASK, "1"), writing_prompt(TASK, "2")]
    asked += [writing_prompt(Task("", TASK.shown, {}), "1")]
    asked += [writing_prompt(Task("Which mood?", TASK.shown, {}, chat=True), "1")]
    assert len({prompt_digest(one) for one in asked}) == len(asked)
