"""The demo's reviewers as users of its Label Studio: created, and logged in."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from labeling.atomic_files import replacing
from routing.studio import Studio
from routing.studio.users import legacy_token
from tandem.demo.reviewers import SimulatedReviewer
from tandem.servers.label_studio import LabelStudioServer


@dataclass(frozen=True, slots=True)
class ReviewerLogin:
    """A reviewer who can log in: their own key, and the password for the browser."""

    reviewer: SimulatedReviewer
    password: str
    key: str


def log_in(
    server: LabelStudioServer, reviewers: Sequence[SimulatedReviewer], folder: Path
) -> list[ReviewerLogin]:
    """Create the reviewers' users, which stay from one run to the next, and log each in.

    Args:
        server: The demo's Label Studio.
        reviewers: Who reviews.
        folder: Where their passwords are kept.

    Returns:
        One login per reviewer.
    """
    admin = Studio(server.url, server.token)
    logins = []
    for reviewer in reviewers:
        file = folder / f"{reviewer.first_name.lower()}.password"
        if not file.exists():
            with replacing(file) as draft:
                draft.write_text(secrets.token_urlsafe(9))
        password = file.read_text()
        admin.create_user(reviewer.email, password, reviewer.first_name, "(demo)")
        key = legacy_token(server.url, reviewer.email, password)
        logins.append(ReviewerLogin(reviewer, password, key))
    return logins
