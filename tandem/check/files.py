"""What a check found as a file: a page for people, or CSV for a program."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pandas as pd
from jinja2 import Environment

from labeling.atomic_files import replacing
from labeling.private_files import make_private_folder
from tandem.check.findings import CheckResult, Finding
from tandem.export.tables import write_table
from tandem.pages.environment import new_environment

ON_THE_PAGE = 200
"""The most suspect labels that the page shows."""

COLUMNS = (
    "task",
    "kind",
    "probability",
    "label",
    "other",
    "reason",
    "model_reason",
    "p_true",
    "given_by",
    "text",
)


def write_findings(result: CheckResult, title: str, file: Path) -> Path:
    """Write what a check found.

    Args:
        result: What it found.
        title: The project's title.
        file: Where to: `….csv` has a row a label, any other name the page.

    Returns:
        The file.

    Raises:
        SettingsError: It cannot be written.
    """
    if file.suffix.lower() == ".csv":
        (written,) = write_table(
            _table(result.findings()), file.parent, file.stem, ["csv"], _schema()
        )
        return written
    make_private_folder(file.parent)
    page = _environment().get_template("check.html.jinja")
    text = page.render(title=title, result=result, findings=result.findings(ON_THE_PAGE))
    with replacing(file) as draft:
        draft.write_text(text, "utf-8")
    return file


def _table(findings: Sequence[Finding]) -> pd.DataFrame:
    rows = [
        {name: getattr(one, name) for name in COLUMNS} | {"given_by": ", ".join(one.given_by)}
        for one in findings
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")


def _schema() -> dict[str, object]:
    import pyarrow as pa  # type: ignore[import-untyped]

    texts = {name: pa.string() for name in COLUMNS}
    return {**texts, "task": pa.int64(), "probability": pa.float64(), "p_true": pa.float64()}


@cache
def _environment() -> Environment:
    return new_environment("tandem.check")
