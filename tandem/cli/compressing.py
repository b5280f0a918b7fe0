"""The command that makes a model smaller, and says what that costs: compress."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from tandem.cli.command import FAILED, Debug, Json, SettingsFile, command, speaking
from tandem.cli.shares import share
from tandem.extras import require
from tandem.new_folder import require_new

if TYPE_CHECKING:
    from backend.compression.report import CompressionReport
    from labeling.settings.settings import Settings


@command(
    "tandem compress --answers labels.jsonl --keep-layers 24 --out smaller",
    "tandem compress --answers labels.jsonl --share 75% --out smaller",
    "tandem compress --answers labels.jsonl --quantization 8bit",
)
def compress(
    answers: Annotated[
        Path,
        typer.Option(help="People's answers, as `tandem export` writes them, or text and label."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The folder to write; for model.name once it is accepted.")
    ] = None,
    keep_layers: Annotated[
        int | None, typer.Option(min=1, help="Keep so many layers, the most important ones.")
    ] = None,
    width: Annotated[
        float | None,
        typer.Option(
            "--share",
            parser=share,
            metavar="SHARE",
            help="Keep this share of heads and channels in each layer: 75%.",
        ),
    ] = None,
    quantization: Annotated[
        Literal["none", "8bit", "4bit"],
        typer.Option(help="As model.quantization: what comes of it, or the model as it is."),
    ] = "none",
    against: Annotated[
        str | None, typer.Option(help="A model to compare in place of making one.")
    ] = None,
    healing_passes: Annotated[
        int, typer.Option(min=0, help="Times that healing reads the texts; 0: no healing.")
    ] = 3,
    healing_minutes: Annotated[
        float, typer.Option(min=0, help="After which healing ends with what it has.")
    ] = 30.0,
    most_loss: Annotated[
        float | None,
        typer.Option(
            parser=share,
            metavar="SHARE",
            help="Accuracy lost at most, with its interval; default: 2%.",
        ),
    ] = None,
    label_config: Annotated[
        Path | None, typer.Option(help="The label config's file; default: the answers' labels.")
    ] = None,
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Make the model smaller, or quantize it; say what that costs; refuse what costs too much."""
    with speaking(json=json, debug=debug) as terminal:
        require("backend", "tandem compress")
        _require_one_way(out, keep_layers, width, quantization, against)
        if out is not None:
            require_new(out)
        from backend.compression.answers import read_answers
        from backend.compression.compress import Cut, hold_against
        from backend.compression.compress import compress as compress_model
        from backend.compression.report import MOST_LOSS
        from labeling.settings.load import load

        settings = load(settings_file)
        config = _read(label_config) if label_config else None
        allowed = most_loss or MOST_LOSS
        texts = read_answers(answers, settings, config)
        smaller = _with_model(settings, quantization, against)
        if out is None:
            whole = _with_model(settings, "none", None)
            found = hold_against(whole, smaller, texts, most_loss=allowed, say=terminal.say)
        else:
            cut = Cut(keep_layers, width, healing_passes, healing_minutes * 60)
            found = compress_model(
                smaller, cut, *texts.halves(), out, most_loss=allowed, say=terminal.say
            )
        terminal.say(_table(found.report))
        terminal.result(found.to_json())
        if not found.report.is_accepted:
            written = ", and nothing was written" if out else ""
            terminal.warn(f"Refused{written}: {found.report.why}.")
            raise typer.Exit(FAILED)
        use = f"; set model.name to {found.folder}" if found.folder else ""
        terminal.say(f"Accepted{use}: {found.report.why}.")


def _require_one_way(
    out: Path | None,
    keep_layers: int | None,
    width: float | None,
    quantization: str,
    against: str | None,
) -> None:
    """Check that the options say one thing to do.

    Raises:
        SettingsError: They say none, or two.
    """
    from labeling.errors import SettingsError

    cuts = keep_layers is not None or width is not None
    if cuts and against is not None:
        raise SettingsError(
            "A model is either made or compared", hint="Leave out --against, or what is kept."
        )
    if cuts != (out is not None):
        raise SettingsError(
            "A model that is cut needs a folder, and a folder something that is cut",
            hint="Give --keep-layers or --share together with --out.",
        )
    if not cuts and against is None and quantization == "none":
        raise SettingsError(
            "Nothing is to be done",
            hint="Give --keep-layers or --share with --out, or --quantization, or --against.",
        )


def _read(label_config: Path) -> str:
    """Read a label config.

    Raises:
        SettingsError: The file cannot be read, or is no text.
    """
    from labeling.errors import SettingsError

    try:
        return label_config.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SettingsError(
            f"The label config cannot be read: {why}",
            where=str(label_config),
            hint="Give its file with --label-config, or leave that out.",
        ) from error


def _with_model(settings: "Settings", quantization: str, name: str | None) -> "Settings":
    values = {"quantization": quantization, **({"name": name} if name else {})}
    return settings.model_copy(update={"model": settings.model.model_copy(update=values)})


def _table(report: "CompressionReport") -> Table:
    table = Table("", "original", "smaller")
    for name in ("accuracy", "log_loss", "ece"):
        figures = [getattr(one, name) for one in (report.original, report.smaller)]
        shown = [f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]" for one in figures]
        table.add_row({"log_loss": "log loss", "ece": "ECE"}.get(name, name), *shown)
    table.add_row("megabytes", *(f"{one / 1e6:,.0f}" for one in report.weight_bytes))
    table.add_row("texts a second", *(f"{one:,.1f}" for one in report.texts_per_second))
    table.add_row("nats away", "", f"{report.nats:.3f}")
    table.add_row("same label", "", f"{report.same_answer:.1%}")
    return table
