"""Checks of the form: what the model answers and sees, and which annotations fit another form."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from labeling.controls import Control, Region
from labeling.errors import TaskError
from labeling.form import form as forms
from labeling.form.form import Form
from labeling.settings.settings import Settings
from routing.facts.unreadable import why_unreadable
from routing.studio import Studio
from routing.studio.models import StudioProject
from tandem.doctor.findings import Check, Finding, attempt

LOOKED_AT = 500
"""Tasks whose annotations are looked at, which takes a few seconds at most."""

MOST_REASONS = 5
"""Reasons that are told of annotations that cannot be read, the most frequent first."""


def check_form(project: StudioProject, settings: Settings) -> Check[Form | None]:
    """Check which controls of the label config are answered, and what the model sees of a task.

    Args:
        project: The project.
        settings: The settings, which know what controls were called before.

    Yields:
        What it finds.

    Returns:
        The form; None where there is none.
    """
    form = yield from attempt(
        "label config", lambda: forms.parse(project.label_config, settings.old_names)
    )
    if form is None:
        return None
    answered = ", ".join(f"{one.tag} {one.from_name!r}" for one in form.controls)
    if form.left_to_people:
        left = "; ".join(one.reason for one in form.left_to_people)
        yield Finding(
            "warning",
            "label config",
            f"The model answers {answered}, and only people {left}",
            f"project {project.id}",
            "Go on if that is meant; tasks left to the model get no answer to the rest.",
        )
    else:
        yield Finding("ok", "label config", f"The model answers {answered}")
    if form.unread:
        unread = "; ".join(one.reason for one in form.unread)
        yield Finding(
            "warning",
            "what is shown",
            f"People see what the model does not: {unread}",
            f"project {project.id}",
            "Go on if the rest is enough to answer by.",
        )
    return form


def check_annotations(studio: Studio, form: Form) -> Iterator[Finding]:
    """Check whether annotations that are there answer the label config as it is.

    Args:
        studio: The project's Label Studio.
        form: What the label config asks.

    Yields:
        What it finds in the first tasks.
    """
    tasks = yield from attempt("annotations", lambda: [*islice(studio.tasks(), LOOKED_AT)])
    results = [
        (one.result, why_unreadable(form, one.result, _item(form, task.data)))
        for task in tasks or ()
        for one in task.annotations
        if not one.was_cancelled
    ]
    reasons = Counter(why for _, why in results if why is not None)
    if not reasons:
        return
    told = "; ".join(f"{count}: {why}" for why, count in reasons.most_common(MOST_REASONS))
    unread = [region for result, why in results if why is not None for region in result]
    yield Finding(
        "warning",
        "annotations",
        f"{reasons.total()} of {len(results)} annotations of the first tasks are no answers of the"
        f" label config, and count for nothing ({told})",
        f"project {studio.project_id}",
        _way_out(unread, form),
    )


def _item(form: Form, data: Mapping[str, Any]) -> str | None:
    try:
        return form.text_of(data)
    except TaskError:
        return None


def _way_out(regions: Sequence[Region], form: Form) -> str:
    """Offer the names that controls may have had before; else what else can be done."""
    old: dict[str, set[str]] = {}
    for region in regions:
        name = str(region.get("from_name"))
        control = _like(region, form)
        if control is not None and not _is_today_s(region, form):
            old.setdefault(control.from_name, set()).add(name)
    if not old:
        return "Go on if that is meant; else give the label config back what they name."
    lines = ", ".join(f"{name}: {{was: [{', '.join(sorted(was))}]}}" for name, was in old.items())
    return f"If names alone differ, put `controls: {{{lines}}}` into tandem.yaml."


def _is_today_s(region: Region, form: Form) -> bool:
    """Return whether the label config has the names that a region gives."""
    names = (str(region.get("from_name")), *str(region.get("to_name")).split(","))
    return all(form.named.fullmatch(name) for name in names)


def _like(region: Region, form: Form) -> Control | None:
    """Return the only control that could have stored a region, if its names are left aside."""
    like = [
        control
        for control in form.controls
        if control.tag.lower() == region.get("type") and _labels(region) <= _offered(control)
    ]
    return like[0] if len(like) == 1 else None


def _labels(region: Region) -> set[str]:
    """Return the labels that a region gives; of what is no list of words, none."""
    value = region.get("value")
    given = value.get(str(region.get("type"))) if isinstance(value, Mapping) else None
    return {one for one in given if isinstance(one, str)} if isinstance(given, list) else set()


def _offered(control: Control) -> set[str]:
    return {candidate.value for candidate in control.candidates}
