"""What `tandem init` asks, where the command line did not say it; each answer is checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import typer

from labeling.errors import LabelConfigError, SettingsError
from labeling.form import form as forms
from labeling.settings.backend_section import BackendSettings
from labeling.settings.model_sections import ServerSettings
from labeling.settings.policy_section import PolicySettings
from labeling.settings.sections import CostSettings, StudioSettings
from routing.studio import Studio
from routing.studio.models import StudioProject, StudioUser
from tandem.cli.shares import share

Value = TypeVar("Value")

SHOWN_LABELS = 8
EARLIER = ("votes", "controls", "ignore")
"""What people's answers count as that were there before: see `policy.earlier_answers`."""
MODELS = (
    "bundled: SmolLM2-135M-Instruct, small, runs on any CPU",
    "a folder, or a causal model of the Hub",
    "an OpenAI-compatible server, such as vLLM",
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says of the settings; None: nothing.

    Attributes:
        url: Label Studio's address.
        key: An access token.
        project: The project's number.
        backend: The ML backend's address.
        reviewers: The reviewers' e-mails.
        model: `bundled`, a folder, a model of the Hub, or the server's.
        server: The address of an OpenAI-compatible server.
        target_error: The share of labels that may be wrong.
        risk: The probability with which that may be broken.
        votes: People that a reviewed item is given to at first.
        pay_per_hour: The pay of an hour.
        human_label: The price of one answer.
        earlier_answers: What people's answers count as that were there before.
    """

    url: str | None = None
    key: str | None = None
    project: int | None = None
    backend: str | None = None
    reviewers: Sequence[str] | None = None
    model: str | None = None
    server: str | None = None
    target_error: float | None = None
    risk: float | None = None
    votes: int | None = None
    pay_per_hour: float | None = None
    human_label: float | None = None
    earlier_answers: str | None = None


def interview(wishes: Wishes, *, is_silent: bool, is_checked: bool = True) -> dict[str, Any]:
    """Return the settings by section; ask for what is missing, unless silent.

    Args:
        wishes: What the command line says.
        is_silent: Whether defaults are taken instead of asking.
        is_checked: Whether Label Studio is asked if address, key, project and reviewers are there.

    Returns:
        The settings that differ from the defaults, by section.

    Raises:
        SettingsError: Something that has no default is missing and nothing may be asked, or it is
            not there.
        StudioUnreachable: Nothing answers at the address.
        StudioRefused: The key is wrong.
    """
    asking = _Asking(is_silent)
    url = asking.text(wishes.url, "Label Studio's address", StudioSettings().url)
    key = wishes.key or asking.secret("An access token (Account & Settings in Label Studio)")
    studio, found = Studio(url, key), None
    if is_checked or not is_silent:
        studio.version()  # Needs no key, so that a wrong address is told from a wrong key.
        found = _project(asking, wishes.project, studio)
    number = found.id if found else wishes.project
    if number is None:
        raise SettingsError("No project is given", hint="Give --project.")
    backend = asking.text(wishes.backend, "The ML backend's address", BackendSettings().url)
    model = _model(asking, wishes)
    reviewers = _reviewers(asking, wishes.reviewers, studio.users() if found else None)
    policy = _policy(asking, wishes, has_answers=bool(found and found.annotation_count))
    return {
        "studio": {"url": url, "project": number, "api_key": key},
        "backend": {"url": backend},
        **model,
        "policy": policy,
        "reviewers": [{"email": email} for email in reviewers],
        "costs": _pay(asking, wishes),
    }


@dataclass(frozen=True, slots=True)
class _Asking:
    """Questions in a terminal; silent, each has its default."""

    is_silent: bool

    def text(self, told: str | None, question: str, default: str) -> str:
        if told is not None:
            return told
        return default if self.is_silent else str(typer.prompt(question, default=default))

    def secret(self, question: str) -> str:
        if self.is_silent:
            raise SettingsError("No key is given", hint="Give --key or set LABEL_STUDIO_API_KEY.")
        return str(typer.prompt(question, hide_input=True))

    def value(
        self, told: Value | None, question: str, default: str, read: Callable[[str], Value]
    ) -> Value:
        if told is not None:
            return told
        if self.is_silent:
            return read(default)
        answer: Value = typer.prompt(question, default=default, value_proc=read)
        return answer


def _project(asking: _Asking, number: int | None, studio: Studio) -> StudioProject:
    """Choose a project among those that there are, and say what it asks."""
    user, projects = studio.me(), studio.projects()
    if not projects:
        raise SettingsError(
            f"{user.email} sees no project in Label Studio",
            where=studio.url,
            hint="Make one and import texts, or use the key of a user who sees one.",
        )
    if number is None:
        if asking.is_silent:
            raise SettingsError("No project is given", hint="Give --project.")
        for one in projects:
            typer.echo(f"  {one.id}: {one.title} ({one.task_count} tasks)")
        number = int(typer.prompt("The project's number", type=int))
    chosen = next((one for one in projects if one.id == number), None)
    if chosen is None:
        shown = ", ".join(f"{one.id} ({one.title})" for one in projects[:SHOWN_LABELS])
        raise SettingsError(
            f"There is no project {number} that {user.email} sees",
            where=studio.url,
            hint=f"Choose one of: {shown}.",
        )
    _say_form(chosen)
    return chosen


def _say_form(project: StudioProject) -> None:
    try:
        form = forms.parse(project.label_config)
    except LabelConfigError as error:
        typer.echo(f"Note: {error}")
        return
    for control in form.controls:
        labels = [one.value for one in control.candidates]
        shown = ", ".join(labels[:SHOWN_LABELS]) + ", ..." * (len(labels) > SHOWN_LABELS)
        typer.echo(f"It asks {control.tag} {control.from_name!r}{f': {shown}' if shown else ''}")


def _model(asking: _Asking, wishes: Wishes) -> dict[str, Any]:
    """Choose a model; gives the sections of the settings about it."""
    if wishes.model is not None or wishes.server is not None or asking.is_silent:
        if wishes.server is None:
            return _named(wishes.model or "bundled")
        if wishes.model is None:
            raise SettingsError(
                "The model of the server is not named", hint="Give --model with --server."
            )
        return _behind(wishes.server, wishes.model)
    _say_choices(MODELS)
    choice = asking.value(None, "Which model pre-labels", "1", _one_of(MODELS))
    if choice == MODELS[0]:
        return _named("bundled")
    if choice == MODELS[1]:
        return _named(str(typer.prompt("The folder, or the model's name")))
    url = asking.text(None, "The server's address", ServerSettings().url)
    return _behind(url, str(typer.prompt("The model's name there")))


def _named(model: str) -> dict[str, Any]:
    """Name a model of this machine's or the Hub; the bundled one is too small for instructions."""
    prompt = {"prompt": {"template": "bare"}} if model == "bundled" else {}
    return {"model": {"name": model}, **prompt}


def _behind(server: str, model: str) -> dict[str, Any]:
    return {"model": {"engine": "openai", "name": model}, "server": {"url": server}}


def _reviewers(
    asking: _Asking, told: Sequence[str] | None, users: Sequence[StudioUser] | None
) -> list[str]:
    """Choose reviewers among the users, by their numbers or e-mails."""
    known = [user.email for user in users or ()]
    if told is not None:
        emails = list(told)
    elif asking.is_silent:
        return []
    else:
        _say_choices([f"{user.name} <{user.email}>" for user in users or ()])
        question = "Reviewers, by number or e-mail, with commas (none: one tab for everybody)"
        words = str(typer.prompt(question, default="", show_default=False)).split(",")
        emails = [_email(word.strip(), known) for word in words if word.strip()]
    by_lower = {email.lower(): email for email in known}
    unknown = [email for email in emails if users is not None and email.lower() not in by_lower]
    if unknown:
        raise SettingsError(
            f"{unknown[0]} is no user of Label Studio",
            hint="Invite them under Organization, Add People, or correct the address.",
        )
    return [by_lower.get(email.lower(), email) for email in emails]


def _email(word: str, known: Sequence[str]) -> str:
    if word.isdecimal() and 1 <= int(word) <= len(known):
        return known[int(word) - 1]
    return word


def _policy(asking: _Asking, wishes: Wishes, *, has_answers: bool) -> dict[str, Any]:
    default = PolicySettings()
    policy: dict[str, Any] = {
        "target_error": asking.value(
            wishes.target_error,
            "The promise: at most this share of the labels is wrong",
            f"{default.target_error:.0%}",
            share,
        ),
        "risk": asking.value(wishes.risk, "But for this probability", f"{default.risk:.0%}", share),
        "votes": asking.value(
            wishes.votes, "People that review an item at first", str(default.votes), int
        ),
    }
    if wishes.earlier_answers or has_answers:
        if wishes.earlier_answers is None and not asking.is_silent:
            typer.echo("The project holds people's annotations already. They count as:")
            _say_choices(["votes: people's", "controls: known to be right", "ignore: nothing"])
        policy["earlier_answers"] = asking.value(
            wishes.earlier_answers, "They count as", "1", _one_of(EARLIER)
        )
    return policy


def _pay(asking: _Asking, wishes: Wishes) -> dict[str, float]:
    """Ask what people's work costs: by the hour, or by the answer."""
    if wishes.pay_per_hour is not None:
        return {"pay_per_hour": wishes.pay_per_hour}
    default = CostSettings().human_label
    if wishes.human_label is not None or asking.is_silent:
        return {"human_label": default if wishes.human_label is None else wishes.human_label}
    by_hour = asking.value(
        None, "Pay of an hour of a reviewer's work (0: by the answer)", "0", float
    )
    if by_hour:
        return {"pay_per_hour": by_hour}
    return {"human_label": asking.value(None, "The price of one answer", str(default), float)}


def _say_choices(choices: Sequence[str]) -> None:
    for number, choice in enumerate(choices, start=1):
        typer.echo(f"  {number}: {choice}")


def _one_of(choices: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.isdecimal() and 1 <= int(text) <= len(choices):
            return choices[int(text) - 1]
        if text in choices:
            return text
        raise typer.BadParameter(f"{text!r} is none of 1 to {len(choices)}")

    return read
