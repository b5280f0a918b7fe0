"""A project that people and another tool worked in for a while, as it stood before Tandem came."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from routing.model.connect import hook_url
from tests.support.loops import Loop, Person

CONFIG = """
<View>
  <Header value="How does the customer feel?"/>
  <Text name="text" value="$text" granularity="word"/>
  <Choices name="sentiment" toName="text" choice="single-radio" required="true" showInline="true">
    <Choice value="positive" hotkey="1"/>
    <Choice value="negative" hotkey="2"/>
    <Choice value="neutral" hotkey="3"/>
  </Choices>
</View>
"""
TEXTS: tuple[Any, ...] = (
    "The lamp came early and works.",
    "The lamp came early and works.",
    "Lämpchen kaputt 😡 — nie wieder!",
    "مرحبا، المصباح جميل",
    "=SUM(A1) <b>is not</b> a formula; $text {{neither}}\r\n",
    "word " * 15_600,
    "",
    ["two", "parts"],
    4711,
    "Does it take a battery?",
    "The handle broke.",
    "Kettle, white, 2 l.",
    "I ordered it on Monday.",
)
REMOVED_LABEL = "mixed"
OTHER_TOOL = "spacy-v3"


@dataclass(frozen=True)
class Traces:
    """What others left in a project, as Label Studio tells it.

    Attributes:
        annotations: Every annotation that stood there, by id.
        drafts: Every draft, by id.
        predictions: The other tool's predictions, by id.
        data: What the tasks hold, by id.
        tabs: Tabs that are not Tandem's, by id.
        webhooks: Those that do not tell Tandem's backend, by id.
        backends: ML backends but Tandem's, by id.
        settings: The project's own.
    """

    annotations: Mapping[int, Any]
    drafts: Mapping[int, Any]
    predictions: Mapping[int, Any]
    data: Mapping[int, Any]
    tabs: Mapping[int, Any]
    webhooks: Mapping[int, Any]
    backends: Mapping[int, Any]
    settings: Mapping[str, Any]


def make_messy(loop: Loop, people: tuple[Person, Person, Person], raw: httpx.Client) -> None:
    """Fill an empty project with what years of work leave behind.

    Args:
        loop: The project.
        people: Who worked in it.
        raw: Label Studio's API, as its administrator.
    """
    ana, ben, carl = people
    loop.studio.update_project(
        label_config=CONFIG,
        maximum_annotations=2,
        show_skip_button=False,
        expert_instruction="<p>Judge the <i>tone</i>.</p>",
        description="Letters of 2019 and later",
    )
    tasks = [
        {
            "data": {"text": text, "source": {"file": "a.csv", "row": row}},
            "meta": {"batch": row % 3},
        }
        for row, text in enumerate(TEXTS)
    ]
    _post(raw, f"/api/projects/{loop.studio.project_id}/import", tasks)
    ids = loop.studio.task_ids()
    for task in ids:
        said = _saying("negative") if task % 2 else []
        body = {"task": task, "model_version": OTHER_TOOL, "score": 0.3, "result": said}
        _post(raw, "/api/predictions/", body)
    ana.answer(ids[0], "positive", lead_time=4.5)
    ben.answer(ids[0], "negative")
    ben.answer(ids[1], "neutral")
    ben.answer(ids[1], "positive")
    carl.edit(carl.answer(ids[2], "positive"), "negative")
    ana.answer(ids[3], REMOVED_LABEL)
    ana.skip(ids[4])
    ben.answer(ids[4], "neutral")
    ana.submit_nothing(ids[5])
    ana.answer(ids[8], "neutral")
    gold = {"result": _saying("neutral"), "ground_truth": True}
    _post(raw, f"/api/tasks/{ids[9]}/annotations/", gold)
    _post(raw, f"/api/tasks/{ids[10]}/drafts", {"result": _saying("negative"), "lead_time": 2})
    tab = {
        "project": loop.studio.project_id,
        "data": {"title": "Batch 1", "type": "list", "ordering": ["-tasks:id"]},
    }
    _post(raw, "/api/dm/views/", tab)
    hook = {"project": loop.studio.project_id, "url": "http://127.0.0.1:9/hook", "actions": []}
    _post(raw, "/api/webhooks/", hook | {"send_for_all_actions": True})


def traces_of(loop: Loop, raw: httpx.Client, stood: Collection[int] | None = None) -> Traces:
    """Look at all that others left in a project; Tandem's own is left out.

    Args:
        loop: The project.
        raw: Label Studio's API, as its administrator.
        stood: The annotations that are looked at; None: all.
    """
    project = loop.studio.project_id
    tasks = _get(raw, f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true")
    annotations = _by_id(one for task in tasks for one in task["annotations"])
    about = _get(raw, f"/api/projects/{project}/")
    return Traces(
        annotations=annotations if stood is None else {one: annotations.get(one) for one in stood},
        drafts=_by_id(one for task in tasks for one in task["drafts"]),
        predictions=_by_id(
            one
            for task in tasks
            for one in _get(raw, f"/api/predictions/?task={task['id']}")
            if one["model_version"] == OTHER_TOOL
        ),
        data={one["id"]: (one["data"], one["meta"]) for one in tasks},
        tabs=_by_id(
            one
            for one in _get(raw, f"/api/dm/views/?project={project}")
            if one["data"].get("title") == "Batch 1"
        ),
        webhooks=_by_id(
            one
            for one in _get(raw, f"/api/webhooks/?project={project}")
            if one["url"] != hook_url(loop.settings)
        ),
        backends=_by_id(
            one
            for one in _get(raw, f"/api/ml/?project={project}")
            if one["url"] != loop.settings.backend.address_for_studio
        ),
        settings={
            name: about[name]
            for name in ("label_config", "maximum_annotations", "show_skip_button", "sampling")
        },
    )


def _saying(label: str) -> list[dict[str, Any]]:
    region = {"from_name": "sentiment", "to_name": "text", "type": "choices"}
    return [{**region, "value": {"choices": [label]}}]


def _post(raw: httpx.Client, path: str, body: object) -> None:
    raw.post(path, json=body).raise_for_status()


def _get(raw: httpx.Client, path: str) -> Any:
    return raw.get(path).raise_for_status().json()


def _by_id(found: Any) -> dict[int, Any]:
    return {one["id"]: one for one in found}
