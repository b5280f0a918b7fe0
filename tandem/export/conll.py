"""Spans as CoNLL files: a token a line, tagged B, I or O, a blank line behind each text.

A line is `TOKEN TASK START TAG`, as CoNLL-2003 has the token first and the tag last: the task and
the token's first character stand between. A token is a run of letters, digits and underscores, or
one other character that is no space. Spaces in labels become underscores.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from labeling.answers.types import spans_of
from labeling.atomic_files import replacing
from labeling.controls import Control
from tandem.export.labelled_dataset import LabelledDataset, LabelledTask
from tandem.export.part_files import leave_only
from tandem.export.spans import (
    Misfits,
    TokenSpan,
    folder_names,
    on_tokens,
    span_controls,
    without_overlaps,
)
from tandem.export.tables import into, writable

TOKEN = re.compile(r"\w+|[^\w\s]")
OUTSIDE = "O"


def write_conll(data: LabelledDataset, folder: Path) -> tuple[tuple[Path, ...], Misfits]:
    """Write `CONTROL/PART.conll` for each control of spans and each part.

    Examples whose label leaves the control out are left out.

    Args:
        data: The labelled dataset.
        folder: Where the folders of the controls are made.

    Returns:
        The files, and the spans that could not be held as they are.

    Raises:
        SettingsError: The folder cannot be written.
    """
    files, misfits = [], Misfits()
    controls = span_controls(data)
    for control in controls:
        own = folder / folder_names(controls)[control.from_name]
        with into(own):
            parts = data.answered(control)
            written = [own / f"{name}.conll" for name in parts]
            for file, examples in zip(written, parts.values(), strict=True):
                with replacing(file) as draft, draft.open("w", encoding="utf-8") as out:
                    for example in examples:
                        lines, missed = _lines(example, control)
                        misfits += missed
                        out.writelines(writable(f"{line}\n") for line in [*lines, ""])
            leave_only(written)
        files += written
    return tuple(files), misfits


def _lines(example: LabelledTask, control: Control) -> tuple[list[str], Misfits]:
    text = example.texts.get(control.to_name, "")
    tokens = [match.span() for match in TOKEN.finditer(text)]
    placed, moved = on_tokens(spans_of(example.answers[control.from_name]), tokens)
    kept, overlapping = without_overlaps(placed)
    tags = _tags(kept, len(tokens))
    lines = [
        f"{text[start:end]} {example.task} {start} {tag}"
        for (start, end), tag in zip(tokens, tags, strict=True)
    ]
    return lines, moved + overlapping


def _tags(spans: Sequence[TokenSpan], tokens: int) -> Iterator[str]:
    """Return the tag of each token: B at a span's first, I at its others, O elsewhere."""
    tags = [OUTSIDE] * tokens
    for one in spans:
        label = "_".join(one.label.split())
        tags[one.first : one.end] = [f"I-{label}"] * (one.end - one.first)
        tags[one.first] = f"B-{label}"
    return iter(tags)
