"""A project that a campaign is about, and the people who work on it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from routing.ledger import Ledger
from routing.studio import Studio
from routing.studio.users import legacy_token
from routing.tunables import DEFAULTS, Tunables
from tandem.servers.label_studio import LabelStudioServer
from tests.support.chaos.campaign import Campaign
from tests.support.chaos.faults import Faults
from tests.support.chaos.people import Crew
from tests.support.loop_model import Model
from tests.support.loops import MODEL_USER, Loop, Person

PASSWORD = "a-long-enough-one"
NAMES = ("ana", "ben", "carl")

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When all passes are: the order of audits follows from the moment at which labels are frozen."""


def invite_crew(server: LabelStudioServer, truth: Mapping[str, str]) -> Crew:
    """Invite three people who know the truth.

    Args:
        server: The Label Studio that they work in.
        truth: The right label, by text.
    """
    admin = Studio(server.url, server.token)

    def invite(name: str) -> Person:
        user = admin.create_user(f"{name}@loop.localhost", PASSWORD, name.title())
        key = legacy_token(server.url, user.email, PASSWORD)
        return Person(server.url, key, user.email, user.id)

    return Crew(tuple(invite(name) for name in NAMES), truth)


def campaign_of(
    server: LabelStudioServer,
    model: Model,
    crew: Crew,
    project: int,
    ledger: Path,
    policy: Mapping[str, Any],
    sizes: Tunables = DEFAULTS,
    seed: int = 0,
) -> Campaign:
    """Return a campaign about a project that nobody has worked on.

    Args:
        server: The Label Studio that has the project.
        model: Its model, which forgets what it learned.
        crew: Who works on it.
        project: The project.
        ledger: The file of its ledger, which is made.
        policy: Its policy.
        sizes: How much a pass does at a time.
        seed: Seed of the faults.
    """
    studio, url = Studio(server.url, server.token, project), f"sqlite:///{ledger}"
    model.learned = 0
    kept = Ledger(url, project)
    kept.upgrade()
    loop = Loop(studio, model, kept, clock=lambda: NOON, tunables=sizes)
    loop.sections["studio"] = {"model_user": MODEL_USER}
    loop.sections["backend"] = {"url": model.url}
    loop.sections["policy"] = policy
    loop.staff(*crew.persons)
    return Campaign(loop, url, server, Crew(crew.persons, crew.truth), Faults(seed))
