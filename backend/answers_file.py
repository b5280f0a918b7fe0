"""People's answers out of a file: one text and one label a line, as `tandem export` writes them."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pandas as pd

from labeling.data_fields import SYNTHETIC, is_synthetic
from labeling.errors import SettingsError

FEWEST = 20
"""Answers below which nothing is judged."""

_COLUMNS = ("people_label", "label")
"""Where a file has people's answers: an exported table in the first, any other in the second."""

HINT = "`tandem export` writes such a file: labels.jsonl."


def read_answers_file(file: Path) -> pd.DataFrame:
    """Read people's answers.

    Args:
        file: CSV or JSON Lines with `text` and `label`, or with `people_label`; lines without a
            text or an answer are left out, as are repeated texts, and those that are `synthetic`.

    Returns:
        The columns `text` and `label`.

    Raises:
        SettingsError: The file cannot be read, has no such columns, or fewer than `FEWEST` answers.
    """
    try:
        if file.suffix == ".csv":
            table = pd.read_csv(file, dtype="str", keep_default_na=False)
        else:
            table = pd.read_json(file, lines=True, dtype=False)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(
            f"The answers cannot be read: {why}", where=str(file), hint=HINT
        ) from error
    column = next((name for name in _COLUMNS if name in table), None)
    if column is None or "text" not in table:
        raise SettingsError(
            "The answers need the columns text and label", where=str(file), hint=HINT
        )
    if SYNTHETIC in table:
        table = table[[not is_synthetic({SYNTHETIC: one}) for one in table[SYNTHETIC].tolist()]]
    found = pd.DataFrame({"text": table["text"], "label": table[column]}).dropna()
    found = found.astype("str").drop_duplicates("text")
    found = found[(found["text"].str.strip() != "") & (found["label"] != "")]
    if len(found) < FEWEST:
        raise SettingsError(
            f"Only {len(found)} texts have people's answers, and {FEWEST} are needed at least",
            where=str(file),
            hint=HINT,
        )
    return found.reset_index(drop=True)


def label_config_of(labels: Sequence[str]) -> str:
    """Write a label config that asks for one of the labels."""
    choices = "".join(f"<Choice value={quoteattr(label)}/>" for label in labels)
    return (
        '<View><Text name="text" value="$text"/>'
        f'<Choices name="label" toName="text" choice="single">{choices}</Choices></View>'
    )
