"""The hands-on notebook runs from its first cell to its last, and says what each step brought."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[3] / "examples" / "hands_on" / "hands_on.ipynb"
STEPS = (
    "zero-shot",
    "zero-shot, with the guidelines",
    "few-shot",
    "learned",
    "people alone, one vote",
    "people alone, three votes",
    "people and model: Tandem",
)


def read() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(NOTEBOOK.read_text("utf-8"))
    return content


def test_it_is_kept_without_outputs() -> None:
    code = [cell for cell in read()["cells"] if cell["cell_type"] == "code"]
    assert code
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)


def test_it_says_that_its_people_are_simulated() -> None:
    first = read()["cells"][0]
    assert "**The people are simulated**" in "".join(first["source"])


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_step_runs_and_is_measured(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    [table] = [one["data"]["text/html"] for one in notebook["cells"][-1]["outputs"]]
    assert all(f"<td>{step}</td>" in table for step in STEPS)
    [_, chart] = notebook["cells"][-3]["outputs"]
    assert "<svg" in chart["data"]["text/html"]
