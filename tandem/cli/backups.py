"""Commands that keep the ledger safe: backup, restore."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking

if TYPE_CHECKING:
    from routing.ledger.backup import Backup
    from tandem.terminal import Terminal


@command("tandem backup", "tandem backup /mnt/backups/ledger.sqlite3 --force")
def backup(
    file: Annotated[
        Path | None,
        typer.Argument(help="The file to write; default: one named by the time, in data_dir."),
    ] = None,
    settings_file: SettingsFile = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Copy the ledger into one file, also while passes go on, and check the copy."""
    from labeling.settings.load import load
    from routing.ledger.backup import back_up
    from tandem.session import require_file

    with speaking(json=json, debug=debug) as terminal:
        settings = load(settings_file)
        require_file(settings, settings_file)
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        file = file or settings.data_dir / "backups" / f"ledger-{at}.sqlite3"
        made = back_up(settings.ledger_url, file, force=force)
        _say(terminal, made, f"Written: {made.file}")


@command("tandem restore .tandem/backups/ledger-2026-11-29T031500Z.sqlite3")
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `tandem backup` wrote.")],
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Bring a backup back as the ledger, where none is now; the next pass goes on from there."""
    from labeling.settings.load import load
    from routing.ledger.backup import restore as bring_back
    from tandem.session import require_file

    with speaking(json=json, debug=debug) as terminal:
        settings = load(settings_file)
        require_file(settings, settings_file)
        found = bring_back(file, settings.ledger_url)
        _say(terminal, found, f"Restored: {found.file}")
        terminal.say("Go on with `tandem sync`, which reads what Label Studio holds since.")


def _say(terminal: "Terminal", backup: "Backup", done: str) -> None:
    terminal.say(f"{done} ({backup.size / 1e6:.1f} MB, whole)")
    projects = ", ".join(map(str, backup.projects)) or "none"
    terminal.say(f"Projects: {projects}")
    for name, count in backup.rows.items():
        if count:
            terminal.say(f"{count:>9} {name}")
    terminal.result(
        {
            "file": str(backup.file),
            "bytes": backup.size,
            "projects": backup.projects,
            "rows": dict(backup.rows),
        }
    )
