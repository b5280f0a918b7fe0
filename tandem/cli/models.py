"""The commands `tandem models`: a project's fitted versions, and which of them answers."""

from typing import TYPE_CHECKING, Annotated

import typer

from tandem.cli.command import Debug, Json, SettingsFile, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from labeling.protocol.models import Comparison, Estimate, ModelsResponse, ModelVersion

EPILOG = "Examples: tandem models · tandem models --json · tandem models use smollm2-1a2b3c4d"

app = typer.Typer(name="models", epilog=EPILOG, invoke_without_command=True)


@app.callback()
def models(
    context: typer.Context,
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """List the model's versions: which is in force, how good each is, and why; or use another."""
    from tandem.session import open_project

    if context.invoked_subcommand is not None:
        return
    with speaking(json=json, debug=debug) as terminal:
        session = open_project(settings_file)
        found = session.backend.models(session.studio.project().id)
        if not found.models:
            terminal.say("The model learned nothing about this project yet.")
        else:
            terminal.say(_table(found.models))
            terminal.say(_kept(found))
        terminal.result(found.model_dump(mode="json"))


@app.command()
def use(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="As `tandem models` has it.")],
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Put a version in force; what people answered stays, and the same answers do not undo it."""
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        session = open_project(settings_file)
        project = session.studio.project()
        used = session.backend.use(project.id, project.label_config, version)
        terminal.say(
            f"{used.name} is in force already."
            if used.before == used.name
            else f"{used.name} is in force now, in place of {used.before or 'none'}. The next"
            " `tandem sync` renews the pre-labels of the tasks that nobody answered yet."
        )
        terminal.result(used.model_dump(mode="json"))


def _kept(found: "ModelsResponse") -> str:
    """Say what the versions take on the disk, and that there were others."""
    size = _size(sum(one.size for one in found.models))
    versions = f"{len(found.models)} version{'s' * (len(found.models) > 1)}"
    # What several have in common is on the disk once, and counts in each.
    said = f"{versions}, at most {size} on the backend's disk."
    if found.removed:
        said += f" {found.removed} earlier ones were removed: see learning.keep_versions."
    return said


def why(one: "ModelVersion") -> str:
    """Return in words why a version is what it is."""
    match one.status:
        case "in force":
            return _won(one.comparison) if one.comparison else "nothing had to be beaten"
        case "beaten":
            return _lost(one.comparison) if one.comparison else f"{one.by} goes on"
        case "superseded":
            return f"{one.by} took its place"
        case "rolled back":
            return f"taken back: {one.by} is used in its place"


def _won(comparison: "Comparison") -> str:
    if comparison.is_better:
        return f"beat {comparison.against}: {_gain(comparison)}"
    gone = (
        f"{comparison.taken_back} of whose answers were taken back"
        if comparison.taken_back
        else f"{comparison.removed_texts} of whose synthetic texts were removed"
    )
    return f"follows {comparison.against}, {gone}: {_gain(comparison)}"


def _lost(comparison: "Comparison") -> str:
    if not comparison.answers:
        return f"did not beat {comparison.against}: no answer tells the two apart"
    return f"did not beat {comparison.against}: {_gain(comparison)}"


def _gain(comparison: "Comparison") -> str:
    interval = _interval(comparison.low, comparison.high, signed=True)
    return f"{comparison.gain:+.3f}{interval} nats an answer, of {comparison.answers}"


def _interval(low: float | None, high: float | None, *, signed: bool = False) -> str:
    if low is None or high is None:
        return ""
    sign = "+" if signed else ""
    return f" [{low:{sign}.3f}, {high:{sign}.3f}]"


def _learners(one: "ModelVersion") -> str:
    """Name what a version is made of, and the synthetic texts that it learned from."""
    texts = [f"{found.texts:,} texts, {found.share:.0%}" for found in one.synthetic]
    told = {"synthetic": f"synthetic ({'; '.join(texts)})"} if texts else {}
    return ", ".join(told.get(name, name) for name in one.learners) or "-"


def _estimate(one: "Estimate") -> str:
    return f"{one.value:.3f}{_interval(one.low, one.high)}"


def _size(size: int) -> str:
    """Write bytes in the unit that keeps them short."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


def _table(found: "Sequence[ModelVersion]") -> "Table":
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for column in ("version", "state", "fitted", "learners"):
        table.add_column(column)
    for column in ("answers", "log loss [95%]", "accuracy", "ECE", "size", "took"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("why")
    for one in found:
        figures = one.figures
        table.add_row(
            one.name,
            one.status,
            f"{one.fitted_at.astimezone():%Y-%m-%d %H:%M}",
            _learners(one),
            f"{one.answers:,}",
            _estimate(figures.log_loss) if figures else "-",
            f"{figures.accuracy:.3f}" if figures else "-",
            f"{figures.ece:.3f}" if figures else "-",
            _size(one.size),
            f"{one.seconds:,.0f} s",
            why(one),
        )
    return table
