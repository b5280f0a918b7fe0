"""What `tandem generate` does with texts that are there: people review them, or they go."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from tandem.terminal import Terminal

if TYPE_CHECKING:
    from backend.synthesis.gates import GateReport
    from backend.synthesis.generation.recipe import WrittenText
    from backend.versions.synthetic_texts import TaughtByTexts
    from labeling.settings.settings import Settings
    from routing.synthetic_review.project import ReviewedTask


def review_texts(
    folder: Path, number: int, seed: int, settings_file: Path | None, terminal: Terminal
) -> None:
    """Have people review a sample of a folder, read what they said, and say so.

    Args:
        folder: The folder.
        number: Texts of the sample.
        seed: Of the drawing.
        settings_file: Names the project.
        terminal: Where it is said.

    Raises:
        TandemError: There is nothing to review, or Label Studio cannot be asked.
    """
    from tandem import session
    from tandem.synthetic_review import review

    opened = session.open_project(settings_file)
    found = review(folder, number, seed, opened)
    address = f"{opened.studio.url}/projects/{found.project}"
    terminal.say(f"New: {found.new} texts. Waiting for people: {found.waiting}, in {address}.")
    terminal.say(gate_table([found.report]))
    told = {"project": found.project, "new": found.new, "waiting": found.waiting}
    terminal.result({"folder": str(folder), **told, "review": found.report.to_json()})


def remove_texts(folder: Path, settings_file: Path | None, terminal: Terminal) -> None:
    """Remove all texts of a folder, and say what of them stays elsewhere.

    Args:
        folder: The folder.
        settings_file: Says where versions are kept, and names the project where people reviewed.
        terminal: Where it is said.

    Raises:
        TandemError: There are none, or Label Studio cannot be asked.
    """
    from backend.synthesis import generate as generation
    from labeling.settings.load import load

    settings = load(settings_file)
    kept = _withdrawn(folder, settings_file)
    texts = generation.remove(folder)
    terminal.say(f"Removed: {len(texts)} texts in {folder}.")
    if kept:
        named = ", ".join(str(one.task) for one in kept)
        terminal.say(f"Kept in Label Studio, since people began them: {len(kept)} tasks: {named}.")
    taught = _taught_by(texts, settings)
    for one in taught:
        terminal.say(_defence(one))
    terminal.result(
        {
            "folder": str(folder),
            "removed": len(texts),
            "kept_tasks": [one.task for one in kept],
            "in_force": [asdict(one) for one in taught],
        }
    )


def gate_table(reports: "Sequence[GateReport]") -> Table:
    """Show what gates did.

    Args:
        reports: Theirs.

    Returns:
        A row each.
    """
    table = Table("gate", "seen", "refused", "figures")
    for one in reports:
        figures = (
            f"{name} {'-' if value is None else value}"
            for name, value in one.to_json()["figures"].items()
        )
        table.add_row(one.name, str(one.seen), str(one.refused), ", ".join(figures))
    return table


def _withdrawn(folder: Path, settings_file: Path | None) -> "list[ReviewedTask]":
    """Ask people about the texts no more, where they were asked; return the tasks that stay."""
    from backend.synthesis.review import read_review

    if read_review(folder) is None:
        return []
    from tandem import session
    from tandem.synthetic_review import withdraw

    return withdraw(folder, session.open_project(settings_file))


def _taught_by(texts: "list[WrittenText]", settings: "Settings") -> "list[TaughtByTexts]":
    """Return the versions in force that learned from texts, as far as they are kept here."""
    from backend.synthesis.learned_texts import digests
    from backend.versions.registry import VersionRegistry
    from backend.versions.synthetic_texts import taught_by

    registry = VersionRegistry(settings.data_dir / "learned")
    return taught_by(digests(one.text for one in texts), registry, settings.data_dir / "artefacts")


def _defence(one: "TaughtByTexts") -> str:
    """Say what becomes of a version in force that learned from texts that were removed."""
    back = (
        f"Take it back with `tandem models use {one.earlier}`, or the"
        if one.earlier
        else "No earlier version without them is kept. The"
    )
    return (
        f"{one.name}, in force in project {one.project}, learned from them. {back} next lesson puts"
        " what it learns without them in its place, unless that is worse by more than chance."
    )
