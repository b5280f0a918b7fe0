"""Serves a scripted Label Studio that holds one project, all of it pre-labelled.

python -m bench.controller.filled_studio PORT TOKEN TASKS
"""

import argparse
from threading import Event

from bench.controller.model import InstantModel
from bench.controller.texts import LABEL_CONFIG, text_of
from bench.scripted_studio.application import application
from bench.scripted_studio.store import ScriptedProject, Store
from bench.serving import serving
from labeling.form.form import parse

PORTION = 10_000
"""Tasks that are made at a time."""


def main() -> None:
    """Serve from the command line until it is told to stop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int, metavar="PORT")
    parser.add_argument("token", metavar="TOKEN", help="the administrator's")
    parser.add_argument("tasks", type=int, metavar="TASKS")
    given = parser.parse_args()
    store = Store(given.token)
    fill(store, given.tasks, InstantModel())
    with serving(application(store), given.port):
        Event().wait()


def fill(store: Store, tasks: int, model: InstantModel) -> ScriptedProject:
    """Add a project whose tasks all have the model's prediction, which it shows.

    Args:
        store: Where.
        tasks: How many.
        model: Who predicts.

    Returns:
        The project.
    """
    title = f"{tasks} tasks"
    project = store.add_project({"title": title, "label_config": LABEL_CONFIG})
    form = parse(LABEL_CONFIG)
    for start in range(0, tasks, PORTION):
        texts = [text_of(number) for number in range(start, min(start + PORTION, tasks))]
        new = store.add_tasks(project, [{"text": text} for text in texts])
        for task, text in zip(new, texts, strict=True):
            one = model.predict(form, text)
            store.add_prediction(task, one["result"], one["score"], model.version)
    project.fields["model_version"] = model.version
    return project


if __name__ == "__main__":
    main()
