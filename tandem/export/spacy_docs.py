"""spaCy's `DocBin` files: spans as entities and span groups, choices as text categories.

Tokens are those of spaCy's blank pipeline of the language, by default the one of many languages,
`xx`. A span that ends within a token is widened to it. All spans stand in `doc.spans["sc"]`, where
spaCy's span categorizer looks, and those that overlap no longer one in `doc.ents` as well.
`doc.cats` has 1 or 0 for each label of a choice. `doc.user_data["task"]` is the task.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from labeling.answers.types import AnswerType, spans_of, strings_of
from labeling.atomic_files import replacing
from labeling.controls import Control
from labeling.errors import SettingsError
from tandem.export.labelled_dataset import LabelledDataset, LabelledTask
from tandem.export.part_files import leave_only
from tandem.export.spans import Misfits, TokenSpan, folder_names, on_tokens
from tandem.export.spans import without_overlaps as kept_of
from tandem.export.tables import into
from tandem.extras import require

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MANY_LANGUAGES = "xx"

CATEGORIES = (AnswerType.CLASS, AnswerType.PAIR, AnswerType.SCALE, AnswerType.SET)


def write_spacy(
    data: LabelledDataset, folder: Path, language: str | None = None
) -> tuple[tuple[Path, ...], Misfits]:
    """Write `CONTROL/PART.spacy` for each control of spans or choices and each part.

    Examples whose label leaves the control out are left out.

    Args:
        data: The labelled dataset.
        folder: Where the folders of the controls are made.
        language: Whose tokens they have, such as `en`; None: `xx`.

    Returns:
        The files, and the spans that could not be held as they are.

    Raises:
        TandemError: spaCy is not installed.
        SettingsError: spaCy does not know the language, or the folder cannot be written.
    """
    pipeline = pipeline_of(language)
    from spacy.tokens import DocBin

    kinds = (*CATEGORIES, AnswerType.SPANS)
    controls = [one for one in data.form.controls if one.answer_type in kinds]
    files, misfits = [], Misfits()
    for control in controls:
        own = folder / folder_names(controls)[control.from_name]
        with into(own):
            parts = data.answered(control)
            written = [own / f"{name}.spacy" for name in parts]
            for file, examples in zip(written, parts.values(), strict=True):
                docs = DocBin(store_user_data=True)
                for example in examples:
                    doc, missed = _doc(pipeline, example, control)
                    misfits += missed
                    docs.add(doc)
                with replacing(file) as draft:
                    docs.to_disk(draft)
            leave_only(written)
        files += written
    return tuple(files), misfits


def pipeline_of(language: str | None) -> "Language":
    """Return spaCy's blank pipeline of a language; None: of many languages.

    Raises:
        TandemError: spaCy is not installed.
        SettingsError: spaCy does not know the language.
    """
    require("spacy", "tandem export --format spacy")
    import spacy

    try:
        return spacy.blank(language or MANY_LANGUAGES)
    except ImportError as error:
        raise SettingsError(
            f"spaCy has no tokens for the language {language!r}",
            where="--language",
            hint="Name it by its code, such as en; or leave it out.",
        ) from error


def _doc(pipeline: "Language", example: LabelledTask, control: Control) -> tuple["Doc", Misfits]:
    doc = pipeline.make_doc(example.texts.get(control.to_name, ""))
    doc.user_data["task"] = example.task
    if control.answer_type is not AnswerType.SPANS:
        doc.cats = _categories(example, control)
        return doc, Misfits()
    tokens = [(token.idx, token.idx + len(token)) for token in doc if not token.is_space]
    places = [token.i for token in doc if not token.is_space]
    placed, moved = on_tokens(spans_of(example.answers[control.from_name]), tokens)
    kept, overlapping = kept_of(placed)
    _mark(doc, placed, kept, places)
    return doc, moved + overlapping


def _mark(
    doc: "Doc", placed: Sequence[TokenSpan], kept: Sequence[TokenSpan], places: Sequence[int]
) -> None:
    """Mark spans in a document; `places` are its tokens that are no spaces."""
    from spacy.tokens import Span

    def marked(spans: Sequence[TokenSpan]) -> list[Span]:
        return [Span(doc, places[one.first], places[one.end - 1] + 1, one.label) for one in spans]

    doc.spans["sc"] = marked(placed)
    doc.ents = marked(kept)


def _categories(example: LabelledTask, control: Control) -> dict[str, float]:
    answer = example.answers[control.from_name]
    given = strings_of(answer) if control.answer_type is AnswerType.SET else [answer]
    offered = [candidate.value for candidate in control.candidates]
    return {label: float(label in given) for label in dict.fromkeys([*offered, *given])}
