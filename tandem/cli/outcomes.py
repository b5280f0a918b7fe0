"""Commands that give what came out, and prove it: report, export, verify."""

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tandem.cli.command import FAILED, Debug, Json, SettingsFile, command, speaking

if TYPE_CHECKING:
    from tandem.session import Session


@command("tandem report", "tandem report --to quality.html --group author", "tandem report --json")
def report(
    settings_file: SettingsFile = None,
    to: Annotated[Path, typer.Option(help="The page to write.")] = Path("report.html"),
    group: Annotated[
        list[str] | None,
        typer.Option(help="A field of the tasks' data to look at by groups; may be repeated."),
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Write the report: one page with counts, costs, quality and the reviewers."""
    from tandem.export.fields import values_of
    from tandem.export.outcome import conclude, report_of, write_report

    with speaking(json=json, debug=debug) as terminal:
        session = _session(settings_file)
        with terminal.progress() as progress:
            outcome = conclude(session.look(progress))
            tasks = list(session.studio.tasks(progress)) if group else []
        data = {one.id: one.data for one in tasks}
        fields = {name: values_of(data, name, "--group") for name in group or ()}
        terminal.say(f"Written: {write_report(outcome, to, fields=fields)}")
        terminal.result({"file": str(to), **asdict(report_of(outcome, fields=fields))})


@command(
    "tandem export",
    "tandem export --to dataset --format parquet",
    "tandem export --format huggingface --split 80/10/10 --group author --license cc-by-4.0",
)
def export(
    settings_file: SettingsFile = None,
    to: Annotated[Path, typer.Option(help="The folder to write into.")] = Path(),
    formats: Annotated[
        list[str],
        typer.Option(
            "--format",
            help="jsonl, csv, parquet; huggingface, spacy, conll, label-studio; may be repeated.",
        ),
    ] = ["jsonl", "csv", "parquet"],  # noqa: B006 - typer copies it
    raw_csv: Annotated[
        bool, typer.Option("--raw-csv", help="Write texts that a spreadsheet would run, too.")
    ] = False,
    split: Annotated[
        str | None,
        typer.Option(help="Shares of train, validation and test, such as 80/10/10, or 80/20."),
    ] = None,
    split_field: Annotated[
        str | None, typer.Option(help="The field of the tasks' data that says each task's part.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the split.")] = 0,
    group: Annotated[
        str | None,
        typer.Option(help="The field of the tasks' data whose equal values stay in one part."),
    ] = None,
    licence: Annotated[
        str, typer.Option("--license", help="Of texts and labels, for the card: cc-by-4.0, …")
    ] = "unknown",
    language: Annotated[
        str | None, typer.Option(help="Of the texts, for card and spaCy: en, de, …")
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="Name people in huggingface; else person-1, ….")
    ] = False,
    duplicates: Annotated[
        Literal["exact", "near"] | None,
        typer.Option(help="Those to look for; of tables alone exact ones, else near ones, too."),
    ] = None,
    to_studio: Annotated[
        Literal["annotation", "ground-truth"] | None,
        typer.Option(help="Also state each final label in Label Studio, by the model's user."),
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Write the dataset, as tables or to train on, and a certificate for each certified promise."""
    from tandem.export.card import CardTerms
    from tandem.export.export import export_certificates
    from tandem.export.outcome import conclude
    from tandem.export.split_request import request_of
    from tandem.export.to_studio import state_labels
    from tandem.export.write import ExportRequest, require_writable, write_dataset
    from tandem.standing.next_step import next_step
    from tandem.standing.sentences import sentences
    from tandem.status import in_words

    with speaking(json=json, debug=debug) as terminal:
        request = ExportRequest(
            formats,
            raw_csv,
            request_of(split, split_field, group, seed),
            CardTerms(licence, language),
            names,
            duplicates,
        )
        require_writable(request)
        session = _session(settings_file)
        alone = session.alone() if to_studio else nullcontext()
        with alone, terminal.progress() as progress:
            snapshot = session.claim(progress) if to_studio else session.look(progress)
            outcome = conclude(snapshot)
            tasks = list(session.studio.tasks(progress))
            written = write_dataset(outcome, tasks, to, request)  # first, since it may be refused
            told = state_labels(snapshot, outcome, tasks, to_studio) if to_studio else None
        dataset, state = outcome.dataset, outcome.facts.state
        files = [str(file) for file in written.files]
        certificates = [str(file) for file in export_certificates(state, to)]
        unlabelled = int(dataset["label"].isna().sum())
        terminal.say(f"{len(dataset)} items, {unlabelled} without a label: {', '.join(files)}")
        for note in written.notes:
            terminal.say(note)
        if told is not None:
            terminal.say(
                f"In Label Studio {told.standing} final labels stand in the name of the model's"
                f" user: {told.made} made now, {told.removed} taken away."
            )
        for file in certificates:
            terminal.say(f"Certified: {file}; check it with `tandem verify {file}`")
        standing = outcome.standing
        for sentence in sentences(standing):
            terminal.say(sentence)
        if not standing.is_certified:
            terminal.say(f"Next: {next_step(standing)}")
        terminal.result(
            {
                "items": len(dataset),
                "unlabelled": unlabelled,
                "files": files,
                "certificates": certificates,
                **in_words(standing),
                "checks": written.checks.counts,
                "notes": written.notes,
                "to_studio": asdict(told) if told else None,
            }
        )


@command("tandem verify certificate-1.json", "tandem verify certificate-1.json --json")
def verify(
    certificate: Annotated[Path, typer.Argument(help="The certificate, as a file.")],
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Recompute a certificate from nothing but its file; say yes or no."""
    from labeling.errors import SettingsError
    from routing.guarantee import certificate_file

    with speaking(json=json, debug=debug) as terminal:
        try:
            content = certificate.read_bytes()
        except OSError as error:
            raise SettingsError(
                f"The certificate cannot be read: {error.strerror}",
                where=str(certificate),
                hint="Write it with `tandem export`.",
            ) from error
        try:
            statement = certificate_file.verify(content)
        except certificate_file.NotProved as no:
            terminal.say(f"no: {no}")
            terminal.result({"proved": False, "reason": str(no)})
            raise typer.Exit(FAILED) from no
        terminal.say(f"yes: {statement}")
        terminal.result({"proved": True, "statement": statement})


def _session(settings_file: SettingsFile) -> "Session":
    from tandem.session import open_project

    return open_project(settings_file)
