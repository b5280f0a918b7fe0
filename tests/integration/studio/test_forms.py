"""Forms of every kind on the real page: what people see is what is read, and what they answer too.

One project a kind: its task is opened in Chromium, its first choice ticked, and submitted.
"""

import base64
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from labeling.form.form import parse
from labeling.settings.settings import Settings
from routing.facts.unreadable import reasons_of, unreadable_in
from routing.ledger import Ledger
from routing.snapshot.observe import observe
from routing.studio import Studio
from tandem.doctor.form import check_annotations, check_form
from tandem.servers.label_studio import LabelStudioServer
from tests.support.browser import photograph, submit
from tests.support.browser_fixtures import LogIn
from tests.support.studio_fixtures import NewStudioProject

CHOICES = '<Choices name="c" toName="t"><Choice value="yes"/><Choice value="no"/></Choices>'
TEXT = f'<Text name="t" value="$text"/>{CHOICES}'
BASE64 = base64.b64encode("Grüße\nzwei".encode()).decode()
PICTURE = '<img src="data:image/png;base64,' + "A" * 1_200_000 + '"/>'

KINDS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "nested": (TEXT.replace("$text", "$review.body"), {"review": {"body": "nested text"}}),
    "a place in a list": (TEXT.replace("$text", "$a[1].b"), {"a": [{"b": "no"}, {"b": "second"}]}),
    "mixed": (
        TEXT.replace("$text", "Q: $q. A: $a.b $gone $n $l"),
        {"q": "what", "a": {"b": "that"}, "n": 1.0, "l": [1, None, "z"]},
    ),
    "base64": (TEXT.replace('"$text"', '"$text" encoding="base64"'), {"text": BASE64}),
    "base64unicode": (
        TEXT.replace('"$text"', '"$text" encoding="base64unicode"'),
        {"text": BASE64},
    ),
    "headers": (
        f'<Header value="$q"/><Header>Again: $q</Header><Markdown value="$q!"/>{TEXT}',
        {"q": "What is it?", "text": "a lamp"},
    ),
    "a picture in HTML": (
        TEXT.replace("<Text", "<HyperText"),
        {"text": f"<p>Twenty words</p>{PICTURE}"},
    ),
    "one box": (TEXT.replace('<Choice value="no"/>', ""), {"text": "a letter"}),
    "small letters": (
        '<text name="t" value="$text"/><choices name="c" toName="t" CHOICE="multiple">'
        '<Choice value="yes"/><choice value="no"/></choices>',
        {"text": "in any letters"},
    ),
    "a control that is left to people": (
        f'{TEXT}<Choices name="d" toName="t"><Choice value="x"/><Choice value="y"/>'
        '<Choice value="x"/></Choices>',
        {"text": "doubled"},
    ),
}


@pytest.fixture(scope="module")
def page(logged_in: LogIn, label_studio: LabelStudioServer) -> Page:
    """A page of a real Chromium, where the administrator is logged in."""
    return logged_in(label_studio.email, label_studio.password)


def seen(page: Page) -> str:
    """What the page shows of a task, with single spaces."""
    page.wait_for_selector("[data-testid=bottombar-submit-button]")
    frames = [frame.locator("body").inner_text() for frame in page.frames[1:]]
    main = page.locator(".lsf-main-view__annotation, .lsf-main-content").first
    return " ".join(" ".join([main.inner_text(), *frames]).split())


@pytest.mark.parametrize("kind", KINDS)
def test_what_people_see_is_what_is_read_and_what_they_answer_too(
    kind: str, studio_project: NewStudioProject, label_studio: LabelStudioServer, page: Page
) -> None:
    tags, data = KINDS[kind]
    form = parse(f"<View>{tags}</View>")
    project = studio_project(label_config=form.config, data=[data])
    studio = Studio(label_studio.url, label_studio.token, project)
    [task] = studio.tasks()
    page.goto(f"{label_studio.url}/projects/{project}/data?task={task.id}")
    page.wait_for_selector("input.ant-checkbox-input")

    item = form.text_of(task.data)

    for name, text in form.shown(item).items():
        page.wait_for_function(
            "words => [document, ...[...document.querySelectorAll('iframe')]"
            ".map(one => one.contentDocument)].some(one => one?.body?.innerText"
            ".split(/\\s+/).join(' ').includes(words))",
            arg=" ".join(text.split()),
        )
        assert " ".join(text.split()) in seen(page), name
    photograph(page, f"form, {kind}")
    page.locator("input.ant-checkbox-input").first.check()
    answer = form.decode(submit(page)["result"], item)
    assert answer in ("yes", '["yes"]')


