"""The dataset in every format that is asked for, and what is to be said of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from labeling.errors import SettingsError
from labeling.suggestion import closest
from routing.studio.models import StudioTask
from tandem.export.card import CardTerms
from tandem.export.checks import DatasetChecks
from tandem.export.conll import write_conll
from tandem.export.export import export, export_controls
from tandem.export.fields import values_of
from tandem.export.huggingface import write_huggingface
from tandem.export.label_studio_tasks import write_label_studio
from tandem.export.labelled_dataset import LabelledDataset, labelled_dataset_of
from tandem.export.outcome import ProjectOutcome, report_of
from tandem.export.spacy_docs import pipeline_of, write_spacy
from tandem.export.split_request import SplitRequest
from tandem.export.tables import FORMATS as TABLES

HUGGINGFACE, SPACY, CONLL, LABEL_STUDIO = "huggingface", "spacy", "conll", "label-studio"

FORMATS = (*TABLES, HUGGINGFACE, SPACY, CONLL, LABEL_STUDIO)
"""All formats: tables of the whole project, and folders of what is labelled, to train on."""


DuplicatesSought: TypeAlias = Literal["exact", "near"]


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """How a dataset is to be written.

    Attributes:
        formats: Of `FORMATS`.
        raw_csv: Write CSV cells as they are, even such as a spreadsheet runs as formulas.
        split: How it is split.
        terms: What the card says of licence and language.
        with_names: Whether labelled datasets call people as Label Studio does.
        duplicates: Which are looked for; None: near ones as well where something is split or to be
            trained on, and exact ones alone for tables, which takes a moment.
    """

    formats: Sequence[str] = TABLES
    raw_csv: bool = False
    split: SplitRequest = field(default_factory=SplitRequest)
    terms: CardTerms = field(default_factory=CardTerms)
    with_names: bool = False
    duplicates: DuplicatesSought | None = None

    @property
    def with_near(self) -> bool:
        """Whether near duplicates are looked for."""
        if self.duplicates is not None:
            return self.duplicates == "near"
        return self.split.is_split or not {*self.formats} <= {*TABLES}


@dataclass(frozen=True, slots=True)
class WrittenDataset:
    """What was written.

    Attributes:
        files: The files.
        checks: What was found about the dataset.
        notes: What its user should know, in sentences.
    """

    files: Sequence[Path]
    checks: DatasetChecks
    notes: Sequence[str]


def require_writable(request: ExportRequest) -> None:
    """Check that what is asked for can be written at all, whatever the project holds.

    Raises:
        TandemError: A format is unknown, the extra for it is missing, or it does not know the
            language.
    """
    for name in request.formats:
        if name not in FORMATS:
            meant = closest(name, FORMATS)
            raise SettingsError(
                f"There is no export format {name!r}",
                hint=f"Did you mean {meant}?" if meant else f"Choose of {', '.join(FORMATS)}.",
            )
    if SPACY in request.formats:
        pipeline_of(request.terms.language)


def write_dataset(
    outcome: ProjectOutcome, tasks: Sequence[StudioTask], folder: Path, request: ExportRequest
) -> WrittenDataset:
    """Write the dataset of a project.

    Args:
        outcome: What is known of every item.
        tasks: The tasks, as Label Studio has them.
        folder: Where to: tables into it, each other format into a folder in it.
        request: In which formats, and how.

    Returns:
        What was written.

    Raises:
        TandemError: A format is unknown or needs what is not installed, the dataset cannot be
            split so, or the folder cannot be written.
    """
    require_writable(request)
    data = labelled_dataset_of(
        outcome,
        tasks,
        request.split,
        with_names=request.with_names,
        with_near=request.with_near,
    )
    written = _Writing(outcome, tasks, folder, request, data)
    notes = [*_findings(data), *written.all()]
    return WrittenDataset(written.files, data.checks, notes)


@dataclass
class _Writing:
    """Writes one format after the other."""

    outcome: ProjectOutcome
    tasks: Sequence[StudioTask]
    folder: Path
    request: ExportRequest
    data: LabelledDataset
    files: list[Path] = field(default_factory=list)

    def all(self) -> Iterator[str]:
        """Write everything; yield what is to be said of it."""
        self._tables([name for name in self.request.formats if name in TABLES])
        for name in dict.fromkeys(self.request.formats):
            if name not in TABLES:
                yield from self._training(name)

    def _tables(self, formats: Sequence[str]) -> None:
        form, raw_csv = self.data.form, self.request.raw_csv
        self.files += export(
            self.outcome.dataset,
            self.folder,
            formats,
            form,
            self.tasks,
            checks=self.data.checks,
            raw_csv=raw_csv,
        )
        self.files += export_controls(self.outcome.controls, self.folder, formats, raw_csv=raw_csv)

    def _training(self, name: str) -> Iterator[str]:
        folder, data, terms = self.folder / name, self.data, self.request.terms
        match name:
            case "huggingface":
                report = report_of(self.outcome, fields=self._fields)
                self.files += write_huggingface(data, report, terms, folder)
            case "label-studio":
                written, unheld = write_label_studio(data, self.tasks, folder)
                self.files += written
                if unheld:
                    yield f"{unheld} labels are no answers of today's label config ({name})."
            case _:
                spans, misfits = (
                    write_spacy(data, folder, terms.language)
                    if name == SPACY
                    else write_conll(data, folder)
                )
                self.files += spans
                if not spans:
                    yield f"Nothing was written as {name}: the form asks for nothing it can hold."
                if str(misfits):
                    yield f"Written as {name}: {misfits}."

    @property
    def _fields(self) -> Mapping[str, Mapping[int, str]]:
        """The field that the split keeps together: the card looks at its groups."""
        group = self.request.split.group
        if group is None:
            return {}
        return {group: values_of({one.id: one.data for one in self.tasks}, group, "--group")}


def _findings(data: LabelledDataset) -> Iterator[str]:
    """Yield what was found about the dataset that somebody should look at."""
    checks = data.checks
    if checks.duplicates.groups:
        alike = "the same or nearly so" if checks.with_near else "the same"
        yield (
            f"{len(checks.duplicates.groups)} groups of texts are {alike}"
            f" (duplicate_group); {checks.duplicates.superfluous} texts are superfluous."
        )
    if checks.contradictions or checks.near_contradictions:
        near = f", and in {len(checks.near_contradictions)} of nearly the same"
        yield (
            f"Labels contradict each other in {len(checks.contradictions)} groups of the same text"
            f" (contradicts){near if checks.with_near else ''}."
        )
    if checks.leaks:
        yield f"{len(checks.leaks)} groups of the same text stand in more than one part."
    if checks.ungrounded:
        yield (
            f"{checks.ungrounded} of {len(checks.grounded)} labels say what does not stand in"
            " their text (grounded)."
        )
    for name, one in data.opinions.items():
        if one.is_subjective:
            yield f"{name!r} has no single truth: people's opinions are in people_distribution."
        elif one.ambiguous:
            yield (
                f"On {len(one.ambiguous)} tasks able people differ about {name!r}"
                " (no_single_truth)."
            )
    if checks.request.is_split:
        yield "Split: " + ", ".join(f"{name} {size}" for name, size in checks.sizes.items()) + "."
