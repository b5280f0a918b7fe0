"""Which versions learned from synthetic texts, which ones, and how many were removed since."""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from backend.calibration.learned_state import LearnedState
from backend.synthesis.learned_texts import LearnedTexts, present_texts, read_learned_texts
from backend.versions.registry import VersionRegistry

MOST_REMOVED = 0.05
"""The share of its texts that may be removed without that a version must defend itself."""


@dataclass(frozen=True, slots=True)
class TaughtByTexts:
    """A version in force that learned from some synthetic texts.

    Attributes:
        project: Whose it is.
        name: The version.
        earlier: The latest one that was in force before and learned from none of them; None: none
            is kept.
    """

    project: str
    name: str
    earlier: str | None


def provenance(learned: LearnedState, artefacts: Path) -> list[LearnedTexts]:
    """Return the synthetic texts that a version learned from.

    Args:
        learned: Its state.
        artefacts: The folder of weights, by their digests.

    Returns:
        Those of each control that learned from any.
    """
    controls = learned.controls.values()
    found = (read_learned_texts(artefacts / one) for own in controls for one in own.digests)
    return [one for one in found if one.texts]


def learned_texts(learned: LearnedState, artefacts: Path) -> frozenset[str]:
    """Return the digests of the synthetic texts that a version learned from.

    Args:
        learned: Its state.
        artefacts: The folder of weights, by their digests.
    """
    return frozenset().union(*(one.texts for one in provenance(learned, artefacts)))


def removed_texts(learned: LearnedState, artefacts: Path, folder: Path | None) -> int:
    """Count the synthetic texts that a version learned from and that are there no more.

    Args:
        learned: Its state.
        artefacts: The folder of weights, by their digests.
        folder: Where the settings say that synthetic texts are; None: nowhere.

    Returns:
        How many; 0 where they are so few that they hardly matter.
    """
    own = learned_texts(learned, artefacts)
    if not own:
        return 0
    gone = len(own - (present_texts(folder) if folder else frozenset()))
    return gone if gone > MOST_REMOVED * len(own) else 0


def taught_by(texts: Set[str], registry: VersionRegistry, artefacts: Path) -> list[TaughtByTexts]:
    """Return the versions in force that learned from any of some synthetic texts.

    Args:
        texts: Their digests.
        registry: The versions on disk.
        artefacts: The folder of weights, by their digests.

    Returns:
        One a project at most, by the project.
    """

    def learned_any(learned: LearnedState | None) -> bool:
        return learned is not None and bool(learned_texts(learned, artefacts) & texts)

    found = []
    for project in registry.projects:
        if not learned_any(registry.get(project)):
            continue
        name, *others = registry.versions(project)
        earlier = (
            one.name
            for one in others
            if one.status == "superseded" and not learned_any(registry.state_of(project, one.name))
        )
        found.append(TaughtByTexts(project, name.name, next(earlier, None)))
    return found
