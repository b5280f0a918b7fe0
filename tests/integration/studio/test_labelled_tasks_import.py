"""A file of labelled tasks goes through Label Studio's own importer, and says the same there."""

import json
from pathlib import Path

import httpx
import pytest

from routing.studio import Studio
from tandem.export.label_studio_tasks import write_label_studio
from tandem.servers.label_studio import LabelStudioServer
from tests.support.labelled_projects import EVERYTHING, LabelledProject

pytestmark = pytest.mark.studio


def test_what_is_imported_decodes_to_the_labels_that_were_exported(
    label_studio: LabelStudioServer, raw: httpx.Client, tmp_path: Path
) -> None:
    said = {
        "mood": "bad",
        "topics": '["price","été"]',
        "stars": "4",
        "place": '[["Sport","Ball"]]',
        "amount": "12.5",
        "said": '["Ann"]',
        "who": '[[0,3,"PER"]]',
    }
    labels = {1: json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)}
    labels[2] = '{"mood":"good","place":"[]","topics":"[]","who":"[]"}'
    believed = labels[2].replace("good", "bad")
    project = LabelledProject(
        {1: "Ann paid 12.5 for été", 2: "Bob"},
        {task: [label] for task, label in labels.items()},
        EVERYTHING,
        beliefs={2: {believed: 0.75}},
        data={1: {"author": "x"}},
    )
    (file,), unheld = write_label_studio(project.labelled(), project.tasks, tmp_path)
    made = Studio(label_studio.url, label_studio.token).create_project("Imported", EVERYTHING)

    with file.open("rb") as content:
        answer = raw.post(f"/api/projects/{made.id}/import", files={"file": content})

    assert (answer.status_code, unheld) == (201, 0), answer.text
    assert answer.json()["annotation_count"] == 2
    found = list(Studio(label_studio.url, label_studio.token, made.id).tasks())
    assert [one.meta["tandem"]["task"] for one in found] == [1, 2]
    assert found[0].data == {"text": "Ann paid 12.5 for été", "author": "x"}
    form = project.form
    for task in found:
        [annotation] = task.annotations
        assert annotation.ground_truth
        own = task.meta["tandem"]["task"]
        assert form.decode(annotation.result, form.item_of({"data": task.data})) == labels[own]
    [prediction] = found[1].predictions
    assert (prediction.score, prediction.model_version) == (0.75, "m-1")
    assert form.decode(prediction.result) == believed
