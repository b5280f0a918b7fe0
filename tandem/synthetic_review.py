"""People's review of synthetic texts: a folder's texts, and the project where people see them."""

from dataclasses import dataclass
from pathlib import Path

from backend.synthesis.folder import PASSED, TEXTS
from backend.synthesis.gates import GateReport
from backend.synthesis.generation.recipe import WrittenText
from backend.synthesis.generation.text_file import read_texts
from backend.synthesis.review import Review, asked_about, read_review, write_review
from labeling.errors import SettingsError
from routing.synthetic_review.project import ReviewedTask, ReviewProject
from tandem.session import Session


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How far people's review is.

    Attributes:
        project: Label Studio's id of the project where people review.
        new: Texts that people are asked about since now.
        waiting: Texts that nobody has answered yet.
        report: What people said.
    """

    project: int
    new: int
    waiting: int
    report: GateReport


def review(folder: Path, number: int, seed: int, session: Session) -> Reviewed:
    """Have people asked about a sample of a folder's texts, and read what they said by now.

    Args:
        folder: The folder.
        number: Texts of the sample.
        seed: Of the drawing.
        session: The project that the texts are for.

    Returns:
        How far it is.

    Raises:
        SettingsError: There is nothing to review, or the project cannot be asked about it.
        TandemError: Label Studio cannot be asked.
    """
    written, passed = read_texts(folder / TEXTS), read_texts(folder / PASSED)
    sample = asked_about(passed, number, seed)
    if not sample:
        raise SettingsError(
            "No text has passed the gates, so that there is nothing to review",
            where=str(folder),
            hint="Write more with `tandem generate --answers`.",
        )
    with session.alone():
        known = _review_of(folder, session) or Review(session.studio.project_id, number, seed)
        project = ReviewProject.find(session.studio, session.ledger)
        _require_offered(sample, project)
        write_review(folder, Review(known.project, number, seed, known.said))
        project = project.made()
        new = project.ask(_by_id(sample))
        tasks = project.tasks(_by_id(written))
        said = {one.text: one.said for one in tasks if one.said}
        found = Review(known.project, number, seed, said)
        told = write_review(folder, found)
    waiting = sum(found.confirms(one) is None for one in sample)
    return Reviewed(project.id or 0, new, waiting, told)


def withdraw(folder: Path, session: Session) -> list[ReviewedTask]:
    """Ask nobody about a folder's texts any more; what people have begun to answer stays.

    Args:
        folder: The folder.
        session: The project that the texts are for.

    Returns:
        The tasks that stay.

    Raises:
        TandemError: Label Studio cannot be asked.
    """
    _review_of(folder, session)
    with session.alone():
        project = ReviewProject.find(session.studio, session.ledger)
        return project.remove(_by_id(read_texts(folder / TEXTS)))


def _review_of(folder: Path, session: Session) -> Review | None:
    """Return what is known of the review.

    Raises:
        SettingsError: It was in another project.
    """
    known = read_review(folder)
    if known and known.project != session.studio.project_id:
        raise SettingsError(
            f"People review these texts for project {known.project}",
            where=str(folder),
            hint="Name that project in the settings.",
        )
    return known


def _require_offered(sample: list[WrittenText], project: ReviewProject) -> None:
    """Check that people can give every label.

    Raises:
        SettingsError: They cannot, so that they could confirm nothing.
    """
    if strange := sorted({one.recipe.label for one in sample} - project.offered):
        raise SettingsError(
            f"Project {project.main.id} does not offer the label {strange[0]!r}",
            where="studio.project",
            hint=f"It offers: {', '.join(sorted(project.offered))}. Name the texts' own project.",
        )


def _by_id(texts: list[WrittenText]) -> dict[str, str]:
    return {one.id: one.text for one in texts}