NER = (
    '<View><Labels name="ner" toName="t"><Label value="Person" alias="PER"/><Label value="Place"/>'
    '</Labels><Text name="t" value="$text"/></View>'
)


def marked(name: str, about: str, end: int, label: str) -> dict[str, Any]:
    """An annotation of one span, as it is imported."""
    value = {"start": 0, "end": end, "labels": [label], "text": "x"}
    return {"result": [{"from_name": name, "to_name": about, "type": "labels", "value": value}]}


ANNOTATIONS = {
    "Anna is here.": marked("ner", "t", 4, "PER"),
    "Ben is here.": marked("label", "text", 3, "PER"),
    "Carl is here.": marked("ner", "t", 99, "PER"),
    "Dan is here.": marked("ner", "t", 3, "ORG"),
    "Nobody is here.": {"result": []},
}


@pytest.fixture
def annotated(studio_project: NewStudioProject, label_studio: LabelStudioServer) -> Studio:
    """A project with annotations of today's form, of an older one, and with an empty one."""
    project = studio_project(label_config=NER, data=[{"text": "Nobody asked yet."}])
    headers = {"Authorization": f"Token {label_studio.token}"}
    tasks = [{"data": {"text": text}, "annotations": [one]} for text, one in ANNOTATIONS.items()]
    path = f"{label_studio.url}/api/projects/{project}/import"
    httpx.post(path, json=tasks, headers=headers, timeout=60).raise_for_status()
    return Studio(label_studio.url, label_studio.token, project)


def answers_under(studio: Studio, **controls: Any) -> tuple[dict[str, str | None], dict[str, int]]:
    """People's answers by the text of their task, and why others cannot be read."""
    ledger = Ledger("sqlite://", studio.project_id)
    ledger.upgrade()
    settings = Settings(controls=controls)
    snapshot = observe(studio, ledger, settings, dry_run=True)
    texts, annotations = snapshot.state.texts, snapshot.state.annotations
    reasons = reasons_of(unreadable_in(annotations), texts, snapshot.form)
    answers = {str(texts[one.task]): one.answer for one in annotations}
    ledger.close()
    return answers, reasons


def test_annotations_of_another_form_are_no_answers_and_the_way_out_is_offered(
    annotated: Studio,
) -> None:
    answers, reasons = answers_under(annotated)
    assert {text: one for text, one in answers.items() if one is not None} == {
        "Anna is here.": '[[0,4,"PER"]]',
        "Nobody is here.": "[]",
    }
    assert sorted(reasons.values()) == [1, 1, 1]

    [finding] = check_annotations(annotated, parse(NER))
    assert finding.what.startswith("3 of 5 annotations of the first tasks are no answers")
    assert "'label', which the label config does not have" in finding.what
    assert "`controls: {ner: {was: [label]}}`" in str(finding.hint)


def test_an_old_name_is_read_once_it_is_set(annotated: Studio) -> None:
    answers, reasons = answers_under(annotated, ner={"was": ["label"]})
    assert answers["Ben is here."] == '[[0,3,"PER"]]'
    assert len(reasons) == 2
    [finding] = check_annotations(annotated, parse(NER, {"label": "ner"}))
    assert "was" not in str(finding.hint)


def test_doctor_names_what_is_left_to_people_and_what_they_alone_see(
    studio_project: NewStudioProject, label_studio: LabelStudioServer
) -> None:
    tags = (
        f'{KINDS["a control that is left to people"][0]}<Text name="u" value="$u" valueType="url"/>'
    )
    project = studio_project(label_config=f"<View>{tags}</View>", data=[{"text": "x", "u": "y"}])
    studio = Studio(label_studio.url, label_studio.token, project)
    left, unseen = check_form(studio.project(), Settings())
    assert "Choices 'd' (line 1): 'x' is there 2 times" in left.what
    assert "Text 'u' (line 1): what it shows stands behind an address" in unseen.what
