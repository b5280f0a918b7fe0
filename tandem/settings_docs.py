"""The page of all settings: `python -m tandem.settings_docs > docs/settings.md` writes it."""

from labeling.settings.reference import Section, Setting, sections
from labeling.settings.settings import ENVIRONMENT, KEYS_FILE, SETTINGS_FILE

_INTRODUCTION = f"""\
<!-- Made from the settings' source by `python -m tandem.settings_docs > docs/settings.md`. -->

# Settings

`tandem init` writes `{SETTINGS_FILE}` with what one is likely to change; all that is below may
stand there. All commands read it from the folder that they run in, or from where `--settings`
points, and check it as a whole. `tandem settings` lists every setting with its present value and
where that comes from, and `tandem settings policy.votes` explains one.

The environment wins over the file: `TANDEM_POLICY__VOTES=3` is `votes` of the section `policy`,
and `TANDEM_DATA_DIR` is `data_dir`. A list or a section is given as JSON; an empty variable sets
nothing, and `null` is nothing.

Secrets never stand in `{SETTINGS_FILE}`. They come from the environment, or from `{KEYS_FILE}`
beside it: one `NAME=value` per line, and readable by its owner alone (mode 600).

These names, which Label Studio and its backends use too, are understood as well:

| Name | Setting |
|---|---|
"""


def page() -> str:
    """Write the page of all settings, in Markdown."""
    names = "".join(f"| `{name}` | `{'.'.join(path)}` |\n" for name, path in ENVIRONMENT.items())
    return "\n".join([_INTRODUCTION + names, *map(_chapter, sections())])


def _chapter(section: Section) -> str:
    title = f"`{section.name}`" if section.name else "Outside of any section"
    rows = "".join(f"{_row(setting)}\n" for setting in section.settings)
    return (
        f"## {title}\n\n{section.meaning}\n\n"
        f"| Setting | Values | Default | Meaning |\n|---|---|---|---|\n{rows}"
    )


def _row(setting: Setting) -> str:
    if setting.variable:
        default = f"from `{setting.variable}`"
    elif setting.is_required:
        default = "must be given"
    else:
        default = "`null`" if setting.default is None else f"`{setting.default}`"
    meaning = " ".join(setting.meaning.split())  # A row of a table ends with its line.
    return f"| `{setting.name}` | {setting.values} | {default} | {meaning} |"


if __name__ == "__main__":
    print(page(), end="")
