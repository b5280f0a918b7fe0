"""Who may open which page: a secret link for the admin, and one for each reviewer.

Links are kept in the data folder, in a file that its owner alone can read. They are read again
whenever a page is asked for, so that renewed links count at once and the old ones no longer do.
"""

import json
import secrets
import stat
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hmac import compare_digest
from pathlib import Path

from labeling.atomic_files import replacing
from labeling.errors import SettingsError
from labeling.private_files import PRIVATE_FILE, make_private_folder

EVERYBODY = "everybody"
"""Whom the one link for reviewers is for, where the settings name none."""

TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Links:
    """The secret part of every link.

    Attributes:
        admin: The admin's token.
        reviewers: Each reviewer's token, by e-mail address.
    """

    admin: str
    reviewers: Mapping[str, str]

    def is_admin(self, token: str) -> bool:
        """Return whether a token is the admin's, in a time that does not tell how near it is."""
        return _is_same(token, self.admin)

    def reviewer(self, token: str) -> str | None:
        """Return whose token it is; None: nobody's."""
        found = [name for name, own in self.reviewers.items() if _is_same(token, own)]
        return found[0] if found else None

    def addresses(self, url: str) -> dict[str, str]:
        """Return every link, the admin's first, by whom it is for.

        Args:
            url: The dashboard's address.
        """
        base = url.rstrip("/")
        return {
            "admin": f"{base}/?token={self.admin}",
            **{name: f"{base}/r/{token}" for name, token in self.reviewers.items()},
        }


class LinksFile:
    """The file that holds a project's links.

    Args:
        folder: The data folder; made where it is missing.
        project: Label Studio's id of the project.
    """

    def __init__(self, folder: Path, project: int) -> None:
        self.file = folder / f"dashboard-{project}.json"

    def read(self) -> Links | None:
        """Return the links; None: there are none yet.

        Raises:
            SettingsError: The file is not private, or not one of links.
        """
        try:
            mode = stat.S_IMODE(self.file.stat().st_mode)
            content = json.loads(self.file.read_text("utf-8"))
            links = Links(str(content["admin"]), {**content["reviewers"]})
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SettingsError(
                "The dashboard's links cannot be read",
                where=str(self.file),
                hint="Make new ones with `tandem dashboard --new-links`.",
            ) from error
        if mode & ~PRIVATE_FILE:
            raise SettingsError(
                f"Others of this machine can read the dashboard's links (mode {mode:o})",
                where=str(self.file),
                hint=f"Run: chmod 600 {self.file}, and `tandem dashboard --new-links`.",
            )
        return links

    def update(self, reviewers: Sequence[str], *, renew: bool = False) -> Links:
        """Bring the links in line with who reviews: who came gets one, who left loses it.

        Args:
            reviewers: Their e-mail addresses; none: one link is for everybody.
            renew: Make every link anew, so that no old one opens anything.

        Returns:
            The links, as the file holds them now.
        """
        known = None if renew else self.read()
        old: Mapping[str, str] = known.reviewers if known else {}
        links = Links(
            known.admin if known else _new_token(),
            {name: old.get(name) or _new_token() for name in reviewers or (EVERYBODY,)},
        )
        if links != known:
            make_private_folder(self.file.parent)
            with replacing(self.file) as draft:
                draft.write_text(json.dumps(asdict(links), indent=1), "utf-8")
        return links


def _new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _is_same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "replace"), other.encode())
