"""The command that explains the settings: what each means, is now, and where that is set."""

from typing import TYPE_CHECKING, Annotated

import typer

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking

if TYPE_CHECKING:
    from tandem.present_settings import PresentSetting
    from tandem.terminal import Terminal


@command("tandem settings", "tandem settings policy.votes", "tandem settings policy --json")
def settings(
    name: Annotated[
        str | None, typer.Argument(help="A setting or a section, such as policy.votes.")
    ] = None,
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """List what can be set: its present value, where that comes from, and what it means."""
    from labeling.settings.load import check, read
    from tandem.present_settings import as_dict, named, present_settings

    with speaking(json=json, debug=debug) as terminal:
        given = read(settings_file)
        found = named(present_settings(check(given), given), name)
        if len(found) == 1:
            _explain(terminal, found[0])
        else:
            _list(terminal, found)
        terminal.result({"settings": [as_dict(one) for one in found]})


def _list(terminal: "Terminal", found: "list[PresentSetting]") -> None:
    section: str | None = ""
    for one in found:
        if one.setting.section != section:
            section = one.setting.section
            terminal.say(f"\n{section or 'outside of any section'}: {one.section_meaning}")
        terminal.say(f"  {one.setting.name}: {one.in_yaml}{_origin(one)}")
        terminal.say(f"      {one.meaning}")
    terminal.say(
        "\nWhat says not where it is set is the default. `tandem settings NAME` explains one."
    )


def _origin(one: "PresentSetting") -> str:
    """Return where a setting is set, and what it would be otherwise."""
    if one.origin is None:
        return ""
    is_changed = one.in_yaml != one.default_in_yaml and one.setting.default is not None
    return f"  ({one.origin}" + (f"; default {one.default_in_yaml})" if is_changed else ")")


def _explain(terminal: "Terminal", one: "PresentSetting") -> None:
    terminal.say(f"{one.setting.place}: {one.meaning}")
    terminal.say(f"  now       {one.in_yaml}" + (f"  ({one.origin})" if one.origin else ""))
    terminal.say(f"  default   {one.default_in_yaml}")
    terminal.say(f"  values    {one.values}")
    terminal.say(f"  variable  {one.variable}")
